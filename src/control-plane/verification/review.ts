// A person approves or denies what waits: bound to what the agent signed, counted against what policy needs, recorded once.

import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { DecisionRequest } from '../../wire/requests/verification.ts';
import type { UserPrincipal } from '../auth/principal.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { GrantTable, ReviewTable, VerificationTable } from '../database/tables/verifications.ts';
import { conflict, forbidden, invalid, notFound } from '../refusal.ts';
import type { Origin } from '../route.ts';
import { mayReview } from '../rules/may-review.ts';
import { type Requirement, tally } from '../rules/quorum.ts';
import { count } from '../store/counters.ts';
import { timeView } from '../views/time.ts';
import { approvalView, eventView, grantView } from '../views/verification.ts';
import { grantFrom } from './grant-from.ts';
import { APPROVAL_LASTS } from './new-row.ts';
import { partsOf } from './parts.ts';
import { checkReceipt } from './receipt.ts';

export type ReviewInput = {
  id: string;
  decision: 'approve' | 'deny';
  body: DecisionRequest;
  person: UserPrincipal;
  origin: Origin;
};

const FRESH_SIGN_IN = 15 * 60 * 1000;

/** @throws Refusal 404, 403 or 409; a 409 carries the request as it now is under `current`. */
export async function review(change: Change, input: ReviewInput) {
  const { queries, now } = change;
  const { id, decision, body, person } = input;
  const row = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', person.organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('Verification not found or update failed');
  const agent = await queries
    .selectFrom('agents')
    .selectAll()
    .where('id', '=', row.agentId)
    .where('organizationId', '=', row.organizationId)
    .executeTakeFirst();
  const current = async () => ({ current: approvalView(row, await partsOf(queries, row, person)) });

  if (row.status === 'expired' || (row.status === 'pending' && row.expiresAt <= now)) {
    throw conflict('expired', 'The request expired before it was decided.', await current());
  }
  if (row.status !== 'pending') {
    throw conflict(
      'alreadyDecided',
      `The request was already ${row.status}${row.decidedByName === null ? '' : ` by ${row.decidedByName}`}.`,
      await current(),
    );
  }
  if (body.actionHash && body.actionHash.toLowerCase() !== row.actionHash) {
    throw conflict('actionChanged', 'The action is not the one that you looked at.', await current());
  }
  if (
    decision === 'approve' &&
    (agent === undefined || agent.isCompromised === 1 || !['verified', 'pending'].includes(agent.status))
  ) {
    throw conflict(
      'agentStatus',
      `The agent is ${agent?.isCompromised === 1 ? 'marked as compromised' : (agent?.status ?? 'deleted')}.`,
      await current(),
    );
  }
  const requirement = JSON.parse(row.requirement ?? '{}') as Requirement;
  const reviews = await queries.selectFrom('reviews').selectAll().where('verificationId', '=', id).orderBy('at').execute();
  const may = mayReview(person, {
    ownerId: row.ownerId,
    reviews: reviews.map(({ groups, ...each }) => ({ ...each, groups: JSON.parse(groups) as string[] })),
    requirement,
    reviewers: await countReviewers(change, person.organizationId),
  });
  if (!may.allowed) throw conflict('notReviewable', may.because, await current());
  if (decision === 'approve') checkSteps(requirement, row, input, now);

  const made: ReviewTable = {
    id: randomUUID(),
    organizationId: row.organizationId,
    verificationId: id,
    userId: person.id,
    userEmail: person.email,
    decision,
    reason: body.reason || null,
    groups: JSON.stringify(person.groups),
    isOwn: may.isOwn ? 1 : 0,
    isInteractive: body.interactive === true ? 1 : 0,
    actionHash: body.actionHash?.toLowerCase() ?? null,
    receipt: await checkReceipt(change, person, row, decision, body.receipt),
    at: now,
  };
  await queries.insertInto('reviews').values(made).execute();
  const all = [...reviews, made];
  const counted = tally(
    requirement,
    all.map((each) => ({ decision: each.decision, groups: JSON.parse(each.groups) as string[] })),
  );
  const grant = counted.status === 'approved' ? await grantFrom(change, row, requirement, body.narrow ?? null, person) : null;
  const decided = await write(change, row, counted.status, made, grant);
  record(change, input, row, agent, made, counted.status, grant);
  publish(change, decided, await partsOf(queries, decided, null), counted.status);
  const parts = await partsOf(queries, decided, person);
  return answer(decided, made, counted, grant, approvalView(decided, parts).quorum);
}

async function countReviewers({ queries }: Change, organizationId: string): Promise<number> {
  const { reviewers } = await queries
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number>().as('reviewers'))
    .where('organizationId', '=', organizationId)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow();
  return Number(reviewers);
}

function checkSteps({ steps }: Requirement, row: VerificationTable, { body, person }: ReviewInput, now: number): void {
  if (steps?.includes('fresh-sign-in') && now - person.sessionStartedAt > FRESH_SIGN_IN) {
    throw forbidden('freshSignInRequired', 'This decision needs a fresh sign-in; sign in again');
  }
  if (!steps?.includes('matching-code') || row.matchingCode === null) return;
  const given = Buffer.from((body.matchingCode ?? '').padEnd(row.matchingCode.length).slice(0, 20));
  const expected = Buffer.from(row.matchingCode);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw invalid('matchingCode: is not the one that the agent shows', 'matchingCode');
  }
}

async function write(
  change: Change,
  row: VerificationTable,
  status: 'pending' | 'approved' | 'denied',
  made: ReviewTable,
  grant: GrantTable | null,
): Promise<VerificationTable> {
  const { queries, now } = change;
  const set: Partial<VerificationTable> = { revision: row.revision + 1 };
  if (status !== 'pending') {
    Object.assign(set, {
      status,
      decidedBy: made.userId,
      decidedByName: made.userEmail,
      decidedAt: now,
      denialReason: status === 'denied' ? made.reason : null,
      grantId: grant?.id ?? null,
      ...(status === 'approved' ? { expiresAt: now + APPROVAL_LASTS } : {}),
    });
    await count(queries, row, 'pending', -1);
    await count(queries, row, status);
  }
  await queries.updateTable('verifications').set(set).where('id', '=', row.id).execute();
  return { ...row, ...set };
}

function record(
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

function publish(change: Change, row: VerificationTable, parts: Awaited<ReturnType<typeof partsOf>>, status: string): void {
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

function answer(
  row: VerificationTable,
  made: ReviewTable,
  counted: ReturnType<typeof tally>,
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
