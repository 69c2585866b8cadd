// Verification events and the typed stream of everything that happens (wire-agents §6.2, feature `events.stream`).

import { z } from 'zod';
import { agent, trustScore } from './agent.ts';
import { wireObject } from './casing.ts';
import {
  agentId,
  listOf,
  maybeTimestamp,
  maybeUntrusted,
  mcpServerId,
  members,
  timestamp,
  untrusted,
  verificationId,
  wordOf,
} from './scalars.ts';
import { approvalRequest, grant } from './verification.ts';

/** One verification as it is kept: action, outcome, and what came of it. `resourceType` holds the resource (contradiction 21). */
export const verificationEvent = wireObject({
  id: verificationId,
  agentId: agentId.nullish().transform((id) => id ?? null),
  agentName: maybeUntrusted,
  mcpServerId: mcpServerId.nullish().transform((id) => id ?? null),
  mcpServerName: maybeUntrusted,
  protocol: maybeUntrusted,
  verificationType: maybeUntrusted,
  status: wordOf(['success', 'failed', 'pending', 'timeout'], 'unknown'),
  result: z
    .string()
    .nullish()
    .transform((word) => (word === 'verified' || word === 'denied' || word === 'expired' ? word : null)),
  confidence: z.number().nullish(),
  trustScore,
  durationMs: z
    .number()
    .nullish()
    .transform((value) => value ?? null),
  errorCode: maybeUntrusted,
  errorReason: maybeUntrusted,
  initiatorType: maybeUntrusted,
  initiatorName: maybeUntrusted,
  action: maybeUntrusted,
  resourceType: maybeUntrusted,
  startedAt: maybeTimestamp,
  completedAt: maybeTimestamp,
  createdAt: maybeTimestamp,
  executed: z
    .boolean()
    .nullish()
    .transform((value) => value ?? null),
  executedAt: maybeTimestamp,
  executionError: maybeUntrusted,
  details: maybeUntrusted,
  metadata: members,
}).transform(({ resourceType, ...event }) => ({ ...event, resource: resourceType }));
export type VerificationEvent = z.infer<typeof verificationEvent>;

export const verificationEventList = wireObject({
  events: listOf(verificationEvent),
  total: z.number().nullish(),
  count: z.number().nullish(),
  nextCursor: z.string().nullish(),
});

/** What one glance needs of an event: the word that every screen and command uses for it. */
export type Outcome = 'allowed' | 'denied' | 'waiting' | 'expired' | 'failed';
export function outcomeOf(event: Pick<VerificationEvent, 'status' | 'result'>): Outcome {
  if (event.status === 'pending') return 'waiting';
  if (event.result === 'denied') return 'denied';
  if (event.result === 'expired' || event.status === 'timeout') return 'expired';
  return event.status === 'success' ? 'allowed' : 'failed';
}

export const alert = wireObject({
  id: z.string(),
  alertType: untrusted,
  severity: wordOf(['info', 'warning', 'high', 'critical'], 'info'),
  title: untrusted,
  description: maybeUntrusted,
  resourceType: maybeUntrusted,
  resourceId: maybeUntrusted,
  isAcknowledged: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? false),
  acknowledgedBy: maybeUntrusted,
  acknowledgedAt: maybeTimestamp,
  createdAt: maybeTimestamp,
  agentName: maybeUntrusted,
});
export type Alert = z.infer<typeof alert>;

export const auditEntry = wireObject({
  id: z.string(),
  userId: maybeUntrusted,
  userName: maybeUntrusted,
  agentId: maybeUntrusted,
  agentName: maybeUntrusted,
  action: untrusted,
  resourceType: maybeUntrusted,
  resourceId: maybeUntrusted,
  ipAddress: maybeUntrusted,
  userAgent: maybeUntrusted,
  metadata: members,
  timestamp: maybeTimestamp,
  /** Position and hash in the chain, where the server keeps one. */
  sequence: z
    .number()
    .nullish()
    .transform((value) => value ?? null),
  hash: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/**
 * What the stream carries: `event:` names the type, `id:` the position, `data:` is
 * `{"at": ts, "change": word, "subject": {…}}`. Positions are handed out in commit order.
 */
export const streamSubjects = {
  verification: verificationEvent,
  approval: approvalRequest,
  agent,
  grant,
  alert,
  audit: auditEntry,
  mcp: wireObject({ id: z.string(), name: maybeUntrusted }).transform((subject) => subject),
  request: wireObject({ id: z.string() }),
  settings: wireObject({}),
} as const;
export type StreamType = keyof typeof streamSubjects;
export type StreamChange = 'created' | 'updated' | 'decided' | 'expired' | 'revoked' | 'deleted';

export type StreamEvent = {
  [Type in StreamType]: {
    type: Type;
    /** Opaque, ordered as text is not: compare only for equality, hand back as `Last-Event-ID`. */
    position: string;
    at: z.infer<typeof timestamp>;
    change: StreamChange;
    subject: z.infer<(typeof streamSubjects)[Type]>;
  };
}[StreamType];

export const streamEnvelope = wireObject({
  at: timestamp,
  change: wordOf(['created', 'updated', 'decided', 'expired', 'revoked', 'deleted'], 'updated'),
  subject: z.unknown(),
});

/** Sent when a reader fell behind, or asks for positions that are no longer kept. */
export const streamGap = wireObject({ from: z.string().nullish(), to: z.string(), missed: z.number().nullish() });
