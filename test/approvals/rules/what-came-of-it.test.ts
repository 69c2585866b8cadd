// What is asked of reviewers, who has decided, and what came of it, in the words that are shown.

import { describe, expect, test } from 'vitest';
import { outcomeOf, statusWords } from '../../../src/state/approvals/outcome.ts';
import { progressOf, reviewFacts, reviewWords } from '../../../src/state/approvals/review-facts.ts';
import { stepWords } from '../../../src/state/approvals/steps.ts';
import { whyNotUndo } from '../../../src/state/approvals/undo.ts';
import { localTime } from '../../../src/text/time.ts';
import { type ApprovalRequest, quorum as quorumOf, review as reviewOf } from '../../../src/wire/verification.ts';
import { aSignedRequest, NOW } from '../signed-request.ts';

const at = (milliseconds: number) => new Date(NOW + milliseconds).toISOString();
const clock = (milliseconds: number) => localTime(NOW + milliseconds);
const MINUTE = 60_000;

describe('a step', () => {
  const asks = { quorum: null, freshSignInSeconds: null } as Pick<ApprovalRequest, 'quorum' | 'freshSignInSeconds'>;
  const four = quorumOf.parse({ approvalsNeeded: 4, denialsNeeded: 1 });

  test.each<[step: Parameters<typeof stepWords>[0], change: Partial<typeof asks>, words: string]>([
    ['matching-code', {}, "to approve, type the code that the agent's side shows"],
    ['type-resource', {}, 'to approve, type the resource'],
    ['fresh-sign-in', {}, 'to approve, sign in anew in the browser: not longer than 15m ago'],
    ['fresh-sign-in', { freshSignInSeconds: 60 }, 'to approve, sign in anew in the browser: not longer than 1m ago'],
    ['second-approver', {}, 'needs 2 reviewers who are not the same person'],
    ['second-approver', { quorum: four }, 'needs 4 reviewers who are not the same person'],
    ['interactive', {}, 'a person approves it in the panel; a script cannot'],
    ['reason', {}, 'to approve, give a reason'],
    ['unknown', {}, 'a step that this version of aim does not know: it cannot be approved here'],
  ])('%s %j is said in words', (step, change, words) => {
    expect(stepWords(step, { ...asks, ...change })).toBe(words);
  });
});

describe('reviews', () => {
  const one = (members: object = {}) =>
    reviewOf.parse({ by: 'u-1', byEmail: 'ada@example.com', decision: 'approve', interactive: true, ...members });

  test.each<[members: object, words: string]>([
    [{}, 'ada@example.com approved'],
    [{ byEmail: null, decision: 'deny' }, 'u-1 denied'],
    [{ decision: 'pondered', at: at(0) }, `ada@example.com reviewed at ${clock(0)}`],
    [{ own: true }, 'ada@example.com approved, for an agent of their own'],
    [{ interactive: false }, 'ada@example.com approved, not interactively'],
    [{ counts: false }, 'ada@example.com approved, who may not review it any more: it does not count'],
    [{ reason: 'planned' }, 'ada@example.com approved: planned'],
  ])('%j: %s', (members, words) => {
    expect(reviewWords(one(members))).toBe(words);
  });

  test.each<[members: object, words: string]>([
    [{}, '1 of 2 approvals; 1 denial ends it'],
    [{ approvalsNeeded: 1, denialsNeeded: 2 }, '1 of 1 approval; 2 denials ends it'],
    [{ groups: ['security', 'on-call'], policy: 'two eyes' }, '1 of 2 approvals, from each of security and on-call; 1 denial ends it (policy two eyes)'],
  ])('make progress: %j', (members, words) => {
    const reviews = [one(), one({ counts: false }), one({ decision: 'deny' })];
    expect(progressOf(quorumOf.parse({ approvalsNeeded: 2, denialsNeeded: 1, reviews, ...members }))).toBe(words);
  }); // biome-ignore format: one table

  test('and what stands in the way are facts while it waits', () => {
    const members = {
      quorum: { approvalsNeeded: 2, denialsNeeded: 1, reviews: [one(), one({ by: 'u-2', byEmail: null, decision: 'deny' })] },
      assignedTo: 'the night shift',
      mayReview: false,
    };
    const facts = reviewFacts(aSignedRequest({}, members));
    expect(facts.map(({ id, label, value, tone, origin }) => [id, label, value, tone, origin])).toEqual([
      ['quorum', 'reviewers', '1 of 2 approvals; 1 denial ends it', 'normal', 'server'],
      ['review:u-1', 'reviews', 'ada@example.com approved', 'normal', 'server'],
      ['review:u-2', 'reviews', 'u-2 denied', 'warning', 'server'],
      ['assigned', 'assigned', 'to the night shift; whoever may review it still may', 'normal', 'server'],
      ['may-review', 'note', 'You may not review this: the server does not say why', 'warning', 'server'],
    ]);
    expect(reviewFacts(aSignedRequest({}, { ...members, status: 'approved' })).map(({ id }) => id)).toEqual([
      'quorum',
      'review:u-1',
      'review:u-2',
    ]);
    const why = { mayReview: false, mayNotReviewBecause: 'you asked' };
    expect(reviewFacts(aSignedRequest({}, why)).map(({ value }) => value)).toEqual(['You may not review this: you asked']);
    expect(reviewFacts(aSignedRequest({}, { mayReview: null }))).toEqual([]);
  });
});

describe('what a decision has done', () => {
  const me = 'u-1' as Parameters<typeof outcomeOf>[3];
  const grant = { id: 'g-1', verificationId: 'v-1', agentId: 'a-1', capability: 'file:write' };
  const atOnce = ' The agent acts on it at once: it cannot be taken back.';
  const takenBack = ' It can be taken back for ten seconds, unless the agent hears of it first.';
  const quorum = { approvalsNeeded: 2, denialsNeeded: 1, reviews: [{ by: 'u-1', decision: 'approve' }] };

  test.each<[verb: 'approve' | 'deny', answered: ApprovalRequest['status'] | null, held: object, words: string, tone: string]>([
    ['approve', 'approved', { status: 'approved' }, `Approved.${atOnce}`, 'good'],
    ['approve', 'approved', { status: 'approved', approvedBy: 'ada' }, `Approved. The record names ada.${atOnce}`, 'good'],
    ['approve', 'approved', { status: 'approved', undoUntil: at(0) }, `Approved.${takenBack}`, 'good'],
    [
      'approve',
      'approved',
      { status: 'approved', grant: { ...grant, startsAt: at(0), expiresAt: at(MINUTE), usesAllowed: 3, usesLeft: 2 } },
      `Approved. It ends at ${clock(MINUTE)} (1m from the approval), 2 of 3 uses left.`,
      'good',
    ],
    [
      'approve',
      'approved',
      { status: 'approved', grant: { ...grant, expiresAt: at(MINUTE), usesAllowed: 3 }, undoUntil: at(0) },
      `Approved. It ends at ${clock(MINUTE)}, 3 of 3 uses left.${takenBack}`,
      'good',
    ],
    ['approve', null, { status: 'denied', deniedBy: 'bob', decidedAt: at(0), denialReason: 'no' }, `Your approval has no effect: it is denied by bob at ${clock(0)}: no.`, 'warning'],
    ['deny', 'denied', { status: 'denied' }, 'Denied. The agent is told: no reason', 'good'],
    ['deny', 'denied', { status: 'denied', denialReason: 'never', undoUntil: at(0) }, `Denied.${takenBack} The agent is told: never`, 'good'],
    ['deny', null, { status: 'approved', approvedBy: 'bob', decidedAt: at(0) }, `Your denial has no effect: it is approved by bob at ${clock(0)}.`, 'warning'],
    ['deny', 'denied', { status: 'expired' }, 'Your denial has no effect: it is expired undecided, which denies it.', 'warning'],
    ['approve', 'pending', { quorum }, 'Your approval is recorded, and it still waits: 1 of 2 approvals; 1 denial ends it.', 'warning'],
    ['deny', null, { quorum }, 'Nothing was decided: it still waits.', 'warning'],
    ['approve', null, { quorum: { ...quorum, reviews: [{ by: 'u-2', decision: 'approve' }] } }, 'Nothing was decided: it still waits.', 'warning'],
    ['approve', null, {}, 'Nothing was decided: it still waits.', 'warning'],
    ['approve', 'approved', {}, 'The server answered "approved", but its record still says pending. Treat it as NOT approved.', 'bad'],
    ['deny', 'denied', {}, 'The server answered "denied", but its record still says pending. Treat it as NOT denied.', 'bad'],
  ])('%s, answered %s, of %j', (verb, answered, held, words, tone) => {
    expect(outcomeOf(verb, answered, aSignedRequest({}, held as Record<string, unknown>), me)).toEqual({ words, tone });
  }); // biome-ignore format: one table

  test.each<[held: Record<string, unknown>, words: string]>([
    [{ status: 'approved' }, 'approved'],
    [{ status: 'denied' }, 'denied'],
    [{ status: 'cancelled' }, "cancelled by the agent's side"],
    [{ status: 'burnt' }, 'unknown'],
  ])('%j elsewhere is said as %s', (held, words) => {
    expect(statusWords(aSignedRequest({}, held))).toBe(words);
  });

  test.each<[title: string, members: Record<string, unknown>, inFlight: boolean, words: string | null]>([
    ['is in flight', { undoUntil: at(MINUTE) }, true, 'Your decision was sent; its effect is not known yet.'],
    ['is seconds old', { undoUntil: at(1) }, false, null],
    ['has had its time', { undoUntil: at(0) }, false, 'A decision can be taken back for ten seconds; they are over.'],
    ['is on a server that has no such thing', {}, false, 'This server takes no decision back.'],
    [
      'was told',
      { quorum, status: 'approved', toldAt: at(0) },
      false,
      `It cannot be taken back: the agent was told at ${clock(0)} and may have acted.`,
    ],
    ['is another’s', { quorum, status: 'approved' }, false, 'There is nothing of yours to take back.'],
    ['is none', { quorum, toldAt: at(0) }, false, 'There is nothing of yours to take back.'],
  ])('can be taken back, or not, where it %s', (_, members, inFlight, words) => {
    expect(whyNotUndo(aSignedRequest({}, members), inFlight, NOW)).toBe(words);
  });
});
