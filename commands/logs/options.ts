// What the verbs about logs have in common: which files, and which of their lines.

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ExitCode, UsageError } from '../../src/errors.ts';
import { severities } from '../../src/security-log/entry.ts';
import { knownLogs } from '../../src/security-log/known-logs.ts';
import type { LogSource } from '../../src/security-log/log-source.ts';
import { planeSource, planeSources } from '../../src/security-log/plane-source.ts';
import { parseRemote, remoteSource } from '../../src/security-log/remote-source.ts';
import type { ActionContext, Argument } from '../action.ts';
import { moment } from '../moment.ts';

export const fileArgument = {
  summary: 'A log, or - for standard input; without one, the logs that the program knows',
  optional: true,
  variadic: true,
  parse: (text: string, { io }: ActionContext) => (text === '-' ? STDIN : resolve(io.cwd, text)),
} satisfies Argument<string>;

const STDIN = '/dev/stdin';

const severityOption = {
  summary: 'Only lines as severe as this, or more',
  value: 'SEVERITY',
  schema: z
    .string()
    .transform((word) => word.toUpperCase().replace(/^WARN$/, 'WARNING'))
    .pipe(z.enum(severities))
    .optional(),
} as const;

export const queryOptions = {
  severity: severityOption,
  agent: { summary: 'Only lines of this agent, by name or id', value: 'AGENT', schema: z.string().min(1).optional() },
  since: { summary: 'From then on: 15m, 2026-11-23, or a time in RFC 3339', value: 'TIME', schema: moment.optional() },
  until: { summary: 'Up to then', value: 'TIME', schema: moment.optional() },
  filter: {
    summary: 'Only what fits: category:mcp severity>=warning details.server_name:files',
    value: 'TEXT',
    schema: z.string().optional(),
  },
} as const;

export const sourceOption = {
  summary:
    'Also read this: events or audit (of the control plane), ssh://[USER@]HOST[:PORT]/PATH (needs aim there); again for more',
  value: 'SOURCE',
  schema: z.array(z.string().min(1)).default([]),
  repeatable: true,
  complete: async () => planeSources.map((value) => ({ value })),
} as const;

/** @throws UsageError for a word that names none; what its server refuses is said among the lines. */
export function sourcesOf(context: ActionContext, words: readonly string[]): LogSource[] {
  return [...new Set(words)].map((word) => {
    if (word === 'events' || word === 'audit') return planeSource(word, context.api);
    const remote = parseRemote(word);
    if (remote) return remoteSource(remote);
    throw new UsageError('logs.source', {
      message: `${JSON.stringify(word)} is no source of lines.`,
      next: 'Use events, audit, or ssh://HOST/PATH; files are named without an option',
      field: 'source',
    });
  });
}

/** The logs that a command reads. @throws UsageError where none is named and none is known. */
export function filesOf(
  { io, settings }: ActionContext,
  named: readonly string[] | undefined,
  { mayComeLater = false, mayBeNone = false } = {},
): { files: readonly string[]; areNamed: boolean } {
  if (!mayComeLater) for (const file of named ?? []) mustBeThere(file);
  if (named !== undefined && named.length > 0) return { files: named, areNamed: true };
  // Sources were named: then only they are meant.
  if (mayBeNone) return { files: [], areNamed: true };
  const { existing } = knownLogs(io.env, settings.paths);
  if (existing.length > 0) return { files: existing, areNamed: false };
  throw new UsageError('logs.none', {
    message: 'There is no security log yet.',
    next: 'Name one (aim logs tail FILE), or set AIM_SECURITY_LOG_FILE where your agents run. aim demo writes one as well.',
  });
}

/** A log whose current file is just being rotated still has its parts. */
function mustBeThere(file: string): void {
  const there =
    existsSync(file) ||
    (existsSync(dirname(file)) && readdirSync(dirname(file)).some((name) => name.startsWith(`${basename(file)}.`)));
  if (there) return;
  throw new UsageError('logs.not-found', {
    message: `There is no log ${file}.`,
    next: 'aim logs tail waits for one; without a name, it shows the logs that the program knows',
    exitCode: ExitCode.NotFound,
    field: 'file',
  });
}
