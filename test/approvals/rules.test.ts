// The rules of approval by themselves, one by one: who may review, what decides, what policy asks for, what may be given, what a rule stands in for.

import { describe, expect, test } from 'vitest';
import {
  type ApprovalSettings,
  requesterRuleFor,
  requirementFor,
  type Waiting,
  waitingLimitFor,
} from '../../src/control-plane/rules/approval-policy.ts';
import { covers, type Granted, grantFor } from '../../src/control-plane/rules/capability-match.ts';
import { checkNarrow, type Narrow, smallest, type Wanted } from '../../src/control-plane/rules/given.ts';
import { mayReview } from '../../src/control-plane/rules/may-review.ts';
import { type Requirement, tally } from '../../src/control-plane/rules/quorum.ts';
import { saidIn, whyNotAsked } from '../../src/control-plane/rules/requester.ts';
import { couldReview } from '../../src/control-plane/rules/reviewers.ts';
import { fits, whyNotStanding } from '../../src/control-plane/rules/standing.ts';
import { stricterOf } from '../../src/control-plane/rules/stricter.ts';
import { liesWithin } from '../../src/wire/lies-within.ts';
import { NOW } from './signed-request.ts';

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

describe('what policy asks for', () => {
  const waiting: Waiting = { capability: 'pay:send', riskLevel: 'high', agentId: 'a-1', agentName: 'billing-bot' };
  const plain = {
    approvalsNeeded: 1,
    denialsNeeded: 1,
    groups: [],
    policy: null,
    ownerMayReview: 'single',
    steps: [],
    waitSeconds: 3600,
    allowed: { durationSeconds: 28_800, uses: null, suggestedDurationSeconds: 900, suggestedUses: 1 },
  };
  test('of whom nobody has said anything is one plain approval within an hour', () => {
    expect(requirementFor({}, waiting)).toEqual(plain);
    expect(waitingLimitFor({}, waiting)).toBe(50);
    expect(requesterRuleFor({}, waiting)).toEqual({ gives: [], prompt: null });
  });

  test.each<[title: string, settings: ApprovalSettings, expected: object]>([
    [
      'holds for all where no rule fits',
      { approvalsNeeded: 2, rules: [{ name: 'x', capability: 'file:*', approvalsNeeded: 3 }] },
      { approvalsNeeded: 2, policy: null },
    ],
    [
      'is the first rule that fits',
      {
        rules: [
          { name: 'one', approvalsNeeded: 2 },
          { name: 'two', approvalsNeeded: 3 },
        ],
      },
      { approvalsNeeded: 2, policy: 'one' },
    ],
    [
      'takes what a rule leaves out from all',
      { waitSeconds: 60, rules: [{ name: 'one', approvalsNeeded: 2 }] },
      { waitSeconds: 60, approvalsNeeded: 2 },
    ],
    ['fits by a kind of action', { rules: [{ name: 'pay', capability: 'pay:*' }] }, { policy: 'pay' }],
    ['fits not another action', { rules: [{ name: 'pay', capability: 'pay:refund' }] }, { policy: null }],
    [
      'fits by risk',
      {
        rules: [
          { name: 'low', risk: ['low'] },
          { name: 'high', risk: ['medium', 'high'] },
        ],
      },
      { policy: 'high' },
    ],
    [
      'fits by the id of an agent',
      {
        rules: [
          { name: 'other', agent: 'a-2' },
          { name: 'own', agent: 'a-1' },
        ],
      },
      { policy: 'own' },
    ],
    ['fits by the name of an agent', { rules: [{ name: 'own', agent: 'billing-bot' }] }, { policy: 'own' }],
    [
      'needs as many as there are groups',
      { groups: ['a', 'b', 'c'], approvalsNeeded: 2 },
      { approvalsNeeded: 3, groups: ['a', 'b', 'c'] },
    ],
    ['needs two where a second approver is a step', { steps: ['second-approver'] }, { approvalsNeeded: 2 }],
    [
      'needs not less than said with a second approver',
      { steps: ['second-approver'], approvalsNeeded: 4 },
      { approvalsNeeded: 4 },
    ],
    ['needs never less than one', { approvalsNeeded: 0, denialsNeeded: 0 }, { approvalsNeeded: 1, denialsNeeded: 1 }],
    [
      'says how fresh a sign-in must be where one is asked for',
      { steps: ['fresh-sign-in'], freshSignInSeconds: 60 },
      { freshSignInSeconds: 60 },
    ],
    ['a quarter of an hour unless said', { steps: ['fresh-sign-in'] }, { freshSignInSeconds: 900 }],
    [
      'suggests no more than is allowed',
      { maxDurationSeconds: 60, maxUses: 5 },
      { allowed: { durationSeconds: 60, uses: 5, suggestedDurationSeconds: 60, suggestedUses: 1 } },
    ],
  ])('%s', (_, settings, expected) => {
    expect(requirementFor(settings, waiting)).toMatchObject(expected);
  });

  test('says nothing of fresh sign-ins where none is asked for', () => {
    expect(requirementFor({ freshSignInSeconds: 60 }, waiting)).not.toHaveProperty('freshSignInSeconds');
  });

  test('a pattern that is asked for meets the rule for one of its actions', () => {
    const settings = {
      rules: [
        {
          name: 'pay',
          capability: 'pay:send',
          approvalsNeeded: 2,
          waitingPerAgent: 3,
          requesterGives: ['ticket' as const],
          requesterPrompt: 'which',
        },
      ],
    };
    expect(requirementFor(settings, { ...waiting, capability: 'pay:*' }).policy).toBe('pay');
    expect(waitingLimitFor(settings, waiting)).toBe(3);
    expect(requesterRuleFor(settings, waiting)).toEqual({ gives: ['ticket'], prompt: 'which' });
  });
});

describe('what whoever asks must say', () => {
  test.each<[title: string, context: object, word: 'reason' | 'ticket', said: string | null]>([
    ['a reason', { reason: ' because ' }, 'reason', 'because'],
    ['its other names', { justification: 'x1' }, 'reason', 'x1'],
    ['a purpose', { purpose: 'x' }, 'reason', 'x'],
    ['an explanation', { explanation: 'x' }, 'reason', 'x'],
    ['a number of a ticket', { ticketId: 7 }, 'ticket', '7'],
    ['an address of a ticket', { ticket_url: 'https://x/1' }, 'ticket', 'https://x/1'],
    ['not blanks and dots', { reason: ' \u200b . ' }, 'reason', null],
    ['not a list', { reason: ['x'] }, 'reason', null],
    ['not a ticket for a reason', { ticket: 'OPS-1' }, 'reason', null],
    ['the next name where the first is empty', { ticket: '', ticket_id: 'OPS-1' }, 'ticket', 'OPS-1'],
  ])('%s', (_, context, word, said) => {
    expect(saidIn(context as never, word)).toBe(said);
  });

  test('is told in words of policy', () => {
    expect(whyNotAsked({ gives: [], prompt: null }, {})).toBeNull();
    expect(whyNotAsked({ gives: ['reason'], prompt: null }, { reason: 'x' })).toBeNull();
    expect(whyNotAsked({ gives: ['reason', 'ticket'], prompt: 'please' }, { reason: 'x' })).toBe(
      'A ticket (context.ticket) must come with this request, or nobody is asked: please',
    );
    expect(whyNotAsked({ gives: ['reason'], prompt: null }, {})).toBe(
      'A reason (context.reason) must come with this request, or nobody is asked',
    );
  });
});

const allowed = { durationSeconds: 3600, uses: 10 as number | null, suggestedDurationSeconds: 900, suggestedUses: 1 };
const iso = (at: number) => new Date(at).toISOString();

describe('what a reviewer may give', () => {
  const check = (
    narrow: Narrow,
    wanted: Partial<Wanted> = {},
    more: { capability?: string; allowed?: Requirement['allowed'] } = {},
  ) =>
    checkNarrow(
      narrow,
      { resource: '/srv/*', durationSeconds: null, uses: null, ...wanted },
      { allowed: more.allowed ?? allowed, capability: more.capability ?? 'file:read', now: NOW },
    );

  test.each<[title: string, narrow: Narrow, wanted: Partial<Wanted>]>([
    ['nothing less', {}, {}],
    ['nulls', { resource: null, durationSeconds: null, uses: null, startsAt: null }, {}],
    ['as long as policy allows', { durationSeconds: 3600 }, {}],
    ['as long as was asked', { durationSeconds: 60 }, { durationSeconds: 60 }],
    ['as often as policy allows', { uses: 10 }, {}],
    ['as often as was asked', { uses: 2 }, { uses: 2 }],
    ['the same resource', { resource: '/srv/*' }, {}],
    ['a part of it', { resource: '/srv/a' }, {}],
    ['a start within a month', { startsAt: iso(NOW + 29 * 86_400_000) }, {}],
    ['a start in just a month', { startsAt: iso(NOW + 30 * 86_400_000) }, {}],
  ])('%s', (_, narrow, wanted) => {
    expect(() => check(narrow, wanted)).not.toThrow();
  });

  test.each<[title: string, narrow: Narrow, wanted: Partial<Wanted>, field: string]>([
    ['more time than policy allows', { durationSeconds: 3601 }, {}, 'narrow.durationSeconds: at most 3600'],
    ['more time than was asked', { durationSeconds: 61 }, { durationSeconds: 60 }, 'narrow.durationSeconds: at most 60'],
    ['more uses than policy allows', { uses: 11 }, {}, 'narrow.uses: at most 10'],
    ['more uses than were asked', { uses: 3 }, { uses: 2 }, 'narrow.uses: at most 2'],
    ['another resource', { resource: '/etc' }, {}, 'narrow.resource'],
    ['what climbs out of it', { resource: '/srv/../etc' }, {}, 'narrow.resource'],
    ['a resource where none was asked', { resource: '/srv/a' }, { resource: null }, 'narrow.resource'],
    ['a start beyond a month', { startsAt: iso(NOW + 30 * 86_400_000 + 1) }, {}, 'narrow.startsAt: is too far away'],
  ])('not %s', (_, narrow, wanted, words) => {
    expect(() => check(narrow, wanted)).toThrow(words);
  });

  test('without a limit of uses any number of them', () => {
    expect(() => check({ uses: 1_000_000 }, {}, { allowed: { ...allowed, uses: null } })).not.toThrow();
  });

  test('a pattern as it is, or not', () => {
    const pattern = { capability: 'file:*' };
    expect(() => check({ durationSeconds: 60 }, {}, pattern)).not.toThrow();
    expect(() => check({ startsAt: iso(NOW) }, {}, pattern)).not.toThrow();
    expect(() => check({ resource: '/srv/a' }, {}, pattern)).toThrow('as it is, or not');
    expect(() => check({ startsAt: iso(NOW + 1) }, {}, pattern)).toThrow('as it is, or not');
  });

  test.each<[title: string, narrows: (Narrow | null)[], wanted: Partial<Wanted>, expected: object]>([
    [
      'this one action where nothing was asked',
      [null],
      {},
      { uses: 1, durationSeconds: null, startsAt: NOW, resource: '/srv/*' },
    ],
    ['any number within a time that was asked', [null], { durationSeconds: 60 }, { uses: null, durationSeconds: 60 }],
    ['what was asked', [null], { durationSeconds: 60, uses: 3 }, { uses: 3, durationSeconds: 60 }],
    [
      'what a reviewer left',
      [{ uses: 2, durationSeconds: 30, resource: '/srv/a' }],
      { uses: 3, durationSeconds: 60 },
      { uses: 2, durationSeconds: 30, resource: '/srv/a' },
    ],
    [
      'the least of several',
      [{ uses: 2 }, { uses: 5, durationSeconds: 10 }],
      { uses: 9, durationSeconds: 60 },
      { uses: 2, durationSeconds: 10 },
    ],
    ['the latest start', [{ startsAt: iso(NOW + 1000) }, { startsAt: iso(NOW + 5000) }, null], {}, { startsAt: NOW + 5000 }],
    ['no start in the past', [{ startsAt: iso(NOW - 1000) }], {}, { startsAt: NOW }],
    [
      'the smaller of two parts, whoever came first',
      [{ resource: '/srv/a/*' }, { resource: '/srv/a/b' }],
      {},
      { resource: '/srv/a/b' },
    ],
    [
      'the smaller of two parts in the other order',
      [{ resource: '/srv/a/b' }, { resource: '/srv/a/*' }],
      {},
      { resource: '/srv/a/b' },
    ],
    ['what names no resource', [null, null], { resource: null }, { resource: null }],
  ])('together gives %s', (_, narrows, wanted, expected) => {
    expect(smallest(narrows, { resource: '/srv/*', durationSeconds: null, uses: null, ...wanted }, NOW)).toMatchObject(
      expected,
    );
  });

  test('two parts with nothing in common are refused', () => {
    const both = [{ resource: '/srv/a' }, { resource: '/srv/b' }];
    expect(() => smallest(both, { resource: '/srv/*', durationSeconds: null, uses: null }, NOW)).toThrow(
      'nothing lies in both',
    );
    expect(() => smallest([{ resource: '/srv/a' }], { resource: null, durationSeconds: null, uses: null }, NOW)).toThrow(
      'nothing lies in both',
    );
  });
});

describe('a standing rule', () => {
  const rule = { capability: 'file:read', resource: '/srv/*' as string | null, decision: 'approve' as const };
  test.each<[capability: string, resource: string | null, ruled: string | null, is: boolean]>([
    ['file:read', '/srv/a', '/srv/*', true],
    ['file:read', '/srv/a', '/srv/a', true],
    ['file:read', null, null, true],
    ['file:read', '/srv/a', null, false],
    ['file:read', null, '/srv/*', false],
    ['file:read', '/srv/*', '/srv/*', false],
    ['file:read', '/srv/../etc', '/srv/*', false],
    ['file:read', '/etc', '/srv/*', false],
    ['file:write', '/srv/a', '/srv/*', false],
    ['file:*', '/srv/a', '/srv/*', false],
  ])('%s on %s by a rule on %s: %s', (capability, resource, ruled, is) => {
    expect(fits({ ...rule, resource: ruled }, { capability, resource, riskLevel: 'low' })).toBe(is);
  });
  test('for a pattern fits nothing', () => {
    expect(fits({ ...rule, capability: 'file:*' }, { capability: 'file:*', resource: '/srv/a', riskLevel: 'low' })).toBe(false);
  });

  const one = {
    approvalsNeeded: 1,
    denialsNeeded: 1,
    groups: [],
    policy: null,
    ownerMayReview: 'single',
    steps: [],
    allowed,
  } as Requirement;
  test.each<[title: string, riskLevel: 'high' | 'critical', requirement: Partial<Requirement>, words: string | null]>([
    ['stands in for one plain approval', 'high', {}, null],
    ['never for what is critical', 'critical', {}, 'What is critical is decided by a person each time.'],
    ['never for two', 'high', { approvalsNeeded: 2, policy: 'two' }, 'It needs more than one plain approval (policy two).'],
    ['never for a group', 'high', { groups: ['sec'] }, 'It needs more than one plain approval.'],
    ['never for more steps', 'high', { steps: ['reason'] }, 'It needs more steps than an approval.'],
  ])('%s', (_, riskLevel, requirement, words) => {
    expect(whyNotStanding({ riskLevel }, { ...one, ...requirement })).toBe(words);
  });

  test.each<[title: string, now: Partial<Requirement>, expected: Partial<Requirement> | 'the same']>([
    ['the same asks for nothing more', {}, 'the same'],
    ['another name alone is nothing more', { policy: 'renamed' }, 'the same'],
    ['another order alone is nothing more', { steps: [], groups: [] }, 'the same'],
    ['more approvals', { approvalsNeeded: 2, policy: 'two' }, { approvalsNeeded: 2, policy: 'two' }],
    ['fewer denials end it', { denialsNeeded: 1 }, 'the same'],
    ['a group, and one approval for each', { groups: ['a', 'b'] }, { groups: ['a', 'b'], approvalsNeeded: 2 }],
    ['a step', { steps: ['reason'] }, { steps: ['reason'] }],
    ['no owner', { ownerMayReview: 'no' }, { ownerMayReview: 'no' }],
    ['an owner is nothing more', { ownerMayReview: 'yes' }, 'the same'],
    ['a fresher sign-in', { freshSignInSeconds: 60 }, { freshSignInSeconds: 60 }],
    [
      'less time',
      { allowed: { ...allowed, durationSeconds: 60, suggestedDurationSeconds: 60 } },
      { allowed: { ...allowed, durationSeconds: 60, suggestedDurationSeconds: 60 } },
    ],
    ['more time is nothing more', { allowed: { ...allowed, durationSeconds: 7200 } }, 'the same'],
    ['one group and no more approvals', { groups: ['a'] }, { groups: ['a'], approvalsNeeded: 1 }],
    ['fewer uses suggested', { allowed: { ...allowed, suggestedUses: 0 } }, { allowed: { ...allowed, suggestedUses: 0 } }],
    ['fewer uses', { allowed: { ...allowed, uses: 2 } }, { allowed: { ...allowed, uses: 2 } }],
    ['no limit of uses is nothing more', { allowed: { ...allowed, uses: null } }, 'the same'],
  ])('what policy asks by now: %s', (_, now, expected) => {
    const both = stricterOf(one, { ...one, ...now });
    if (expected === 'the same') expect(both).toBe(one);
    else expect(both).toMatchObject(expected);
  });

  test('what was asked first stays where it asked for more', () => {
    const asked = {
      ...one,
      approvalsNeeded: 3,
      denialsNeeded: 2,
      groups: ['a'],
      steps: ['reason'],
      ownerMayReview: 'no' as const,
      freshSignInSeconds: 30,
      policy: 'first',
    };
    expect(stricterOf(asked, { ...one, approvalsNeeded: 1, groups: ['b'], freshSignInSeconds: 900 })).toMatchObject({
      approvalsNeeded: 3,
      denialsNeeded: 1,
      groups: ['a', 'b'],
      steps: ['reason'],
      ownerMayReview: 'no',
      freshSignInSeconds: 30,
      policy: 'first',
    });
    expect(
      stricterOf(
        { ...one, steps: ['a', 'b'], groups: ['x', 'y'], approvalsNeeded: 2 },
        { ...one, steps: ['b', 'a'], groups: ['y', 'x'], approvalsNeeded: 2 },
      ).steps,
    ).toEqual(['a', 'b']);
  });
});

describe('what was granted', () => {
  test.each<[granted: string, asked: string, is: boolean]>([
    ['file:read', 'file:read', true],
    ['*', 'file:read', true],
    ['file:*', 'file:read', true],
    ['file:*', 'filet:read', false],
    ['file*', 'file:read', false],
    ['file:read', 'file:*', false],
    ['file:read', 'file:readx', false],
  ])('%s covers %s: %s', (granted, asked, is) => {
    expect(covers(granted, asked)).toBe(is);
  });

  const grant = (capabilityType: string, scope: Granted['scope'] = null): Granted => ({
    capabilityType,
    scope,
    executionMode: 'auto',
    isHoneytoken: false,
  });
  test.each<[title: string, granted: Granted[], resource: string | null, found: string | null]>([
    ['nothing is nothing', [], '/a', null],
    ['the exact one goes first', [grant('file:*'), grant('file:read')], '/a', 'file:read'],
    ['else the first', [grant('*'), grant('file:*')], '/a', '*'],
    ['a scope narrows it', [grant('file:read', { resources: ['/b', '/a/*'] })], '/a/x', 'file:read'],
    ['and leaves the rest out', [grant('file:read', { resources: ['/b'] })], '/a', null],
    ['and what names no resource', [grant('file:read', { resource: '/a' })], null, null],
    ['a scope of one word', [grant('file:read', { resource: '/a' })], '/a', 'file:read'],
    ['a scope of something else narrows nothing', [grant('file:read', { region: 'eu' })], null, 'file:read'],
    ['a scope of null narrows nothing', [grant('file:read', { resources: null })], null, 'file:read'],
    ['a scope of no words allows nothing', [grant('file:read', { resources: [7] })], '/a', null],
  ])('%s', (_, granted, resource, found) => {
    expect(grantFor(granted, 'file:read', resource)?.capabilityType ?? null).toBe(found);
  });

  test.each<[resource: string, within: string, is: boolean]>([
    ['/a', '/a', true],
    ['/a/b', '/a', false],
    ['/a/b', '/a/*', true],
    ['/ab', '/a*', true],
    ['/a/../b', '/a/*', false],
    ['/a/..', '/a/*', false],
    ['/a/..b', '/a/*', true],
    ['/a/b..', '/a/*', true],
    ['/a\\..\\b', '/a*', false],
    ['../x', '*', false],
    ['/a/%2e%2e/b', '/a/*', false],
    ['/a/%252e%252e/b', '/a/*', false],
    ['/a/%zz', '/a/*', true],
    ['/a/../b', '/a/../b', true],
  ])('%s lies within %s: %s', (resource, within, is) => {
    expect(liesWithin(resource, within)).toBe(is);
  });
});
