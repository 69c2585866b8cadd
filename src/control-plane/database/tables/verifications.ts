// Verifications, reviews, and the permissions that come of them.

import type { Flag, Json, Milliseconds, Owned } from '../columns.ts';

/** A verification and its event are one row (wire-agents §6.2). */
export type VerificationTable = Owned & {
  id: string;
  agentId: string;
  agentName: string;
  ownerId: string;
  capability: string;
  resource: string | null;
  /** As the agent wrote it. */
  context: Json;
  riskLevel: string;
  riskDetected: Flag;
  riskReason: string | null;
  trustScore: number;
  mode: string;
  /** `pending`, `approved`, `denied`, `expired` or `cancelled`. */
  status: string;
  /** The rule that decided, as a stable word. */
  rule: string;
  denialReason: string | null;
  decidedBy: string | null;
  decidedByName: string | null;
  decidedAt: Milliseconds | null;
  requestedAt: Milliseconds;
  expiresAt: Milliseconds;
  durationMs: number;
  form: string;
  signedBytes: string;
  signature: string;
  publicKey: string;
  actionHash: string;
  /** The time that is among the signed bytes, as the agent wrote it. */
  signedAt: string;
  /** What approvals it needs, fixed when it was asked. */
  requirement: Json | null;
  asked: Json | null;
  /** Requests with the same content wait in one group. */
  groupKey: string | null;
  grantId: string | null;
  policyId: string | null;
  matchingCode: string | null;
  escalatedAt: Milliseconds | null;
  initiatorIp: string | null;
  executed: Flag | null;
  executedAt: Milliseconds | null;
  executionError: string | null;
  outcome: string | null;
  outcomeSummary: string | null;
  /** The last sign of the agent that waits. */
  lastPolledAt: Milliseconds | null;
  revision: number;
};

export type ReviewTable = Owned & {
  id: string;
  verificationId: string;
  userId: string;
  userEmail: string;
  decision: string;
  reason: string | null;
  groups: Json;
  isOwn: Flag;
  isInteractive: Flag;
  actionHash: string | null;
  receipt: Json | null;
  at: Milliseconds;
  /** What this reviewer gave, where that is less than was asked. */
  narrow: Json | null;
  /** Taken back by the reviewer: it counts no more, and is kept. */
  withdrawnAt: Milliseconds | null;
};

/** What a request went through while it waited. No row is the same as one where nothing happened. */
export type WaitTable = Owned & {
  verificationId: string;
  wrongCodes: number;
  /** When the agent was told of the decision: from then on it may have acted on it. */
  toldAt: Milliseconds | null;
  /** Until when it waited, kept for a decision that is taken back. */
  waitsUntil: Milliseconds | null;
  /** Why it would have been denied, kept for the same. */
  waitReason: string | null;
  assignedTo: string | null;
  assignedAt: Milliseconds | null;
  nudgedAt: Milliseconds | null;
};

/** A message on its way to people, written with what it is about in one transaction and delivered at least once. */
export type MessageTable = Owned & {
  /** Made of what it is about, so that the same message is written once. */
  id: string;
  channel: string;
  subject: string;
  /** Who gets it, where the channel sends to people. */
  address: string | null;
  body: Json;
  createdAt: Milliseconds;
  dueAt: Milliseconds;
  expiresAt: Milliseconds;
  attempts: number;
  deliveredAt: Milliseconds | null;
  failedAt: Milliseconds | null;
  problem: string | null;
};

/** Decides in a reviewer's place until it ends. */
export type StandingRuleTable = Owned & {
  id: string;
  name: string;
  agentId: string;
  agentName: string;
  capability: string;
  resource: string | null;
  decision: 'approve' | 'deny';
  reason: string | null;
  createdBy: string;
  createdByName: string;
  createdAt: Milliseconds;
  expiresAt: Milliseconds;
  endedAt: Milliseconds | null;
  endedByName: string | null;
  used: number;
  lastUsedAt: Milliseconds | null;
  /** What the reviewer has signed over it. */
  receipt: Json | null;
};

export type CommentTable = Owned & {
  id: string;
  verificationId: string;
  userId: string;
  userEmail: string;
  text: string;
  at: Milliseconds;
};

export type GrantTable = Owned & {
  id: string;
  verificationId: string;
  agentId: string;
  agentName: string;
  capability: string;
  resource: string | null;
  startsAt: Milliseconds;
  expiresAt: Milliseconds;
  usesAllowed: number | null;
  usesLeft: number | null;
  revokedAt: Milliseconds | null;
  revokedBy: string | null;
  grantedBy: string;
  grantedByName: string;
  createdAt: Milliseconds;
};

export type PolicyTable = Owned & {
  id: string;
  name: string;
  description: string;
  policyType: string;
  enforcementAction: string;
  severityThreshold: string;
  rules: Json;
  appliesTo: string;
  isEnabled: Flag;
  priority: number;
  createdBy: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

/** What may be used once: statement nonces, request signatures, challenges of other kinds. */
export type NonceTable = { scope: string; nonce: string; expiresAt: Milliseconds };

export type IdempotencyTable = Owned & {
  key: string;
  userId: string;
  route: string;
  bodyHash: string;
  status: number;
  body: Json;
  at: Milliseconds;
};

/** Counts that are kept, not counted: one row per organisation, hour, agent and outcome. */
export type CounterTable = Owned & {
  hour: Milliseconds;
  agentId: string;
  status: string;
  count: number;
  durationMs: number;
  trustSum: number;
};
