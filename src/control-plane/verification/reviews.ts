// The reviews of a request, and which of them still count: those of people who are active and may review it now.

import { role as roleWord } from '../../wire/session.ts';
import type { Queries } from '../database/open.ts';
import type { ReviewTable, VerificationTable } from '../database/tables/verifications.ts';
import { mayReview } from '../rules/may-review.ts';
import type { Requirement, Reviewed } from '../rules/quorum.ts';
import { couldReview, type Person } from '../rules/reviewers.ts';

export type CountedReview = Reviewed & { review: ReviewTable; counts: boolean };

/** Those that were not taken back, oldest first. Denials always count: whoever has left may have known why. */
export async function reviewsOf(
  queries: Queries,
  row: VerificationTable,
  requirement: Requirement,
  reviewers: readonly Person[],
): Promise<CountedReview[]> {
  return (await reviewsOfAll(queries, [row], () => requirement, reviewers)).get(row.id) ?? [];
}

export async function reviewsOfAll(
  queries: Queries,
  rows: readonly VerificationTable[],
  requirementOf: (row: VerificationTable) => Requirement,
  reviewers: readonly Person[],
): Promise<Map<string, CountedReview[]>> {
  const reviews = await queries
    .selectFrom('reviews')
    .selectAll()
    .where(
      'verificationId',
      'in',
      rows.map(({ id }) => id),
    )
    .where('withdrawnAt', 'is', null)
    .orderBy('at')
    .execute();
  if (reviews.length === 0) return new Map();
  const people = await queries
    .selectFrom('users')
    .select(['id', 'organizationId', 'role', 'status', 'groups'])
    .where('id', 'in', [...new Set(reviews.map(({ userId }) => userId))])
    .execute();
  const byRequest = new Map<string, CountedReview[]>();
  for (const review of reviews) {
    const row = rows.find(({ id }) => id === review.verificationId) as VerificationTable;
    const person = people.find(({ id, organizationId }) => id === review.userId && organizationId === row.organizationId);
    const groups = person === undefined ? [] : (JSON.parse(person.groups) as string[]);
    const may =
      person?.status === 'active' &&
      mayReview(
        { id: person.id, role: roleWord.parse(person.role), groups },
        {
          ownerId: row.ownerId,
          reviews: [],
          requirement: requirementOf(row),
          reviewers: countReviewers(reviewers, requirementOf(row)),
        },
      ).allowed;
    const counted = { review, decision: review.decision, groups, counts: may || review.decision === 'deny' };
    byRequest.set(row.id, [...(byRequest.get(row.id) ?? []), counted]);
  }
  return byRequest;
}

/** People of the organisation who could review something: administrators, and whoever is in a group. */
export async function reviewersOf(queries: Queries, organizationId: string): Promise<Person[]> {
  const people = await queries
    .selectFrom('users')
    .select(['role', 'groups'])
    .where('organizationId', '=', organizationId)
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('role', '=', 'admin'), eb('groups', '!=', '[]')]))
    .execute();
  return people.map(({ role, groups }) => ({ role: roleWord.parse(role), groups: JSON.parse(groups) as string[] }));
}

export const countReviewers = (people: readonly Person[], { groups }: Pick<Requirement, 'groups'>): number =>
  people.filter((person) => couldReview(person, groups)).length;
