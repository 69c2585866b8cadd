// The answer to "may I?", and a request that waits for a person (wire-agents §4.4, §5.1, with `approvals.*` features).

import { z } from 'zod';
import { trustScore } from './agent.ts';
import { wireObject } from './casing.ts';
import {
  agentId,
  grantId,
  listOf,
  maybeTimestamp,
  maybeUntrusted,
  members,
  riskLevel,
  type Timestamp,
  untrusted,
  userId,
  verificationId,
  wordOf,
} from './scalars.ts';

export const enforcementMode = wordOf(['strict', 'monitoring'], 'unknown');
export type EnforcementMode = z.infer<typeof enforcementMode>;

/** `auto-approved` is an older spelling of `approved` (wire-agents §4.4). */
export const verificationStatus = z.string().transform((word): VerificationStatus => {
  const status = word.toLowerCase().replace('auto-approved', 'approved');
  return (verificationStatuses as readonly string[]).includes(status) ? (status as VerificationStatus) : 'unknown';
});
export const verificationStatuses = ['pending', 'approved', 'denied', 'expired', 'cancelled'] as const;
export type VerificationStatus = (typeof verificationStatuses)[number] | 'unknown';

/** What a server answers to an agent that asks, and to each later poll. */
export const verificationAnswer = wireObject({
  id: verificationId,
  status: verificationStatus,
  approvedBy: maybeUntrusted,
  expiresAt: maybeTimestamp,
  denialReason: maybeUntrusted,
  trustScore,
  enforcementMode,
  riskLevel,
  /** Which signed bytes this answers (`approvals.binding`): an answer to another question must not pass for this one. */
  actionHash: z.string().nullish(),
  /** Two digits that the agent's side shows and the reviewer types (approvals of high risk). */
  matchingCode: maybeUntrusted,
  /** The grant that an approval made: how long and how often it may be used. */
  grant: z
    .lazy(() => grant)
    .nullish()
    .transform((value) => value ?? null),
  /** What reviewers signed over their approvals (`approvals.receipt`): for an agent that takes no server's word for them. */
  receipts: listOf(z.unknown()),
  receipt: z.unknown().optional(),
  /** Where a permission from an earlier approval allowed it: what the agent signed for that one, and what its reviewers did. */
  granted: wireObject({ verificationId, signedBytes: z.string().max(200_000), receipts: listOf(z.unknown()) })
    .nullish()
    .transform((value) => value ?? null),
  /** Where a standing rule did: what its reviewer signed over the rule. */
  ruled: z
    .object({ receipt: z.unknown() })
    .nullish()
    .transform((value) => value ?? null),
});
export type VerificationAnswer = z.infer<typeof verificationAnswer>;

/** What the agent signed, as it signed it (`approvals.binding`). `signedBytes` is standard base64. */
export const binding = wireObject({
  form: wordOf(['original', 'statement'], 'original'),
  signedBytes: z.string(),
  signature: z.string(),
  publicKey: z.string(),
  /** Lower-case hex of SHA-256 over the signed bytes. */
  actionHash: z.string(),
});
export type Binding = z.infer<typeof binding>;

export const review = wireObject({
  by: userId,
  byEmail: maybeUntrusted,
  decision: wordOf(['approve', 'deny'], 'unknown'),
  reason: maybeUntrusted,
  at: maybeTimestamp,
  /** The reviewer owns the agent that asked. Always shown. */
  own: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? false),
  interactive: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? false),
  /** False where the reviewer may not review it any more: an approval that does not count. */
  counts: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? true),
});
export type Review = z.infer<typeof review>;

/** How far a request is from being decided (`approvals.quorum`). */
export const quorum = wireObject({
  approvalsNeeded: z.number().int().min(1),
  denialsNeeded: z.number().int().min(1),
  /** Groups of which each must approve; empty where anybody with the role may. */
  groups: listOf(z.string()),
  policy: maybeUntrusted,
  /** Names the rules as they hold for this request. */
  policyVersion: z
    .string()
    .max(64)
    .nullish()
    .transform((word) => word ?? null),
  reviews: listOf(review),
});
export type Quorum = z.infer<typeof quorum>;

/** A live permission that an approval made (`approvals.grant`): counted from the approval. */
export const grant = wireObject({
  id: grantId,
  verificationId,
  agentId,
  agentName: maybeUntrusted,
  capability: untrusted,
  resource: maybeUntrusted,
  startsAt: maybeTimestamp,
  expiresAt: maybeTimestamp,
  usesAllowed: z
    .number()
    .int()
    .nullish()
    .transform((uses) => uses ?? null),
  usesLeft: z
    .number()
    .int()
    .nullish()
    .transform((uses) => uses ?? null),
  revokedAt: maybeTimestamp,
  revokedBy: maybeUntrusted,
  grantedBy: maybeUntrusted,
});
export type Grant = z.infer<typeof grant>;

export const comment = wireObject({ by: userId, byEmail: maybeUntrusted, text: untrusted, at: maybeTimestamp });

/** A request as an operator sees it, whatever its state. Members after `expiresAt` exist on servers with the `approvals.*` features. */
export const approvalRequest = wireObject({
  id: verificationId,
  agentId,
  agentName: maybeUntrusted,
  capability: maybeUntrusted,
  actionType: maybeUntrusted,
  resource: maybeUntrusted,
  context: members,
  riskLevel,
  riskReason: maybeUntrusted,
  trustScore,
  status: verificationStatus,
  requestedAt: maybeTimestamp,
  /** When an undecided request ends, as a denial. */
  expiresAt: maybeTimestamp,
  decidedAt: maybeTimestamp,
  approvedBy: maybeUntrusted,
  deniedBy: maybeUntrusted,
  denialReason: maybeUntrusted,
  /** Why it waits: what would have refused it, had no person been asked. */
  pendingReason: maybeUntrusted,
  binding: binding.nullish().transform((value) => value ?? null),
  quorum: quorum.nullish().transform((value) => value ?? null),
  grant: grant.nullish().transform((value) => value ?? null),
  /** What the agent asks for, and what policy allows at the most. Seconds and uses. */
  asked: wireObject({ durationSeconds: z.number().nullish(), uses: z.number().nullish() })
    .nullish()
    .transform((value) => value ?? null),
  allowed: wireObject({
    durationSeconds: z.number().nullish(),
    uses: z.number().nullish(),
    suggestedDurationSeconds: z.number().nullish(),
    suggestedUses: z.number().nullish(),
  })
    .nullish()
    .transform((value) => value ?? null),
  ownerId: userId.nullish().transform((id) => id ?? null),
  ownerEmail: maybeUntrusted,
  /** Whether the caller may review it, and in words why not. */
  mayReview: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? null),
  mayNotReviewBecause: maybeUntrusted,
  /** What would refuse the agent although somebody approves it now: a policy that appeared, or became stricter, since it asked. */
  blockedBecause: maybeUntrusted,
  /** How the ticket stands that the agent names, as the server was told; null where it asks nobody. */
  ticket: wireObject({ id: untrusted, state: maybeUntrusted, problem: maybeUntrusted })
    .nullish()
    .transform((value) => value ?? null),
  /** Extra steps that policy asks of the reviewer. */
  steps: listOf(
    wordOf(['matching-code', 'type-resource', 'fresh-sign-in', 'second-approver', 'interactive', 'reason'], 'unknown'),
  ),
  /** How recent the sign-in must be for `fresh-sign-in`. */
  freshSignInSeconds: z
    .number()
    .nullish()
    .transform((seconds) => seconds ?? null),
  /** Who should look at it, in words. It binds nobody. */
  assignedTo: maybeUntrusted,
  /** Until when the caller may take the own decision back; null where that is not possible (any more). */
  undoUntil: maybeTimestamp,
  /** When the agent was told of the decision. */
  toldAt: maybeTimestamp,
  comments: listOf(comment),
  /** When the agent that asked was last heard of: one that does not wait any more will not act on an approval. */
  askerLastSeenAt: maybeTimestamp,
  /** How often the same was asked by this agent before, and how it was decided. */
  history: wireObject({ asked: z.number(), approved: z.number(), denied: z.number() })
    .nullish()
    .transform((value) => value ?? null),
  version: z
    .number()
    .nullish()
    .transform((value) => value ?? null),
}).transform(({ actionType, ...request }) => ({
  ...request,
  capability: request.capability ?? actionType,
  // A server has one member for both: read as it is sent it would tell of a denial that never was.
  denialReason: request.status === 'pending' ? null : request.denialReason,
  pendingReason: request.status === 'pending' ? (request.pendingReason ?? request.denialReason) : null,
}));
export type ApprovalRequest = z.infer<typeof approvalRequest>;

/** The queue: an object (newer servers), a bare array or null (older ones); wire-agents §5.1, contradiction 16. */
export const approvalList = z
  .union([
    z.null().transform(() => ({ verifications: [] as ApprovalRequest[], pagination: null, statusCounts: null })),
    z.array(approvalRequest).transform((verifications) => ({ verifications, pagination: null, statusCounts: null })),
    wireObject({
      verifications: listOf(approvalRequest),
      pagination: wireObject({ page: z.number(), pageSize: z.number(), total: z.number(), totalPages: z.number() }).nullish(),
      statusCounts: z.record(z.string(), z.number()).nullish(),
    }),
  ])
  .transform(({ verifications, pagination, statusCounts }) => ({
    requests: verifications,
    total: pagination?.total ?? verifications.length,
    page: pagination?.page ?? 1,
    totalPages: pagination?.totalPages ?? 1,
    statusCounts: statusCounts ?? null,
  }));

/** What an approve or a deny answers. `status` is what now holds: a recorded first approval of two leaves `pending`. */
export const decisionAnswer = wireObject({
  id: verificationId,
  status: verificationStatus,
  approvedBy: maybeUntrusted,
  approvedAt: maybeTimestamp,
  deniedBy: maybeUntrusted,
  deniedAt: maybeTimestamp,
  denialReason: maybeUntrusted,
  message: maybeUntrusted,
  quorum: quorum.nullish().transform((value) => value ?? null),
  grant: grant.nullish().transform((value) => value ?? null),
  receipt: z.unknown().optional(),
});
export type DecisionAnswer = z.infer<typeof decisionAnswer>;

/** What a reviewer may make smaller. The duration runs from the approval. */
export type Narrowing = {
  resource?: string | undefined;
  durationSeconds?: number | undefined;
  uses?: number | undefined;
  startsAt?: Timestamp | undefined;
};
