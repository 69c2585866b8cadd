// Says what came of a review: to the audit log, to the stream, and to the reviewer.

import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { GrantTable, ReviewTable, VerificationTable } from '../database/tables/verifications.ts';
import type { Tally } from '../rules/quorum.ts';
import { timeView } from '../views/time.ts';
import { approvalView, eventView, grantView } from '../views/verification.ts';
import type { partsOf } from './parts.ts';
import type { ReviewInput } from './review.ts';

export function recordReview(
  change: Change,
  { person, origin, decision, body }: ReviewInput,
  row: VerificationTable,
  agent: AgentTable | undefined,
  made: ReviewTable,
  status: string,
  grant: GrantTable | null,
): void {
  change.audit(actorOf(person, origin), {
    organizationId: row.organizationId,
    action: decision,
    resourceType: 'verification',
    resourceId: row.id,
    agentId: row.agentId,
    agentName: agent?.name ?? row.agentName,
    metadata: {
      capability: row.capability,
      resource: row.resource,
      actionHash: row.actionHash,
      bound: made.actionHash !== null,
      reason: made.reason,
      own: made.isOwn === 1,
      interactive: made.isInteractive === 1,
      status,
      narrow: body.narrow ?? null,
      grantId: grant?.id ?? null,
      receipt: made.receipt === null ? null : (JSON.parse(made.receipt) as unknown),
    },
  });
}

export function publishReview(
  change: Change,
  row: VerificationTable,
  parts: Awaited<ReturnType<typeof partsOf>>,
  status: string,
): void {
  const about = {
    organizationId: row.organizationId,
    agentId: row.agentId,
    change: status === 'pending' ? 'updated' : 'decided',
  } as const;
  change.publish({ ...about, type: 'approval', subject: approvalView(row, parts) });
  if (status !== 'pending') change.publish({ ...about, type: 'verification', subject: eventView(row) });
  if (parts.grant !== null && status === 'approved') {
    change.publish({
      organizationId: row.organizationId,
      agentId: row.agentId,
      type: 'grant',
      change: 'created',
      subject: grantView(parts.grant),
    });
  }
}

export function answerReview(
  row: VerificationTable,
  made: ReviewTable,
  counted: Tally,
  grant: GrantTable | null,
  quorum: unknown,
) {
  const common = {
    id: row.id,
    status: row.status,
    actionHash: row.actionHash,
    quorum,
    grant: grant === null ? null : grantView(grant),
    receipt: made.receipt === null ? null : (JSON.parse(made.receipt) as unknown),
  };
  const at = timeView(made.at);
  if (row.status === 'pending') {
    const missing = counted.missingGroups.length === 0 ? '' : ` of ${counted.missingGroups.join(', ')}`;
    return { ...common, message: `Recorded; it still waits for another reviewer${missing}.` };
  }
  if (row.status === 'approved')
    return { ...common, approvedBy: made.userEmail, approvedAt: at, message: 'Verification approved' };
  return { ...common, deniedBy: made.userEmail, deniedAt: at, denialReason: row.denialReason, message: 'Verification denied' };
}
