// What the verbs about security logs print.

import { z } from 'zod';
import type { LogAlert } from '../../src/security-log/alert-rules.ts';
import { type LogEntry, severities } from '../../src/security-log/entry.ts';
import type { LogVerification } from '../../src/security-log/verify-log.ts';
import { count, flag, maybeNumber, maybeText, maybeTime, members, oneOf, shapeOf, text, texts } from './shape.ts';

const entry = shapeOf<LogEntry>()(
  z.object({
    time: maybeTime,
    category: maybeText,
    type: maybeText,
    severity: oneOf(...severities).nullable(),
    message: text,
    agentId: maybeText,
    agentName: maybeText,
    action: maybeText,
    resource: maybeText,
    result: maybeText,
    error: maybeText,
    correlationId: maybeText,
    sessionId: maybeText,
    details: members.describe('In the spelling of whoever wrote the line'),
    extra: members,
    raw: text,
    format: oneOf('aim', 'correlated', 'journald', 'syslog', 'control-plane', 'plain', 'invalid'),
    source: z.object({
      file: text,
      line: count,
      offset: count,
      log: text.optional(),
      inode: z.number().optional(),
      end: z.number().optional(),
    }),
  }),
);

const item = z.union([
  z.object({ kind: z.literal('entry'), entry, isHit: flag.optional() }),
  z
    .object({
      kind: z.literal('notice'),
      notice: oneOf('rotated', 'truncated', 'gap', 'tampered', 'missing', 'dropped', 'skew'),
      text,
      file: text,
      count: maybeNumber,
    })
    .describe('What happened to the log itself'),
]);

const counted = z.array(z.object({ name: text, count }));

const chainFinding = z.looseObject({
  kind: text,
  file: text.optional(),
  line: count.optional(),
  offset: count.optional(),
  seq: maybeNumber.optional(),
  count: count.optional(),
  because: text.optional(),
  head: text.optional(),
  after: z.number().optional(),
  until: z.number().optional(),
});

export const logOutputs = {
  'logs.tail': item,
  'logs.query': item,
  'logs.stats': z.object({
    files: texts,
    lines: count,
    bytes: count,
    unreadable: count,
    from: maybeText,
    to: maybeText,
    bySeverity: counted,
    byCategory: counted,
    byType: counted,
    byAgent: counted,
    byResult: counted,
    byHour: z.array(z.object({ hour: text, lines: count, warnings: count })),
  }),
  'logs.sql': z.object({
    items: z.array(z.record(z.string(), z.union([text, z.number(), z.null()]))),
    columns: texts,
    rows: z.array(z.array(z.union([text, z.number(), z.null()]))),
    more: flag,
  }),
  'logs.verify': z.object({
    logs: z.array(
      shapeOf<LogVerification>()(
        z.object({
          file: text,
          verdict: oneOf('intact', 'broken', 'none'),
          lines: count,
          bytes: count,
          links: count,
          first: maybeNumber,
          last: maybeNumber,
          head: maybeText,
          unchained: count,
          checkpoints: z.object({ count, lastSeq: maybeNumber, keys: texts }),
          findings: z.array(chainFinding),
          moreFindings: count,
        }),
      ),
    ),
    isIntact: flag,
  }),
  'logs.watch': shapeOf<LogAlert>()(
    z.object({
      rule: text,
      severity: oneOf('warning', 'critical'),
      text,
      subject: text,
      at: z.number().describe('Milliseconds since 1970'),
      count,
    }),
  ),
  'logs.timeline': z.looseObject({ title: text, from: maybeText, to: maybeText, items: z.array(z.looseObject({})) }),
  'logs.export': z.object({
    queued: count,
    oldest: maybeText,
    sent: count,
    refused: count,
    to: text,
    format: text,
  }),
};
