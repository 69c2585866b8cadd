// `aim logs timeline`: what happened, for the incident report.

import { z } from 'zod';
import { searchLog } from '../../src/security-log/search-log.ts';
import {
  type Timeline,
  type TimelineItem,
  timelineJson,
  timelineMarkdown,
  timelineOf,
} from '../../src/security-log/timeline.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';
import type { View } from '../output/view.ts';
import { fileArgument, filesOf, queryOptions } from './options.ts';
import { compiledQuery } from './query.ts';

type TimelineResult = { timeline: Timeline; toJSON(): object };

const timelineView: View<TimelineResult> = {
  kind: 'text',
  lines: ({ timeline }) =>
    timelineMarkdown(timeline)
      .trimEnd()
      .split('\n')
      .map((line) => [asUntrusted(line)]),
};

export const timeline = defineAction({
  id: 'logs.timeline',
  summary: 'Print an incident timeline of the lines that fit, as Markdown or JSON',
  examples: [
    {
      command: 'logs timeline --filter correlation=7f3c… --title "Refund on 23 November"',
      summary: 'One request, from all logs',
    },
  ],
  args: { file: fileArgument },
  options: {
    ...queryOptions,
    title: { summary: 'The heading', value: 'TEXT', schema: z.string().default('Incident timeline') },
    limit: {
      summary: 'At most so many lines (default 1000)',
      value: 'N',
      schema: z.coerce.number().int().min(1).max(100_000).default(1000),
    },
  },
  needs: 'none',
  async run(context, { file }, { title, limit, ...wanted }): Promise<TimelineResult> {
    const compiled = compiledQuery(wanted);
    const items: TimelineItem[] = [];
    for (const log of filesOf(context, file).files) {
      for await (const entries of searchLog(log, compiled)) {
        items.push(...entries.map((entry) => ({ entry, note: null })));
        if (items.length > limit) break;
      }
    }
    const made = timelineOf(title, items.slice(0, limit));
    return { timeline: made, toJSON: () => timelineJson(made) };
  },
  view: timelineView,
});
