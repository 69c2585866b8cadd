// `aim logs`: security logs, read as they grow and as they were.

import { resolve } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { type LogItem, severities } from '../../src/security-log/entry.ts';
import { knownLogs } from '../../src/security-log/known-logs.ts';
import { matchesEntry, parseLogFilter, rank } from '../../src/security-log/log-filter.ts';
import { tail as tailFiles } from '../../src/security-log/tail.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { moment } from '../moment.ts';
import { logLine } from './log-view.ts';

export const fileArgument = {
  summary: 'A log; without one, the logs that the program knows',
  optional: true,
  variadic: true,
  parse: (text: string, { io }: ActionContext) => resolve(io.cwd, text),
} satisfies Argument<string>;

export const severityOption = {
  summary: 'Only lines as severe as this, or more',
  value: 'SEVERITY',
  schema: z
    .string()
    .transform((word) => word.toUpperCase().replace(/^WARN$/, 'WARNING'))
    .pipe(z.enum(severities))
    .optional(),
} as const;

const tail = defineAction({
  id: 'logs.tail',
  summary: 'Print the last lines of security logs, and new ones as they come',
  description:
    'Reads lines of AIM SDKs, journald, syslog, other JSON and prose. Follows a log over rotation, truncation and deletion, reads rotated and compressed parts, and says in place where lines are missing or were changed. With --json each line is one object.',
  examples: [
    { command: 'logs tail', summary: 'Follow the logs that the program knows' },
    { command: 'logs tail --severity warning --since 1h', summary: 'What went wrong in the last hour, and from now on' },
    {
      command: 'logs tail /var/log/aim/security.log --no-follow --backlog 1000 --json',
      summary: 'The last 1000 lines, for a program',
    },
  ],
  args: { file: fileArgument },
  options: {
    follow: { summary: 'End after the lines that are there', schema: z.boolean().default(true) },
    backlog: {
      summary: 'Begin with so many of the last lines (default 10; all with --since)',
      value: 'N',
      schema: z.coerce.number().int().min(0).optional(),
    },
    severity: severityOption,
    agent: { summary: 'Only lines of this agent, by name or id', value: 'AGENT', schema: z.string().min(1).optional() },
    since: { summary: 'From then on: 15m, 2026-11-23, or a time in RFC 3339', value: 'TIME', schema: moment.optional() },
    filter: {
      summary: 'Only what fits: category:mcp severity>=warning details.server_name:files',
      value: 'TEXT',
      schema: z.string().optional(),
    },
  },
  needs: 'none',
  async *stream(context, { file }, { follow, backlog, severity, agent, since, filter }): AsyncGenerator<LogItem> {
    const { files, areNamed } = filesOf(context, file);
    const fits = wanted({ severity, agent, since, filter });
    const isMissing = (item: LogItem) => item.kind === 'notice' && item.notice === 'missing';
    const count = backlog ?? (since === undefined ? 10 : Number.POSITIVE_INFINITY);
    for await (const item of tailFiles(files, { follow, backlog: count, signal: context.signal })) {
      if (item.kind === 'notice' ? areNamed || !isMissing(item) : fits(item)) yield item;
    }
  },
  line: logLine,
});

export type Wanted = {
  severity?: (typeof severities)[number] | undefined;
  agent?: string | undefined;
  since?: string | undefined;
  filter?: string | undefined;
};

/** @throws UsageError for a filter that is not finished or not understood. */
export function wanted({ severity, agent, since, filter }: Wanted): (item: Extract<LogItem, { kind: 'entry' }>) => boolean {
  const parsed = parseLogFilter(filter ?? '');
  if (parsed.error) {
    throw new UsageError('filter.invalid', {
      message: `The filter term ${JSON.stringify(parsed.error.term)} ${parsed.error.message}.`,
      next: 'See: aim help filters',
      field: 'filter',
    });
  }
  return ({ entry }) => {
    if (severity !== undefined && rank(entry.severity) < severities.indexOf(severity)) return false;
    if (since !== undefined && entry.time !== null && entry.time < since) return false;
    if (agent !== undefined && entry.agentName !== agent && entry.agentId !== agent) return false;
    return matchesEntry(parsed.filter, entry);
  };
}

/** The logs that a command reads. @throws UsageError where none is named and none is known. */
export function filesOf(
  { io, settings }: ActionContext,
  named: string | readonly string[] | undefined,
): { files: string[]; areNamed: boolean } {
  const files = named === undefined ? [] : typeof named === 'string' ? [named] : [...named];
  if (files.length > 0) return { files, areNamed: true };
  const { existing } = knownLogs(io.env, settings.paths);
  if (existing.length > 0) return { files: existing, areNamed: false };
  throw new UsageError('logs.none', {
    message: 'There is no security log yet.',
    next: 'Name one (aim logs tail FILE), or set AIM_SECURITY_LOG_FILE where your agents run. aim demo writes one as well.',
  });
}

export const logActions: readonly Action[] = [tail];
