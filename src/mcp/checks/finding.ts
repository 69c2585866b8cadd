// What a check says: which rule, how bad, where exactly, and what to do. The same input gives the same findings, in the same order.

import type { Untrusted } from '../../text/brand.ts';
import type { RuleId } from './rules.ts';

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export type Finding = {
  rule: RuleId;
  severity: Severity;
  server: { key: string; name: Untrusted };
  /** What of the server it is about. */
  subject: { kind: 'server' | 'file' | 'tool' | 'parameter' | 'prompt' | 'resource' | 'instructions'; name: Untrusted };
  /** The words that the rule objects to. `start` counts code units in the text of the subject. Never a secret. */
  evidence: { text: Untrusted; start: number };
  /** The file and the entry in it, where the finding is about one. */
  place: { path: string; pointer: string } | null;
  message: string;
};

/** What a rule answers; the rest is known from where it was asked. */
export type Objection = {
  rule: RuleId;
  severity?: Severity;
  subject?: Finding['subject'];
  evidence: string;
  start?: number;
  place?: Finding['place'];
  message: string;
};

export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least);

/** The worst of them; null where there are none. */
export function worst(findings: readonly { severity: Severity }[]): Severity | null {
  return findings.reduce<Severity | null>(
    (most, { severity }) => (most === null || isAtLeast(severity, most) ? severity : most),
    null,
  );
}
