// What the verbs print that tell what happened: events, the stream of them, alerts, the audit log.

import { z } from 'zod';
import type { LinkState, Statistics } from '../../src/http/api.ts';
import type { AuditExportCheck } from '../../src/security-log/audit-export.ts';
import type { Alert, AuditEntry, VerificationEvent } from '../../src/wire/event.ts';
import type { WatchRecord } from '../approvals/watch.ts';
import { agent } from './agents.ts';
import { approvalRequest, grant } from './decisions.ts';
import {
  count,
  flag,
  listOf,
  maybeNumber,
  maybeText,
  maybeTime,
  members,
  oneOf,
  row,
  shapeOf,
  share,
  text,
  time,
} from './shape.ts';

const event = shapeOf<VerificationEvent>()(
  z.object({
    id: text,
    agentId: maybeText,
    agentName: maybeText,
    mcpServerId: maybeText,
    mcpServerName: maybeText,
    protocol: maybeText,
    verificationType: maybeText,
    status: oneOf('success', 'failed', 'pending', 'timeout', 'unknown'),
    result: oneOf('verified', 'denied', 'expired').nullable(),
    confidence: maybeNumber.optional(),
    trustScore: share,
    durationMs: maybeNumber,
    errorCode: maybeText,
    errorReason: maybeText,
    initiatorType: maybeText,
    initiatorName: maybeText,
    action: maybeText,
    resource: maybeText,
    startedAt: maybeTime,
    completedAt: maybeTime,
    createdAt: maybeTime,
    executed: flag.nullable(),
    executedAt: maybeTime,
    executionError: maybeText,
    details: maybeText,
    metadata: members,
  }),
);

const alert = shapeOf<Alert>()(
  z.object({
    id: text,
    alertType: text,
    severity: oneOf('info', 'warning', 'high', 'critical'),
    title: text,
    description: maybeText,
    resourceType: maybeText,
    resourceId: maybeText,
    isAcknowledged: flag,
    acknowledgedBy: maybeText,
    acknowledgedAt: maybeTime,
    createdAt: maybeTime,
    agentName: maybeText,
  }),
);

const auditEntry = shapeOf<AuditEntry>()(
  z.object({
    id: text,
    userId: maybeText,
    userName: maybeText,
    agentId: maybeText,
    agentName: maybeText,
    action: text,
    resourceType: maybeText,
    resourceId: maybeText,
    ipAddress: maybeText,
    userAgent: maybeText,
    metadata: members,
    timestamp: maybeTime,
    sequence: maybeNumber,
    hash: maybeText,
  }),
);

const change = oneOf('created', 'updated', 'decided', 'expired', 'revoked', 'deleted');
const streamed = <Type extends string, Subject extends z.ZodType>(type: Type, subject: Subject) =>
  z.object({
    type: z.literal(type),
    position: text.nullable().describe('Give it to --cursor to go on behind it; null for what comes from the history'),
    at: maybeTime,
    change,
    subject,
  });

const linkState = shapeOf<LinkState>()(
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('connecting') }),
    z.object({ state: z.literal('live'), lastEventAt: maybeTime }),
    z.object({
      state: z.literal('polling'),
      everyMs: z.number(),
      lastEventAt: maybeTime,
      because: oneOf('no-stream', 'stream-refused'),
    }),
    z.object({
      state: z.literal('reconnecting'),
      retryAt: time,
      attempt: z.number(),
      because: text,
      lastEventAt: maybeTime,
    }),
    z.object({ state: z.literal('offline'), because: text }),
  ]),
);

const gap = z
  .object({
    type: z.literal('gap'),
    at: time,
    missed: maybeNumber,
    filled: flag.describe('They were fetched another way'),
    from: maybeTime,
    to: time,
  })
  .describe('Events that were not received');

const linkRecord = z
  .object({ type: z.literal('link'), at: time, link: linkState })
  .describe('How the link to the server stands; only with --link');

const watchRecord = shapeOf<WatchRecord>()(
  z.discriminatedUnion('type', [streamed('approval', approvalRequest), gap, linkRecord]),
);

const tailRecord = z.discriminatedUnion('type', [
  streamed('verification', event),
  streamed('approval', approvalRequest),
  streamed('agent', agent),
  streamed('grant', grant),
  streamed('alert', alert),
  streamed('audit', auditEntry),
  streamed('mcp', z.looseObject({ id: text, name: maybeText })),
  streamed('request', z.looseObject({ id: text })),
  streamed('settings', z.looseObject({})),
  gap,
  linkRecord,
]);

export const eventOutputs = {
  'events.ls': listOf(event),
  'events.show': event,
  'events.tail': tailRecord,
  'approvals.watch': watchRecord,
  'events.stats': shapeOf<Statistics>()(
    z.object({
      totalVerifications: z.number(),
      successCount: z.number(),
      failedCount: z.number(),
      pendingCount: z.number(),
      timeoutCount: z.number(),
      verificationsPerMinute: z.number(),
      uniqueAgentsVerified: z.number(),
    }),
  ),
  'alerts.ls': listOf(alert),
  'alerts.ack': z.object({ id: text, isAcknowledged: z.literal(true) }),
  'alerts.resolve': z.object({ id: text, isResolved: z.literal(true) }),
  'audit.ls': listOf(auditEntry),
  'audit.show': row({ ...auditEntry.shape, organizationId: text, actorType: text, previousHash: maybeText }),
  'audit.check': shapeOf<AuditExportCheck>()(
    z.object({
      valid: flag,
      checked: count,
      first: maybeNumber,
      last: maybeNumber,
      head: maybeText,
      before: maybeText,
      decisions: count,
      receipts: count,
      fault: z
        .object({
          sequence: count,
          fault: oneOf('changed', 'missing', 'reordered', 'receipt', 'head'),
          id: maybeText,
          action: maybeText,
          at: maybeTime,
        })
        .nullable(),
    }),
  ),
  'audit.verify': row({
    valid: z.literal(true),
    checked: count,
    unsealed: count,
    head: maybeText,
    at: time,
    since: z
      .object({ sequence: count, at: time })
      .nullable()
      .describe('When it was last verified from here, and its last entry then; null the first time'),
  }),
};
