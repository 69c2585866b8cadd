// Findings that somebody has looked at and accepts: by rule, server and subject, with a reason, and never for ever.

import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import type { Finding } from './finding.ts';
import { rules } from './rules.ts';

const suppression = z.strictObject({
  rule: z.string().refine((id) => Object.hasOwn(rules, id), 'is no rule'),
  /** A server's name or key; all servers without it. */
  server: z.string().optional(),
  /** A tool, parameter or file; everything of the server without it. */
  subject: z.string().optional(),
  reason: z.string().trim().min(1, 'must say why'),
  /** The last day that it holds. */
  expires: z.iso.date(),
});
const suppressionFile = z.strictObject({ version: z.literal(1), suppressions: z.array(suppression).max(10_000) });
export type Suppression = z.infer<typeof suppression>;

export type Sorted = {
  findings: Finding[];
  suppressed: { finding: Finding; suppression: Suppression }[];
  /** Those whose day is over: what they covered counts again. */
  expired: Suppression[];
  /** Those that fit nothing any more. */
  unused: Suppression[];
};

/** @throws UsageError `mcp.suppressions-invalid` that says which entry is wrong, and why. */
export function readSuppressions(text: string, path: string): Suppression[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path, 'it is not valid JSON');
  }
  const { data, error } = suppressionFile.safeParse(value);
  if (data !== undefined) return data.suppressions;
  const [issue] = error.issues;
  throw invalid(path, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

export function suppress(findings: readonly Finding[], suppressions: readonly Suppression[], today: string): Sorted {
  const live = suppressions.filter(({ expires }) => expires >= today);
  const used = new Set<Suppression>();
  const sorted: Sorted = {
    findings: [],
    suppressed: [],
    expired: suppressions.filter(({ expires }) => expires < today),
    unused: [],
  };
  for (const finding of findings) {
    const match = live.find((candidate) => fits(candidate, finding));
    if (match === undefined) sorted.findings.push(finding);
    else {
      used.add(match);
      sorted.suppressed.push({ finding, suppression: match });
    }
  }
  sorted.unused = live.filter((candidate) => !used.has(candidate));
  return sorted;
}

const fits = ({ rule, server, subject }: Suppression, finding: Finding): boolean =>
  rule === finding.rule &&
  (server === undefined || server === finding.server.name || server === finding.server.key) &&
  (subject === undefined || subject === finding.subject.name);

const invalid = (path: string, what: string): UsageError =>
  new UsageError('mcp.suppressions-invalid', {
    message: `The suppressions in ${path} cannot be used: ${what}.`,
    next: 'See the form of the file: aim mcp check --help',
    field: 'suppressions',
  });
