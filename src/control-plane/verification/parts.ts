// What belongs to a waiting request besides its row: reviews, comments, permission, owner, and whether the caller may review.

import type { UserPrincipal } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import type { VerificationTable, WaitTable } from '../database/tables/verifications.ts';
import { mayReview } from '../rules/may-review.ts';
import type { Requirement } from '../rules/quorum.ts';
import type { Person } from '../rules/reviewers.ts';
import type { ApprovalParts } from '../views/verification.ts';
import { whyBlocked } from './as-it-holds.ts';
import type { Moment } from './circumstances.ts';
import { type CountedReview, countReviewers, reviewersOf, reviewsOfAll } from './reviews.ts';
import { waitsOf } from './waits.ts';

export async function partsOf(queries: Queries, row: VerificationTable, person: UserPrincipal | null): Promise<ApprovalParts> {
  const [parts] = await partsOfAll(queries, [row], person);
  const history = await queries
    .selectFrom('verifications')
    .select(['status'])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('agentId', '=', row.agentId)
    .where('organizationId', '=', row.organizationId)
    .where('capability', '=', row.capability)
    .where('requestedAt', '<', row.requestedAt)
    .where('requestedAt', '>', row.requestedAt - HISTORY)
    .groupBy('status')
    .execute();
  const counted = (status: string): number => Number(history.find((each) => each.status === status)?.count ?? 0);
  const asked = history.reduce((sum, each) => sum + Number(each.count), 0);
  return { ...(parts as ApprovalParts), history: { asked, approved: counted('approved'), denied: counted('denied') } };
}

/** For whoever opens it: also what would refuse it by now. */
export async function partsAt(moment: Moment, row: VerificationTable, person: UserPrincipal): Promise<ApprovalParts> {
  return { ...(await partsOf(moment.queries, row, person)), blockedBecause: await whyBlocked(moment, row) };
}

const HISTORY = 30 * 24 * 60 * 60 * 1000;

/** The same for a page, in a handful of queries and without the history. */
export async function partsOfAll(
  queries: Queries,
  rows: readonly VerificationTable[],
  person: UserPrincipal | null,
): Promise<ApprovalParts[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const reviewers = await reviewersOf(queries, rows[0]?.organizationId ?? '');
  const reviews = await reviewsOfAll(queries, rows, requirementOf, reviewers);
  const waits = await waitsOf(queries, rows);
  const comments = Map.groupBy(
    await queries.selectFrom('comments').selectAll().where('verificationId', 'in', ids).orderBy('at').execute(),
    (each) => each.verificationId,
  );
  const grantIds = rows.map(({ grantId }) => grantId).filter((id) => id !== null);
  const grants =
    grantIds.length === 0 ? [] : await queries.selectFrom('grants').selectAll().where('id', 'in', grantIds).execute();
  const owners = await queries
    .selectFrom('users')
    .select(['id', 'email'])
    .where('id', 'in', [...new Set(rows.map(({ ownerId }) => ownerId))])
    .execute();
  const groupKeys = rows
    .filter(({ status, groupKey }) => status === 'pending' && groupKey !== null)
    .map(({ groupKey }) => groupKey ?? '');
  const alike =
    groupKeys.length === 0
      ? []
      : await queries
          .selectFrom('verifications')
          .select(['groupKey'])
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('organizationId', '=', rows[0]?.organizationId ?? '')
          .where('status', '=', 'pending')
          .where('groupKey', 'in', groupKeys)
          .groupBy('groupKey')
          .execute();
  return rows.map((row) => {
    const own = reviews.get(row.id) ?? [];
    return {
      reviews: own.map(({ review, counts }) => ({ ...review, counts: counts || row.status !== 'pending' })),
      wait: waits.get(row.id) ?? null,
      undoUntil: undoUntilOf(row, own, waits.get(row.id), person),
      comments: comments.get(row.id) ?? [],
      grant: grants.find(({ id }) => id === row.grantId) ?? null,
      ownerEmail: owners.find(({ id }) => id === row.ownerId)?.email ?? null,
      history: null,
      alike: Math.max(0, Number(alike.find(({ groupKey }) => groupKey === row.groupKey)?.count ?? 1) - 1),
      ...(person === null ? {} : { mayReview: allowed(row, own, person, reviewers) }),
    };
  });
}

/** The same for requests of several organisations, as the stream tells them; by the id of the request. */
export async function partsById(
  queries: Queries,
  rows: readonly VerificationTable[],
): Promise<ReadonlyMap<string, ApprovalParts>> {
  const found = new Map<string, ApprovalParts>();
  for (const own of Map.groupBy(rows, ({ organizationId }) => organizationId).values()) {
    const parts = await partsOfAll(queries, own, null);
    own.forEach((row, at) => void found.set(row.id, parts[at] as ApprovalParts));
  }
  return found;
}

/** Until when the person may take the own review back, as far as this record tells. */
function undoUntilOf(
  row: VerificationTable,
  reviews: readonly CountedReview[],
  wait: WaitTable | undefined,
  person: UserPrincipal | null,
): number | null {
  const mine = reviews.find(({ review }) => review.userId === person?.id)?.review;
  if (mine === undefined) return null;
  if (row.status === 'pending') return mine.at + UNDO_WITHIN;
  const isMine = (row.status === 'approved' || row.status === 'denied') && row.decidedBy === person?.id;
  return isMine && (wait?.toldAt ?? null) === null ? mine.at + UNDO_WITHIN : null;
}

/** How long a decision can be taken back. */
export const UNDO_WITHIN = 10_000;

function allowed(
  row: VerificationTable,
  reviews: readonly CountedReview[],
  person: UserPrincipal,
  reviewers: readonly Person[],
): { allowed: boolean; because: string | null } {
  if (row.status !== 'pending') return { allowed: false, because: `It is already ${row.status}.` };
  const may = mayReview(person, {
    ownerId: row.ownerId,
    reviews: reviews.map(({ review: { userId, userEmail, decision }, groups }) => ({ userId, userEmail, decision, groups })),
    requirement: requirementOf(row),
    reviewers: countReviewers(reviewers, requirementOf(row)),
  });
  return { allowed: may.allowed, because: may.because };
}

const requirementOf = (row: VerificationTable): Requirement => JSON.parse(row.requirement ?? '{"groups":[]}') as Requirement;
