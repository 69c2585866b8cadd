// A person approves or denies what waits: bound to what the agent signed, counted against what policy needs, recorded once.

import { randomUUID } from 'node:crypto';
import type { DecisionRequest } from '../../wire/requests/verification.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { GrantTable, ReviewTable, VerificationTable } from '../database/tables/verifications.ts';
import { conflict, notFound } from '../refusal.ts';
import { Answer, type Origin } from '../route.ts';
import { type ApprovalSettings, requirementFor } from '../rules/approval-policy.ts';
import { checkNarrow, type Narrow, smallest, type Wanted } from '../rules/given.ts';
import { mayReview } from '../rules/may-review.ts';
import { type Requirement, tally } from '../rules/quorum.ts';
import { couldReview } from '../rules/reviewers.ts';
import { stricterOf } from '../rules/stricter.ts';
import { count } from '../store/counters.ts';
import { type Asked, approvalView } from '../views/verification.ts';
import { whyBlocked } from './as-it-holds.ts';
import { grantFrom } from './grant-from.ts';
import { APPROVAL_LASTS } from './new-row.ts';
import { partsAt, partsOf } from './parts.ts';
import { checkReceipt } from './receipt.ts';
import { countReviewers, reviewersOf, reviewsOf } from './reviews.ts';
import { checkSteps } from './steps.ts';
import { answerReview, publishReview, recordReview } from './tell-review.ts';
import { writeWait } from './waits.ts';

export type ReviewInput = {
  id: string;
  decision: 'approve' | 'deny';
  body: DecisionRequest;
  person: UserPrincipal;
  origin: Origin;
};

/** @throws Refusal 404, 403 or 409; a 409 carries the request as it now is under `current`. */
export async function review(change: Change, input: ReviewInput) {
  const { queries, now } = change;
  const { id, decision, body, person } = input;
  let row = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', person.organizationId)
    .executeTakeFirst();
  const asked = JSON.parse(row?.requirement ?? '{}') as Requirement;
  // Who could never review it does not learn that it is there.
  if (row === undefined || !couldReview(person, asked.groups ?? [])) throw notFound('Verification not found or update failed');
  const agent = await queries
    .selectFrom('agents')
    .selectAll()
    .where('id', '=', row.agentId)
    .where('organizationId', '=', row.organizationId)
    .executeTakeFirst();
  const asItIs = row;
  const current = async () => ({ current: approvalView(asItIs, await partsAt(change, asItIs, person)) });

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
  const refusal = decision === 'approve' ? whyNotFor(agent, row, now) : null;
  if (refusal !== null) throw conflict(refusal.code, refusal.because, await current());
  const blocked = decision === 'approve' ? await whyBlocked(change, row) : null;
  if (blocked !== null) throw conflict('blocked', `An approval would change nothing: ${blocked}.`, await current());

  const requirement = decision === 'approve' ? stricterOf(asked, await requirementNow(change, row)) : asked;
  if (requirement !== asked) {
    row = await rewrite(change, row, { requirement: JSON.stringify(requirement), revision: row.revision + 1 });
    publishReview(change, row, await partsOf(queries, row, null), 'pending');
    // Answered, not thrown: what it needs now is kept, although nothing was decided.
    const changed = { current: approvalView(row, await partsOf(queries, row, person)), reasonCode: 'policyChanged' };
    return new Answer(409, { error: 'Policy asks for more than when you looked; look again.', ...changed });
  }
  const reviewers = await reviewersOf(queries, person.organizationId);
  const before = await reviewsOf(queries, row, requirement, reviewers);
  const reviews = before.map(({ review, groups }) => ({ ...review, groups }));
  const others = countReviewers(reviewers, requirement);
  const may = mayReview(person, { ownerId: row.ownerId, reviews, requirement, reviewers: others });
  if (!may.allowed) throw conflict('notReviewable', may.because, await current());
  const wanted = wantedBy(row);
  if (decision === 'approve') {
    if (body.narrow) checkNarrow(body.narrow, wanted, { allowed: requirement.allowed, capability: row.capability, now });
    const failed = await checkSteps(change, requirement, row, input);
    if (failed !== null) {
      const after = await reread(change, row);
      publishReview(change, after, await partsOf(queries, after, null), after.status);
      return failed;
    }
  }

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
    receipt: await checkReceipt(change, input, row),
    at: now,
    narrow: body.narrow ? JSON.stringify(body.narrow) : null,
    withdrawnAt: null,
  };
  await queries.insertInto('reviews').values(made).execute();
  const counting = [...before.filter(({ counts }) => counts), { review: made, decision, groups: person.groups, counts: true }];
  const counted = tally(requirement, counting);
  const narrows = counting.filter((each) => each.decision === 'approve').map((each) => narrowOf(each.review));
  // Checked with each review, so that two who gave parts with nothing in common learn it at once.
  const given = decision === 'approve' ? smallest(narrows, wanted, now) : null;
  const grant =
    counted.status === 'approved' && given !== null ? await grantFrom(change, row, requirement, given, person) : null;
  const decided = await write(change, row, counted.status, made, grant);
  recordReview(change, input, row, agent, made, counted.status, grant);
  publishReview(change, decided, await partsOf(queries, decided, null), counted.status);
  const parts = await partsOf(queries, decided, person);
  return answerReview(decided, made, counted, grant, approvalView(decided, parts).quorum);
}

/** Nobody approves for an agent that may not act, or for a key that may be in other hands by now. */
function whyNotFor(
  agent: AgentTable | undefined,
  row: VerificationTable,
  now: number,
): { code: string; because: string } | null {
  if (agent === undefined || agent.isCompromised === 1 || !['verified', 'pending'].includes(agent.status)) {
    const state = agent?.isCompromised === 1 ? 'marked as compromised' : (agent?.status ?? 'deleted');
    return { code: 'agentStatus', because: `The agent is ${state}.` };
  }
  if (!acceptsKey(agent, row.publicKey, now))
    return { code: 'agentKey', because: 'The agent has another key than the one that signed this; it has to ask again.' };
  return null;
}

async function requirementNow({ queries }: Change, row: VerificationTable): Promise<Requirement> {
  const { settings } = await queries
    .selectFrom('organizations')
    .select('settings')
    .where('id', '=', row.organizationId)
    .executeTakeFirstOrThrow();
  const { approvals = {} } = JSON.parse(settings) as { approvals?: ApprovalSettings };
  const { capability, riskLevel, agentId, agentName } = row;
  const { waitSeconds: _, ...requirement } = requirementFor(approvals, {
    capability,
    riskLevel: riskLevel as RiskLevel,
    agentId,
    agentName,
  });
  return requirement;
}

function wantedBy({ resource, asked }: VerificationTable): Wanted {
  const { durationSeconds, uses } = (asked === null ? {} : JSON.parse(asked)) as Partial<Asked>;
  return { resource, durationSeconds: durationSeconds ?? null, uses: uses ?? null };
}

const narrowOf = ({ narrow }: ReviewTable): Narrow | null => (narrow === null ? null : (JSON.parse(narrow) as Narrow));

async function rewrite(
  { queries }: Change,
  row: VerificationTable,
  set: Partial<VerificationTable>,
): Promise<VerificationTable> {
  await queries.updateTable('verifications').set(set).where('id', '=', row.id).execute();
  return { ...row, ...set };
}

const reread = ({ queries }: Change, { id }: VerificationTable): Promise<VerificationTable> =>
  queries.selectFrom('verifications').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

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
    await writeWait(queries, row, { waitsUntil: row.expiresAt, waitReason: row.denialReason });
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
  return rewrite(change, row, set);
}
