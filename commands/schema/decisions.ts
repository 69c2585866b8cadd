// What the verbs print that are about requests and their decision.

import { z } from 'zod';
import type { ReceiptContent } from '../../src/crypto/receipt.ts';
import type { RuleContent } from '../../src/crypto/rule-receipt.ts';
import type { ReceiptPlace } from '../../src/security-log/receipt-in-audit.ts';
import { riskLevels } from '../../src/wire/scalars.ts';
import type { ApprovalRequest, Grant } from '../../src/wire/verification.ts';
import type { Why } from '../why/actions.ts';
import { flag, listOf, maybeNumber, maybeText, maybeTime, members, oneOf, row, shapeOf, share, text, texts } from './shape.ts';

export const grant = shapeOf<Grant>()(
  z.object({
    id: text,
    verificationId: text,
    agentId: text,
    agentName: maybeText,
    capability: text,
    resource: maybeText,
    startsAt: maybeTime,
    expiresAt: maybeTime,
    usesAllowed: maybeNumber,
    usesLeft: maybeNumber,
    revokedAt: maybeTime,
    revokedBy: maybeText,
    grantedBy: maybeText,
  }),
);

const review = z.object({
  by: text,
  byEmail: maybeText,
  decision: oneOf('approve', 'deny', 'unknown'),
  reason: maybeText,
  at: maybeTime,
  own: flag.describe('The reviewer owns the agent that asked'),
  interactive: flag,
  counts: flag.describe('False where the reviewer may not review it any more'),
});

export const approvalRequest = shapeOf<ApprovalRequest>()(
  z.object({
    id: text,
    agentId: text,
    agentName: maybeText,
    capability: maybeText,
    resource: maybeText,
    context: members.describe('What the agent says, in its own spelling; nobody has checked it'),
    riskLevel: oneOf(...riskLevels),
    riskReason: maybeText,
    trustScore: share,
    status: oneOf('pending', 'approved', 'denied', 'expired', 'cancelled', 'unknown'),
    requestedAt: maybeTime,
    expiresAt: maybeTime,
    decidedAt: maybeTime,
    approvedBy: maybeText,
    deniedBy: maybeText,
    denialReason: maybeText,
    pendingReason: maybeText.describe('While it waits: what would have refused it, had no person been asked'),
    binding: z
      .object({
        form: oneOf('original', 'statement'),
        signedBytes: text.describe('Base64 of what the agent signed'),
        signature: text,
        publicKey: text,
        actionHash: text.describe('What --if-match compares'),
      })
      .nullable(),
    quorum: z
      .object({
        approvalsNeeded: z.number(),
        denialsNeeded: z.number(),
        groups: texts,
        policy: maybeText,
        policyVersion: maybeText.describe('Names the rules as they hold for this request'),
        reviews: z.array(review),
      })
      .nullable(),
    grant: grant.nullable(),
    asked: z.object({ durationSeconds: maybeNumber.optional(), uses: maybeNumber.optional() }).nullable(),
    allowed: z
      .object({
        durationSeconds: maybeNumber.optional(),
        uses: maybeNumber.optional(),
        suggestedDurationSeconds: maybeNumber.optional(),
        suggestedUses: maybeNumber.optional(),
      })
      .nullable(),
    ownerId: maybeText,
    ownerEmail: maybeText,
    mayReview: flag.nullable(),
    mayNotReviewBecause: maybeText,
    ticket: z
      .object({ id: text, state: maybeText, problem: maybeText })
      .nullable()
      .describe('How the ticket stands that the agent names'),
    blockedBecause: maybeText.describe('What would refuse the agent although somebody approves it now'),
    steps: z.array(
      oneOf('matching-code', 'type-resource', 'fresh-sign-in', 'second-approver', 'interactive', 'reason', 'unknown'),
    ),
    freshSignInSeconds: maybeNumber,
    assignedTo: maybeText,
    undoUntil: maybeTime.describe('Until when the caller may take the own decision back'),
    toldAt: maybeTime.describe('When the agent was told of the decision'),
    comments: z.array(z.object({ by: text, byEmail: maybeText, text, at: maybeTime })),
    askerLastSeenAt: maybeTime,
    history: z.object({ asked: z.number(), approved: z.number(), denied: z.number() }).nullable(),
    version: maybeNumber,
  }),
);

const capabilityRequest = row({
  id: text,
  organizationId: text,
  agentId: text,
  agentName: maybeText,
  agentDisplayName: maybeText,
  capabilityType: text,
  reason: maybeText,
  status: text,
  requestedBy: maybeText,
  requestedByEmail: maybeText,
  requestedAt: maybeTime,
  reviewedBy: maybeText,
  reviewedByEmail: maybeText,
  reviewedAt: maybeTime,
  createdAt: maybeTime,
  updatedAt: maybeTime,
});

const shownRequest = approvalRequest.extend({
  verdict: z
    .object({ kind: text, because: maybeText, actionHash: maybeText, fingerprint: maybeText })
    .describe('What this machine found when it checked the signature of the agent'),
});

type Checked<Content> = { valid: true; isKeyKnown: boolean; audit: ReceiptPlace | null } & Content;

const checked = {
  valid: z.literal(true),
  isKeyKnown: flag,
  audit: z
    .object({ sequence: z.number(), at: text, by: maybeText, undoneAt: maybeText })
    .nullable()
    .describe('Where it stands in the log that --audit names'),
};

export const decisionOutputs = {
  'approvals.ls': listOf(approvalRequest),
  'approvals.show': shownRequest,
  'approvals.approve': approvalRequest,
  'approvals.deny': approvalRequest,
  'approvals.comment': approvalRequest,
  'approvals.escalate': approvalRequest,
  'approvals.undo': approvalRequest,
  'approvals.nudge': approvalRequest,
  'approvals.assign': approvalRequest,
  'approvals.history': listOf(approvalRequest),
  'approvals.grants': listOf(grant),
  'approvals.revoke': grant,
  'requests.ls': listOf(capabilityRequest),
  'requests.show': capabilityRequest,
  'requests.approve': capabilityRequest.extend({ success: flag.optional(), message: text.optional() }),
  'requests.reject': capabilityRequest.extend({ success: flag.optional(), message: text.optional() }),
  why: shapeOf<Why>()(
    z.object({
      id: text,
      control: maybeText,
      outcome: text,
      agent: z.object({ id: maybeText, name: maybeText, status: maybeText }),
      capability: maybeText,
      resource: maybeText,
      links: z.array(z.object({ about: text, finding: text, decides: flag })),
      next: maybeText,
    }),
  ),
  verify: z.union([
    shapeOf<Checked<ReceiptContent>>()(
      z.object({
        ...checked,
        type: z.literal('aim.receipt/1'),
        verificationId: text,
        actionHash: text,
        decision: oneOf('approve', 'deny'),
        agentId: text,
        reason: maybeText,
        narrow: z.record(z.string(), z.union([text, z.number()])).nullable(),
        policy: maybeText,
        policyVersion: text.optional(),
        displayed: text.describe('SHA-256 of what the reviewer saw'),
        openedAt: text,
        decidedAt: text,
        reviewer: z.object({ id: text, email: maybeText }),
        server: text,
        client: text,
        interactive: flag,
      }),
    ),
    shapeOf<Checked<RuleContent>>()(
      z.object({
        ...checked,
        type: z.literal('aim.rule-receipt/1'),
        name: text,
        agentId: text,
        capability: text,
        resource: maybeText,
        decision: oneOf('approve', 'deny'),
        reason: maybeText,
        forSeconds: z.number(),
        decidedAt: text,
        reviewer: z.object({ id: text, email: maybeText }),
        server: text,
        client: text,
      }),
    ),
  ]),
};
