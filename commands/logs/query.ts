// `aim logs query`: the lines that fit, out of any number of them; with their surroundings, or as a table that SQL made.

import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { openSqlProcess } from '../../src/security-log/crew/sql-process.ts';
import type { LogEntry, LogItem } from '../../src/security-log/entry.ts';
import { type CompiledQuery, compileQuery, type LogQuery } from '../../src/security-log/log-query.ts';
import type { SqlAnswer } from '../../src/security-log/log-sql.ts';
import { noneSearched, searchLog } from '../../src/security-log/search-log.ts';
import { tail } from '../../src/security-log/tail.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit, widthOf } from '../../src/text/width.ts';
import { type ActionContext, defineAction } from '../action.ts';
import type { View } from '../output/view.ts';
import { logLine } from './log-view.ts';
import { fileArgument, filesOf, queryOptions, sourceOption, sourcesOf } from './options.ts';

export const query = defineAction({
  id: 'logs.query',
  summary: 'Print the lines of security logs that fit',
  description: 'Reads all parts of the logs, rotated and compressed ones too, oldest first.',
  examples: [
    { command: 'logs query --severity error --since 24h', summary: 'What failed today' },
    { command: 'logs query --filter "correlation=7f3c… " --context 3', summary: 'One request, and what stood around it' },
  ],
  args: { file: fileArgument },
  options: {
    ...queryOptions,
    limit: { summary: 'End after so many', value: 'N', schema: z.coerce.number().int().min(1).optional() },
    context: {
      summary: 'With so many lines before and behind each',
      value: 'N',
      short: 'C',
      schema: z.coerce.number().int().min(0).max(100).default(0),
    },
  },
  needs: 'none',
  async *stream(context, { file }, { limit = Number.POSITIVE_INFINITY, context: around, ...wanted }): AsyncGenerator<LogItem> {
    const compiled = compiledQuery(wanted);
    let left = limit;
    for (const log of filesOf(context, file).files) {
      const found = around > 0 ? withContext(log, compiled, around, context.signal) : entriesOf(log, compiled, context);
      for await (const { entry, isHit } of found) {
        if (context.signal.aborted) return;
        yield { kind: 'entry', entry };
        if (isHit) left -= 1;
        if (left <= 0) return;
      }
    }
  },
  line: logLine,
});

async function* entriesOf(
  file: string,
  compiled: CompiledQuery,
  { io }: ActionContext,
): AsyncGenerator<{ entry: LogEntry; isHit: boolean }> {
  const searched = noneSearched();
  try {
    for await (const entries of searchLog(file, compiled, searched)) for (const entry of entries) yield { entry, isHit: true };
  } finally {
    for (const { file: part, offset, bytes } of searched.long)
      io.note(
        `aim: only the beginning was looked at of a line of ${bytes} bytes, at byte ${offset} of ${visible(asUntrusted(part))}`,
      );
  }
}

/** As grep -C: neighbours are given once, hits are hits also when they are neighbours. */
async function* withContext(
  file: string,
  compiled: CompiledQuery,
  around: number,
  signal: AbortSignal,
): AsyncGenerator<{ entry: LogEntry; isHit: boolean }> {
  let before: LogEntry[] = [];
  let behind = 0;
  for await (const item of tail([file], { backlog: Number.POSITIVE_INFINITY, signal })) {
    if (item.kind === 'notice') continue;
    if (compiled.fits(item.entry)) {
      for (const entry of before) yield { entry, isHit: false };
      yield { entry: item.entry, isHit: true };
      before = [];
      behind = around;
    } else if (behind > 0) {
      behind -= 1;
      yield { entry: item.entry, isHit: false };
    } else before = [...before, item.entry].slice(-around);
  }
}

/** @throws UsageError for a filter that is not finished or not understood. */
export function compiledQuery(wanted: LogQuery): CompiledQuery {
  const compiled = compileQuery(wanted);
  if (!compiled.error) return compiled;
  throw new UsageError('filter.invalid', {
    message: `The filter term ${JSON.stringify(compiled.error.term)} ${compiled.error.message}.`,
    next: 'See: aim help filters',
    field: 'filter',
  });
}

type SqlResult = SqlAnswer & { items: Record<string, string | number | null>[] };

export const sql = defineAction({
  id: 'logs.sql',
  keys: { logs: ';' },
  summary: 'Ask the lines of security logs by SQL',
  description:
    'The table is log: time, severity, level (0 to 4), category, type, message, agent_id, agent_name, action, resource, result, error, correlation_id, session_id, details and extra (JSON), seq, format, file, line, offset, raw. Only what the options leave is loaded. On the screen of logs, with nothing named, what is loaded there is asked, from whatever source it came.',
  examples: [
    {
      command: 'logs sql "SELECT type, count(*) FROM log GROUP BY type ORDER BY 2 DESC"',
      summary: 'How often each event happened',
    },
    {
      command: `logs sql "SELECT details ->> 'server_name' AS server, count(*) FROM log WHERE category = 'MCP' GROUP BY 1" --since 1h`,
      summary: 'By member of the details',
    },
    {
      command: `logs sql "SELECT result, count(*) FROM log GROUP BY 1" --source events`,
      summary: 'The last thousand of the control plane',
    },
    {
      command: `logs sql "SELECT message FROM log WHERE level >= 3" - < exported.json`,
      summary: 'What another program gives',
    },
  ],
  args: { sql: { summary: 'One SELECT', parse: (text: string) => text }, file: fileArgument },
  options: {
    ...queryOptions,
    source: sourceOption,
    limit: { summary: 'At most so many rows (default 1000)', value: 'N', schema: z.coerce.number().int().min(1).default(1000) },
  },
  needs: 'none',
  async run(context: ActionContext, { sql, file }, { limit, source, ...wanted }): Promise<SqlResult> {
    const compiled = compiledQuery(wanted);
    const table = openSqlProcess(context.signal);
    try {
      let loaded = 0;
      for await (const entries of asked(context, file, source, compiled)) {
        loaded += entries.length;
        if (loaded > MOST_LOADED) {
          throw new UsageError('logs.sql-many', {
            message: `More than ${MOST_LOADED.toLocaleString('en')} lines fit; they would not fit into memory.`,
            next: 'Narrow them down by --since, --severity or --filter',
          });
        }
        await table.add(entries);
      }
      const answer = await table.query(sql, limit);
      return {
        ...answer,
        items: answer.rows.map((row) =>
          Object.fromEntries(answer.columns.map((column, index) => [column, row[index] ?? null])),
        ),
      };
    } finally {
      table.close();
    }
  },
  view: sqlView(),
});

/** The lines that fit: of the files and sources that are named; with nothing named, on the screen of logs, all that are loaded there. */
async function* asked(
  context: ActionContext,
  file: readonly string[] | undefined,
  sources: readonly string[],
  { fits, ...compiled }: CompiledQuery,
): AsyncGenerator<LogEntry[]> {
  const isNamed = (file !== undefined && file.length > 0) || sources.length > 0;
  const loaded = isNamed ? null : (context.loadedLines?.current ?? null);
  if (loaded) {
    const lines = [...loaded()].filter(fits);
    for (let start = 0; start < lines.length; start += BATCH) yield lines.slice(start, start + BATCH);
    return;
  }
  for (const log of filesOf(context, file, { mayBeNone: sources.length > 0 }).files)
    yield* searchLog(log, { fits, ...compiled });
  for (const source of sourcesOf(context, sources)) {
    for await (const items of source.backlog(Number.POSITIVE_INFINITY, context.signal)) {
      const entries: LogEntry[] = [];
      for (const item of items) {
        if (item.kind === 'notice') context.io.note(`aim: ${item.text}`);
        else if (fits(item.entry)) entries.push(item.entry);
      }
      yield entries;
    }
  }
}

/** Columns are known only with the answer, so the table is drawn as lines. */
function sqlView(): View<SqlResult> {
  return {
    kind: 'text',
    lines({ columns, rows, more }) {
      const cells = [columns, ...rows].map((row) => row.map((value) => visible(String(value ?? ''), { max: 200 })));
      const widths = columns.map((_, index) =>
        Math.min(WIDEST, Math.max(...cells.map((row) => widthOf(row[index] ?? ours(''))))),
      );
      const lines = cells.map((row) =>
        row.flatMap((text, index) => [index === row.length - 1 ? text : fit(text, (widths[index] ?? 0) + 2)]),
      );
      return more ? [...lines, [ours('There are more: --limit')]] : lines;
    },
  };
}

const BATCH = 1000;
const WIDEST = 60;
const MOST_LOADED = 2_000_000;
