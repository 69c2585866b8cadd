// A verification in its three shapes: the answer to the agent, the event, the request that a reviewer sees.

import { createHash } from 'node:crypto';
import { parseExact } from '../../crypto/exact-json.ts';
import type { CommentTable, GrantTable, ReviewTable, VerificationTable, WaitTable } from '../database/tables/verifications.ts';
import type { Requirement } from '../rules/quorum.ts';
import type { TicketView } from '../tickets.ts';
import { timeView } from './time.ts';

/** What an agent is answered, in both spellings: each SDK generation reads another one (wire-agents §4.4). */
export function answerView(row: VerificationTable, grant: GrantTable | null = null) {
  const approvedBy =
    row.status === 'approved'
      ? (row.decidedByName ?? (row.mode === 'monitoring' && row.rule === 'monitoring' ? 'monitoring-mode' : 'system'))
      : null;
  const expiresAt = timeView(row.status === 'approved' ? (grant?.expiresAt ?? row.expiresAt) : row.expiresAt);
  // An SDK polls on at `expired` until its own time is up, so an expired request is answered as the denial that it is.
  const status = row.status === 'expired' || row.status === 'cancelled' ? 'denied' : row.status;
  const denialReason = status === 'denied' ? (row.denialReason ?? 'Denied') : null;
  return {
    id: row.id,
    status,
    approvedBy,
    approved_by: approvedBy,
    expiresAt,
    expires_at: expiresAt,
    denialReason,
    denial_reason: denialReason,
    trustScore: row.trustScore,
    trust_score: row.trustScore,
    enforcementMode: row.mode,
    riskLevel: row.riskLevel,
    riskAutoDetected: row.riskDetected === 1,
    rule: row.rule,
    actionHash: row.actionHash,
    ...(row.status === 'pending' && row.matchingCode !== null ? { matchingCode: row.matchingCode } : {}),
    ...(grant === null ? {} : { grant: grantView(grant) }),
  };
}

export function eventView(row: VerificationTable) {
  return {
    id: row.id,
    organizationId: row.organizationId,
    agentId: row.agentId,
    agentName: row.agentName,
    protocol: 'A2A',
    verificationType: 'capability',
    status:
      row.status === 'approved'
        ? 'success'
        : row.status === 'pending'
          ? 'pending'
          : row.status === 'expired'
            ? 'timeout'
            : 'failed',
    result:
      row.status === 'approved'
        ? 'verified'
        : row.status === 'pending'
          ? null
          : row.status === 'expired'
            ? 'expired'
            : 'denied',
    signature: row.signature,
    messageHash: row.actionHash,
    publicKey: row.publicKey,
    confidence: 1,
    trustScore: row.trustScore,
    durationMs: row.durationMs,
    errorCode: row.status === 'approved' || row.status === 'pending' ? null : row.rule,
    errorReason: row.status === 'approved' || row.status === 'pending' ? null : row.denialReason,
    initiatorType: 'agent',
    initiatorId: row.agentId,
    initiatorName: row.agentName,
    initiatorIp: row.initiatorIp,
    action: row.capability,
    resourceType: row.resource,
    driftDetected: false,
    startedAt: timeView(row.requestedAt),
    completedAt: timeView(row.decidedAt),
    createdAt: timeView(row.requestedAt),
    executed: row.executed === null ? null : row.executed === 1,
    strictMode: row.mode === 'strict',
    executedAt: timeView(row.executedAt),
    executionError: row.executionError,
    details: row.outcomeSummary,
    metadata: {
      verificationId: row.id,
      actionType: row.capability,
      resource: row.resource,
      context: row.context === '{}' ? {} : parseExact(row.context),
      trustScore: row.trustScore,
      autoApproved: row.status === 'approved' && row.decidedBy === null,
      displayStatus: row.status,
      monitoringMode: row.mode === 'monitoring',
      riskLevel: row.riskLevel,
      riskAutoDetected: row.riskDetected === 1,
      rule: row.rule,
      actionHash: row.actionHash,
      ...(row.denialReason === null ? {} : { denialReason: row.denialReason }),
      ...(row.decidedByName === null ? {} : { decidedBy: row.decidedByName }),
      ...(row.outcome === null ? {} : { outcome: row.outcome }),
      ...(row.grantId === null ? {} : { grantId: row.grantId }),
    },
  };
}

/** The event as JSON text. The context goes in as the agent wrote it, without being read only to be written again. */
export function eventText(row: VerificationTable): string {
  const { metadata, ...event } = eventView({ ...row, context: '{}' });
  const { context: _, ...rest } = metadata;
  return `${JSON.stringify(event).slice(0, -1)},"metadata":${JSON.stringify(rest).slice(0, -1)},"context":${row.context}}}`;
}

export type Asked = { durationSeconds: number | null; uses: number | null };

export type ApprovalParts = {
  /** `counts` is false for one whose author may not review any more. */
  reviews: readonly (ReviewTable & { counts?: boolean })[];
  wait?: WaitTable | null;
  /** Until when the person who asks may take the own decision back. */
  undoUntil?: number | null;
  comments: readonly CommentTable[];
  grant: GrantTable | null;
  ownerEmail: string | null;
  history: { asked: number; approved: number; denied: number } | null;
  /** Set where a person asks, left out in the stream. */
  mayReview?: { allowed: boolean; because: string | null };
  alike?: number;
  /** Why the agent would be refused although somebody approves it now. */
  blockedBecause?: string | null;
  ticket?: TicketView | null;
};

export function approvalView(row: VerificationTable, parts: ApprovalParts) {
  const requirement = row.requirement === null ? null : (JSON.parse(row.requirement) as Requirement);
  return {
    id: row.id,
    agentId: row.agentId,
    agentName: row.agentName,
    capability: row.capability,
    actionType: row.capability,
    resource: row.resource,
    context: parseExact(row.context),
    riskLevel: row.riskLevel,
    riskReason: row.riskReason,
    trustScore: row.trustScore,
    status: row.status,
    rule: row.rule,
    requestedAt: timeView(row.requestedAt),
    expiresAt: timeView(row.expiresAt),
    decidedAt: timeView(row.decidedAt),
    approvedBy: row.status === 'approved' ? row.decidedByName : null,
    deniedBy: row.status === 'denied' ? row.decidedByName : null,
    // While it waits this is why it would have been denied.
    denialReason: row.denialReason,
    binding: {
      form: row.form,
      signedBytes: row.signedBytes,
      signature: row.signature,
      publicKey: row.publicKey,
      actionHash: row.actionHash,
    },
    quorum:
      requirement === null
        ? null
        : {
            approvalsNeeded: requirement.approvalsNeeded,
            denialsNeeded: requirement.denialsNeeded,
            groups: requirement.groups,
            policy: requirement.policy,
            policyVersion: policyVersion(row.requirement ?? ''),
            reviews: parts.reviews.map(reviewView),
          },
    grant: parts.grant === null ? null : grantView(parts.grant),
    asked: row.asked === null ? null : (JSON.parse(row.asked) as Asked),
    allowed: requirement === null ? null : requirement.allowed,
    ownerId: row.ownerId,
    ownerEmail: parts.ownerEmail,
    mayReview: parts.mayReview?.allowed ?? null,
    mayNotReviewBecause: parts.mayReview?.because ?? null,
    blockedBecause: parts.blockedBecause ?? null,
    ticket: parts.ticket ?? null,
    steps: requirement?.steps ?? [],
    freshSignInSeconds: requirement?.freshSignInSeconds ?? null,
    assignedTo: parts.wait?.assignedTo ?? null,
    undoUntil: timeView(parts.undoUntil ?? null),
    toldAt: timeView(parts.wait?.toldAt ?? null),
    comments: parts.comments.map(commentView),
    history: parts.history,
    alike: parts.alike ?? 0,
    escalatedAt: timeView(row.escalatedAt),
    askerLastSeenAt: timeView(row.lastPolledAt ?? row.requestedAt),
    version: row.revision,
  };
}
/** Names the rules that hold for a request, so that a receipt can say under which it was decided. */
const policyVersion = (requirement: string): string => createHash('sha256').update(requirement).digest('hex').slice(0, 12);

export const reviewView = (row: ReviewTable & { counts?: boolean }) => ({
  by: row.userId,
  byEmail: row.userEmail,
  decision: row.decision,
  reason: row.reason,
  at: timeView(row.at),
  own: row.isOwn === 1,
  interactive: row.isInteractive === 1,
  actionHash: row.actionHash,
  counts: row.counts ?? true,
  narrow: row.narrow === null ? null : (JSON.parse(row.narrow) as unknown),
  receipt: row.receipt === null ? null : (JSON.parse(row.receipt) as unknown),
});

export const commentView = (row: CommentTable) => ({
  by: row.userId,
  byEmail: row.userEmail,
  text: row.text,
  at: timeView(row.at),
});

export const grantView = (row: GrantTable) => ({
  id: row.id,
  verificationId: row.verificationId,
  agentId: row.agentId,
  agentName: row.agentName,
  capability: row.capability,
  resource: row.resource,
  startsAt: timeView(row.startsAt),
  expiresAt: timeView(row.expiresAt),
  usesAllowed: row.usesAllowed,
  usesLeft: row.usesLeft,
  revokedAt: timeView(row.revokedAt),
  revokedBy: row.revokedBy,
  grantedBy: row.grantedByName,
});
