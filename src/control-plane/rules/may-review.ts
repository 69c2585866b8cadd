// May this reviewer decide this request? Every refusal carries the words that the screen and the command line show.

import type { Role } from '../../wire/session.ts';
import type { Requirement } from './quorum.ts';
import { couldReview } from './reviewers.ts';

export type Reviewer = { id: string; role: Role; groups: readonly string[]; email?: string };
export type ReviewedRequest = {
  ownerId: string;
  reviews: readonly { userId: string; userEmail?: string; decision: string; groups: readonly string[] }[];
  requirement: Pick<Requirement, 'groups' | 'ownerMayReview' | 'approvalsNeeded'>;
  /** How many people of the organisation could review. */
  reviewers: number;
};
export type MayReview =
  | { allowed: true; code: 'allowed'; isOwn: boolean; because: null }
  | { allowed: false; code: string; isOwn: boolean; because: string };

export function mayReview(reviewer: Reviewer, { ownerId, reviews, requirement, reviewers }: ReviewedRequest): MayReview {
  const isOwn = ownerId === reviewer.id;
  const refuse = (code: string, because: string): MayReview => ({ allowed: false, code, isOwn, because });
  if (!couldReview(reviewer, requirement.groups)) {
    const others = requirement.groups.length === 0 ? '' : ` and members of ${list(requirement.groups)}`;
    return refuse('role', `Only administrators${others} review this.`);
  }
  if (isOwn && !ownerAllowed(requirement.ownerMayReview, reviewers)) {
    return refuse('own-request', 'You answer for the agent that asks; somebody else must review it.');
  }
  if (reviews.some(({ userId }) => userId === reviewer.id)) return refuse('reviewed', 'You have already reviewed this.');
  if (reviews.some(({ userEmail }) => isSameMailbox(userEmail, reviewer.email)))
    return refuse('same-mailbox', 'It was reviewed from your mailbox under another account; one person counts once.');
  if (requirement.groups.length > 0 && !requirement.groups.some((group) => reviewer.groups.includes(group))) {
    return refuse('group', `Needs a reviewer of ${list(requirement.groups)}.`);
  }
  return { allowed: true, code: 'allowed', isOwn, because: null };
}

/** Two accounts of one mailbox are one person: `Ana+2@x` is `ana@x`. */
const isSameMailbox = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && mailbox(one) === mailbox(other);
const mailbox = (email: string): string => email.toLowerCase().replace(/\+[^@]*(?=@)/, '');

const ownerAllowed = (rule: Requirement['ownerMayReview'], reviewers: number): boolean =>
  rule === 'yes' || (rule === 'single' && reviewers <= 1);

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
