// Whose mailbox a message belongs into: those who could review it and have not, or who answers for the agent that asked.

import { role as roleWord } from '../../wire/session.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { mayReview } from '../rules/may-review.ts';
import type { Requirement } from '../rules/quorum.ts';
import type { Services } from '../services.ts';
import { countReviewers, reviewersOf, reviewsOf } from '../verification/reviews.ts';
import { waitOf } from '../verification/waits.ts';

export async function peopleFor(
  { queries }: Services,
  row: VerificationTable,
  to: 'reviewers' | 'requesters',
): Promise<string[]> {
  const people = await queries
    .selectFrom('users')
    .select(['id', 'email', 'role', 'groups'])
    .where('organizationId', '=', row.organizationId)
    .where('status', '=', 'active')
    .execute();
  if (to === 'requesters')
    return people.filter(({ id }) => id === row.ownerId && id !== row.decidedBy).map(({ email }) => email);
  const requirement = JSON.parse(row.requirement ?? '{"groups":[]}') as Requirement;
  const reviewers = await reviewersOf(queries, row.organizationId);
  const reviews = (await reviewsOf(queries, row, requirement, reviewers)).map(({ review, groups }) => ({ ...review, groups }));
  const about = { ownerId: row.ownerId, reviews, requirement, reviewers: countReviewers(reviewers, requirement) };
  const may = people.filter(
    ({ id, role, groups }) =>
      mayReview({ id, role: roleWord.parse(role), groups: JSON.parse(groups) as string[] }, about).allowed,
  );
  const { assignedTo } = await waitOf(queries, row);
  const assigned = may.filter(({ email }) => email.toLowerCase() === assignedTo?.toLowerCase());
  return (assigned.length > 0 ? assigned : may).map(({ email }) => email);
}
