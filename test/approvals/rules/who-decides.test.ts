// Who may review, and whose yes or no decides.

import { describe, expect, test } from 'vitest';
import { mayReview } from '../../../src/control-plane/rules/may-review.ts';
import { type Requirement, tally } from '../../../src/control-plane/rules/quorum.ts';
import { couldReview } from '../../../src/control-plane/rules/reviewers.ts';

const yes = (...groups: string[]) => ({ decision: 'approve', groups });
const no = { decision: 'deny', groups: [] };
const needs = (approvalsNeeded: number, groups: string[] = [], denialsNeeded = 1) => ({
  approvalsNeeded,
  denialsNeeded,
  groups,
});

describe('a tally', () => {
  test.each<
    [title: string, requirement: ReturnType<typeof needs>, reviews: { decision: string; groups: string[] }[], expected: object]
  >([
    ['of nothing waits', needs(1), [], { status: 'pending', approvals: 0, denials: 0, missingGroups: [] }],
    ['of one where one is enough approves', needs(1), [yes()], { status: 'approved', approvals: 1, denials: 0 }],
    ['of one where two are needed waits', needs(2), [yes()], { status: 'pending', approvals: 1 }],
    ['of two where two are needed approves', needs(2), [yes(), yes()], { status: 'approved', approvals: 2 }],
    ['with a denial denies, whatever else was said', needs(1), [yes(), no], { status: 'denied', denials: 1 }],
    ['with one denial where two are needed goes by the approvals', needs(1, [], 2), [no, yes()], { status: 'approved' }],
    ['with two denials where two are needed denies', needs(1, [], 2), [no, no], { status: 'denied', denials: 2 }],
    ['without a named group waits for it', needs(1, ['sec']), [yes('ops')], { status: 'pending', missingGroups: ['sec'] }],
    ['with a member of the group approves', needs(1, ['sec']), [yes('ops', 'sec')], { status: 'approved', missingGroups: [] }],
    [
      'counts a denial of the group for nothing',
      needs(1, ['sec'], 2),
      [{ decision: 'deny', groups: ['sec'] }, yes()],
      { status: 'pending', missingGroups: ['sec'] },
    ],
    [
      'of one person in both groups waits for another',
      needs(2, ['a', 'b']),
      [yes('a', 'b'), yes()],
      { status: 'pending', missingGroups: ['b'] },
    ],
    [
      'finds who speaks for whom, whoever came first',
      needs(2, ['a', 'b']),
      [yes('a', 'b'), yes('a')],
      { status: 'approved', missingGroups: [] },
    ],
    [
      'finds it over three',
      needs(3, ['a', 'b', 'c']),
      [yes('a', 'b'), yes('b', 'c'), yes('a')],
      { status: 'approved', missingGroups: [] },
    ],
    [
      'finds it over three in another order',
      needs(3, ['c', 'b', 'a']),
      [yes('a', 'b', 'c'), yes('a', 'b'), yes('a')],
      { status: 'approved' },
    ],
    [
      'says which is missing where two share one person',
      needs(3, ['a', 'b', 'c']),
      [yes('a'), yes('a'), yes('b')],
      { status: 'pending', missingGroups: ['c'] },
    ],
    ['asks for a group that is named twice once', needs(1, ['a', 'a']), [yes('a')], { status: 'approved', missingGroups: [] }],
  ])('%s', (_, requirement, reviews, expected) => {
    expect(tally(requirement, reviews)).toMatchObject(expected);
  });
});

describe('who may review', () => {
  const open = { groups: [] as string[], ownerMayReview: 'single' as Requirement['ownerMayReview'], approvalsNeeded: 1 };
  const ana = { id: 'ana', role: 'admin' as const, groups: [] as string[], email: 'ana@x.test' };
  const asked = {
    ownerId: 'owner',
    reviews: [] as { userId: string; userEmail?: string; decision: string; groups: string[] }[],
    requirement: open,
    reviewers: 3,
  };
  const by = (userId: string, userEmail: string) => ({ userId, userEmail, decision: 'approve', groups: [] });

  test.each<[title: string, reviewer: object, request: object, code: string, words: RegExp | null]>([
    ['an administrator', {}, {}, 'allowed', null],
    ['no member of nothing', { role: 'member' }, {}, 'role', /^Only administrators review this\.$/],
    [
      'no viewer, whatever the group',
      { role: 'viewer', groups: ['sec'] },
      { requirement: { ...open, groups: ['sec'] } },
      'role',
      /^Only administrators and members of sec review this\.$/,
    ],
    [
      'a member of a named group',
      { role: 'member', groups: ['sec'] },
      { requirement: { ...open, groups: ['sec'] } },
      'allowed',
      null,
    ],
    [
      'no administrator outside of the groups',
      {},
      { requirement: { ...open, groups: ['sec', 'ops', 'law'] } },
      'group',
      /^Needs a reviewer of sec, ops or law\.$/,
    ],
    [
      'not the owner where others could',
      { id: 'owner' },
      {},
      'own-request',
      /You answer for the agent that asks; somebody else must review it/,
    ],
    ['the owner who is the only one', { id: 'owner' }, { reviewers: 1 }, 'allowed', null],
    ['not the owner among two', { id: 'owner' }, { reviewers: 2 }, 'own-request', /somebody else/],
    ['the owner where policy says so', { id: 'owner' }, { requirement: { ...open, ownerMayReview: 'yes' } }, 'allowed', null],
    [
      'not the only owner where policy says no',
      { id: 'owner' },
      { reviewers: 1, requirement: { ...open, ownerMayReview: 'no' } },
      'own-request',
      /You answer/,
    ],
    [
      'nobody twice',
      {},
      { reviews: [by('bob', 'bob@x.test'), by('ana', 'ana@x.test')] },
      'reviewed',
      /^You have already reviewed this\.$/,
    ],
    [
      'nobody from one mailbox under two accounts',
      { id: 'ana2' },
      { reviews: [by('bob', 'bob@x.test'), by('ana', 'ana@x.test')] },
      'same-mailbox',
      /one person counts once/,
    ],
    [
      'nobody from one mailbox in other letters',
      { email: 'Ana+two@X.test' },
      { reviews: [by('other', 'ANA+1@x.test')] },
      'same-mailbox',
      /mailbox/,
    ],
    ['who has another mailbox', { email: 'ana@y.test' }, { reviews: [by('other', 'ana@x.test')] }, 'allowed', null],
    [
      'a member of one of two groups',
      { groups: ['sec'] },
      { requirement: { ...open, groups: ['ops', 'sec'] } },
      'allowed',
      null,
    ],
    [
      'no administrator outside of two groups',
      {},
      { requirement: { ...open, groups: ['ops', 'sec'] } },
      'group',
      /^Needs a reviewer of ops or sec\.$/,
    ],
    [
      'who has a mailbox where a reviewer has none',
      {},
      { reviews: [{ userId: 'other', decision: 'approve', groups: [] }] },
      'allowed',
      null,
    ],
    [
      'who has no mailbox where a reviewer has one',
      { email: undefined },
      { reviews: [by('other', 'bob@x.test')] },
      'allowed',
      null,
    ],
    [
      'who has no mailbox',
      { email: undefined },
      { reviews: [{ userId: 'other', decision: 'approve', groups: [] }] },
      'allowed',
      null,
    ],
  ])('%s', (_, reviewer, request, code, words) => {
    const may = mayReview({ ...ana, ...reviewer } as never, { ...asked, ...request } as never);
    expect([may.code, may.allowed]).toEqual([code, code === 'allowed']);
    if (words === null) expect(may.because).toBeNull();
    else expect(may.because).toMatch(words);
    expect(may.isOwn).toBe('id' in reviewer && reviewer.id === 'owner');
  });

  test.each<[role: string, groups: string[], needed: string[], could: boolean]>([
    ['admin', [], [], true],
    ['admin', [], ['sec'], true],
    ['manager', ['sec'], ['ops', 'sec'], true],
    ['member', ['sec'], ['sec'], true],
    ['member', ['sec'], [], false],
    ['member', ['sec'], ['ops'], false],
    ['viewer', ['sec'], ['sec'], false],
  ])('%s of %j where %j are needed: %s', (role, groups, needed, could) => {
    expect(couldReview({ role: role as never, groups }, needed)).toBe(could);
  });
});
