// What the verbs about logs have in common: which files, and which of their lines.

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ExitCode, UsageError } from '../../src/errors.ts';
import { severities } from '../../src/security-log/entry.ts';
import { knownLogs } from '../../src/security-log/known-logs.ts';
import type { ActionContext, Argument } from '../action.ts';
import { moment } from '../moment.ts';

export const fileArgument = {
  summary: 'A log; without one, the logs that the program knows',
  optional: true,
  variadic: true,
  parse: (text: string, { io }: ActionContext) => resolve(io.cwd, text),
} satisfies Argument<string>;

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

/** The logs that a command reads. @throws UsageError where none is named and none is known. */
export function filesOf(
  { io, settings }: ActionContext,
  named: readonly string[] | undefined,
  { mayComeLater = false } = {},
): { files: readonly string[]; areNamed: boolean } {
  if (!mayComeLater) for (const file of named ?? []) mustBeThere(file);
  if (named !== undefined && named.length > 0) return { files: named, areNamed: true };
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
