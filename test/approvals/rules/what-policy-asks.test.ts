// What policy asks for, of reviewers and of whoever asks; and what a standing rule stands in for.

import { describe, expect, test } from 'vitest';
import {
  type ApprovalSettings,
  requesterRuleFor,
  requirementFor,
  type Waiting,
  waitingLimitFor,
} from '../../../src/control-plane/rules/approval-policy.ts';
import type { Requirement } from '../../../src/control-plane/rules/quorum.ts';
import { saidIn, whyNotAsked } from '../../../src/control-plane/rules/requester.ts';
import { fits, whyNotStanding } from '../../../src/control-plane/rules/standing.ts';
import { stricterOf } from '../../../src/control-plane/rules/stricter.ts';

const allowed = { durationSeconds: 3600, uses: 10 as number | null, suggestedDurationSeconds: 900, suggestedUses: 1 };

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
