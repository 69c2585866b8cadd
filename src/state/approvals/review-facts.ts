// Who has reviewed, who still must, and whether I may: told as people, not as numbers alone.

import type { Printable } from '../../text/brand.ts';
import { counted, say } from '../../text/say.ts';
import { localTime } from '../../text/time.ts';
import { visible } from '../../text/visible.ts';
import type { ApprovalRequest, Quorum, Review } from '../../wire/verification.ts';
import type { Fact } from './fact.ts';
import { blockedWords } from './why-not.ts';

export function reviewFacts(request: ApprovalRequest): Fact[] {
  const facts: Fact[] = [];
  const put = (id: string, label: string, value: Printable, tone: Fact['tone']) =>
    facts.push({ id, label: label as Printable, value, tone, origin: 'server' });
  const { quorum } = request;
  if (quorum !== null) {
    put('quorum', 'reviewers', progressOf(quorum), 'normal');
    for (const review of quorum.reviews)
      put(`review:${review.by}`, 'reviews', reviewWords(review), review.decision === 'deny' ? 'warning' : 'normal');
  }
  if (request.assignedTo !== null && request.status === 'pending')
    put('assigned', 'assigned', say`to ${request.assignedTo}; whoever may review it still may`, 'normal');
  if (request.blockedBecause !== null && request.status === 'pending')
    put('blocked', 'note', blockedWords(request.blockedBecause), 'bad');
  if (request.mayReview === false && request.status === 'pending')
    put(
      'may-review',
      'note',
      say`You may not review this: ${request.mayNotReviewBecause ?? 'the server does not say why'}`,
      'warning',
    );
  return facts;
}

/** `1 of 2 approvals (security, on-call); 1 denial ends it`. */
export function progressOf(quorum: Quorum): Printable {
  const approvals = quorum.reviews.filter((review) => review.decision === 'approve' && review.counts).length;
  const groups =
    quorum.groups.length === 0 ? '' : `, from each of ${quorum.groups.map((group) => visible(group)).join(' and ')}`;
  const policy = quorum.policy === null ? '' : ` (policy ${visible(quorum.policy)})`;
  return `${approvals} of ${counted(quorum.approvalsNeeded, 'approval')}${groups}; ${counted(quorum.denialsNeeded, 'denial')} ends it${policy}` as Printable;
}

export function reviewWords(review: Review): Printable {
  const who = visible(review.byEmail ?? review.by);
  const word = review.decision === 'approve' ? 'approved' : review.decision === 'deny' ? 'denied' : 'reviewed';
  const when = review.at === null ? '' : ` at ${localTime(review.at)}`;
  const own = review.own ? ', for an agent of their own' : '';
  const how = review.interactive ? '' : ', not interactively';
  const counts = review.counts ? '' : ', who may not review it any more: it does not count';
  const reason = review.reason === null ? '' : `: ${visible(review.reason)}`;
  return `${who} ${word}${when}${own}${how}${counts}${reason}` as Printable;
}
