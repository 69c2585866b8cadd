// `aim logs stats`: how much of what, from when to when.

import { z } from 'zod';
import { readTime } from '../../src/security-log/read-time.ts';
import { countLog } from '../../src/security-log/search-log.ts';
import { type LogCounts, noCounts } from '../../src/security-log/tally.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';
import type { Cell, View } from '../output/view.ts';
import { fileArgument, filesOf, queryOptions } from './options.ts';
import { compiledQuery } from './query.ts';

const dimensions = ['severity', 'category', 'type', 'agent', 'result', 'hour'] as const;
type Dimension = (typeof dimensions)[number];
type Counted = { name: string; count: number };
type LogStatistics = {
  files: readonly string[];
  lines: number;
  bytes: number;
  unreadable: number;
  from: string | null;
  to: string | null;
  bySeverity: Counted[];
  byCategory: Counted[];
  byType: Counted[];
  byAgent: Counted[];
  byResult: Counted[];
  byHour: { hour: string; lines: number; warnings: number }[];
};

const statisticsView: View<LogStatistics> = {
  kind: 'text',
  lines(result) {
    const { files, lines, unreadable, from, to } = result;
    const groups: [string, Counted[]][] = [
      ['Severity', result.bySeverity],
      ['Category', result.byCategory],
      ['Type', result.byType],
      ['Agent', result.byAgent],
      ['Result', result.byResult],
    ];
    return [
      [
        ours(`${lines} lines`),
        ours(unreadable > 0 ? `, ${unreadable} of them unreadable` : ''),
        ours(`, in ${files.length} ${files.length === 1 ? 'log' : 'logs'}`),
      ],
      ...(from === null ? [] : [[ours('from '), asUntrusted(from), ours(' to '), asUntrusted(to ?? from)] satisfies Cell[]]),
      ...groups.flatMap(([title, counted]) =>
        counted.length === 0
          ? []
          : [
              [],
              [ours(title)],
              ...counted.map(({ name, count }): Cell[] => [ours(`${String(count).padStart(12)}  `), asUntrusted(name)]),
            ],
      ),
    ];
  },
};

export const stats = defineAction({
  id: 'logs.stats',
  keys: { logs: 'S' },
  summary: 'Count the lines of security logs by severity, type, agent and hour',
  examples: [{ command: 'logs stats --since 24h', summary: 'The last day' }],
  args: { file: fileArgument },
  options: {
    ...queryOptions,
    by: {
      summary: `Count only these: ${dimensions.join(', ')}; again for more (without agent, result and hour it is twice as fast)`,
      value: 'WHAT',
      schema: z.array(z.enum(dimensions)).default([]),
      repeatable: true,
    },
    top: { summary: 'At most so many of each (default 20)', value: 'N', schema: z.coerce.number().int().min(1).default(20) },
  },
  needs: 'none',
  async run(context, { file }, { top, by, ...wanted }): Promise<LogStatistics> {
    const compiled = compiledQuery(wanted);
    const isAll = Object.values(wanted).every((value) => value === undefined);
    const { files } = filesOf(context, file);
    const counts = noCounts();
    const depth =
      by.length > 0 && by.every((one) => one === 'severity' || one === 'category' || one === 'type') ? 'head' : 'all';
    for (const log of files) await countLog(log, isAll ? null : compiled, { counts, depth });
    return { files, ...summed(counts, top, by.length > 0 ? by : dimensions) };
  },
  view: statisticsView,
});

function summed(counts: LogCounts, top: number, by: readonly Dimension[]): Omit<LogStatistics, 'files'> {
  const most = (dimension: Dimension, map: Map<string, number>): Counted[] =>
    (by.includes(dimension) ? [...map] : [])
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
      .slice(0, top);
  const hours = Map.groupBy(by.includes('hour') ? [...counts.byMinute] : [], ([minute]) => minute.slice(0, 13));
  const byHour = [...hours].map(([hour, minutes]) => ({
    hour: `${hour}:00:00Z`,
    lines: minutes.reduce((sum, [, { lines }]) => sum + lines, 0),
    warnings: minutes.reduce((sum, [, { warnings }]) => sum + warnings, 0),
  }));
  const { lines, bytes, unreadable, from, to } = counts;
  return {
    ...{ lines, bytes, unreadable, from: readTime(from), to: readTime(to) },
    ...{
      bySeverity: most('severity', counts.bySeverity),
      byCategory: most('category', counts.byCategory),
      byType: most('type', counts.byType),
    },
    ...{
      byAgent: most('agent', counts.byAgent),
      byResult: most('result', counts.byResult),
      byHour: byHour.sort((a, b) => (a.hour < b.hour ? -1 : 1)),
    },
  };
}
