// Why a request is where it is, which permissions are left of it, which requests are one, and who has asked too often.

import { describe, expect, test } from 'vitest';
import { toExact } from '../../../src/crypto/exact-json.ts';
import { leavesOf } from '../../../src/state/approvals/flatten.ts';
import { endsWords, isLive, liveGrants, revokedWords, usesWords } from '../../../src/state/approvals/grants.ts';
import { groupKey, groupsOf } from '../../../src/state/approvals/groups.ts';
import type { Shown, Told } from '../../../src/state/approvals/model.ts';
import { deservesMute, isMuted, MUTE_FOR, toggleMute } from '../../../src/state/approvals/mutes.ts';
import { namedIn, problemWith, questionsFor, questionWords } from '../../../src/state/approvals/questions.ts';
import {
  emptyQueue,
  newCount,
  nextWaiting,
  tidied,
  waitingCount,
  withList,
  withRequest,
} from '../../../src/state/approvals/queue.ts';
import { isTakenBack } from '../../../src/state/approvals/take-back.ts';
import { verdictOf } from '../../../src/state/approvals/verdict.ts';
import { whyChain } from '../../../src/state/approvals/why.ts';
import { localDateTime } from '../../../src/text/time.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import type { AgentId } from '../../../src/wire/scalars.ts';
import { type ApprovalRequest, grant as grantOf } from '../../../src/wire/verification.ts';
import { aSignedRequest, NOW, type Wanted } from '../signed-request.ts';

const at = (milliseconds: number) => new Date(NOW + milliseconds).toISOString();
const verdict = (request: ApprovalRequest) => verdictOf(request, null);
const ada = { by: 'u-1', byEmail: 'ada@example.com', decision: 'approve', interactive: true };

describe('the chain of reasons', () => {
  const chain = (wanted: Wanted, members: Record<string, unknown>, agent: Agent | null = null) => {
    const request = aSignedRequest(wanted, members);
    return whyChain(request, verdict(request), agent).map(({ label, value }) => `${label}: ${value}`);
  };
  const knows = (...capabilities: string[]) => ({ status: 'verified', capabilities }) as unknown as Agent;

  test('goes from what was asked to what is missing', () => {
    const quorum = { approvalsNeeded: 3, denialsNeeded: 1, groups: ['security', 'on-call'], policy: 'two eyes', reviews: [ada, { ...ada, by: 'u-2', counts: false }, { ...ada, by: 'u-3', decision: 'deny' }] };
    expect(chain({}, { quorum, riskReason: 'it writes', steps: ['reason'], agentName: null, resource: null })).toEqual([
      `asked: a-1 asked for file:write on /etc/hosts at ${localDateTime(NOW)}`,
      "rights: it may do without asking: not known: the agent's record could not be read",
      'rule: the policy two eyes leaves it to reviewers',
      'risk: high: it writes',
      'needs: 1 of 3 approvals, from each of security and on-call; 1 denial ends it (policy two eyes)',
      'review: ada@example.com approved',
      'review: ada@example.com approved, who may not review it any more: it does not count',
      'review: ada@example.com denied',
      'missing: 2 approvals, among them each of security and on-call',
      'step: to approve, give a reason',
      `state: waits until ${localDateTime(NOW + 600_000)}, then it is denied`,
      expect.stringMatching(/^signature: signed by a-1\. ./),
      'you: may decide it',
    ]);
  }); // biome-ignore format: one chain

  test.each<[title: string, wanted: Wanted, members: Record<string, unknown>, agent: Agent | null, line: string]>([
    ['a policy without a name', {}, { quorum: { approvalsNeeded: 1, denialsNeeded: 1 } }, null, 'rule: it is not granted'],
    ['no policy', {}, {}, null, 'needs: one reviewer: this server has no other rule'],
    ['enough approvals', {}, { quorum: { approvalsNeeded: 1, denialsNeeded: 1, reviews: [ada, ada] } }, null, 'missing: 0 approvals'],
    ['one that is missing', {}, { quorum: { approvalsNeeded: 1, denialsNeeded: 1 } }, null, 'missing: 1 approval'],
    ['a wish of the agent', { context: { requires_approval: true } }, {}, null, 'rule: the agent itself asks for a person each time (requires_approval)'],
    ['a right just in time', { context: { jit_access: true } }, {}, null, 'rule: it is not granted, and the agent asks for it just in time (jit_access)'],
    ['a right that it has', { context: { jit_access: true } }, {}, knows('file:write'), 'rule: it is granted, but a person decides each time'],
    ['a right that it has not', {}, {}, knows('db:read'), 'rule: it is not granted'],
    ['no reason', {}, {}, null, 'risk: high: the server gives no reason'],
    ['nothing to act on', { resource: null }, {}, null, `asked: billing-bot asked for file:write on nothing named at ${localDateTime(NOW)}`],
    ['no moment', {}, { requestedAt: null }, null, 'asked: billing-bot asked for file:write on /etc/hosts'],
    ['no end', {}, { expiresAt: null }, null, 'state: waits'],
    ['its end', {}, { status: 'denied', denialReason: 'no' }, null, 'state: denied: no'],
    ['somebody who has decided', {}, { status: 'denied' }, null, 'you: It no longer waits: it is denied.'],
    ['somebody who may not', {}, { mayReview: false, mayNotReviewBecause: 'you asked' }, null, 'you: You may not review this: you asked'],
    ['what stands against it', {}, { blockedBecause: 'a policy' }, null, 'you: An approval would change nothing by now: a policy'],
  ])('names %s', (_, wanted, members, agent, line) => {
    expect(chain(wanted, members, agent)).toContain(line);
  }); // biome-ignore format: one table

  test.each([
    ['no quorum', {}],
    ['a decision', { status: 'denied', quorum: { approvalsNeeded: 1, denialsNeeded: 1 } }],
  ])('says nothing of what is missing after %s', (_, members) => {
    expect(chain({}, members).filter((line) => line.startsWith('missing'))).toEqual([]);
  });
});

describe('a permission', () => {
  const grant = (members: object = {}) =>
    grantOf.parse({ id: 'g-1', verificationId: 'v-1', agentId: 'a-1', agentName: 'bot', capability: 'db:read', ...members });

  test.each<[members: object, live: boolean, ends: string, uses: string, revoked: string, isDone: boolean]>([
    [{}, true, 'no end', 'any number', 'The server still lists it as live. Treat it as NOT revoked.', false],
    [{ expiresAt: at(1000), usesAllowed: 3, usesLeft: 1 }, true, '1s', '1 of 3', 'The server still lists it as live. Treat it as NOT revoked.', false],
    [{ expiresAt: at(0), usesAllowed: 3, usesLeft: 1 }, false, 'expired', '1 of 3', 'It had ended already. It was used 2 times.', true],
    [{ usesAllowed: 2, usesLeft: 0 }, false, 'no end', '0 of 2', 'It had ended already. It was used 2 times.', true],
    [{ usesAllowed: 2 }, true, 'no end', '2 of 2', 'The server still lists it as live. Treat it as NOT revoked.', false],
    [{ revokedAt: at(0), usesAllowed: 2, usesLeft: 1 }, false, 'no end', '1 of 2', 'Revoked: bot may no longer db:read. It was used 1 time.', true],
    [{ revokedAt: at(0), usesAllowed: 2, usesLeft: 2, agentName: null }, false, 'no end', '2 of 2', 'Revoked: a-1 may no longer db:read.', true],
    [{ revokedAt: at(0), usesLeft: 1 }, false, 'no end', 'any number', 'Revoked: bot may no longer db:read.', true],
    [{ revokedAt: at(0), usesAllowed: 1 }, false, 'no end', '1 of 1', 'Revoked: bot may no longer db:read.', true],
  ])('%j is told as it is', (members, live, ends, uses, words, isDone) => {
    const one = grant(members);
    expect([isLive(one, NOW), endsWords(one, NOW), usesWords(one)]).toEqual([live, ends, uses]);
    expect(revokedWords(one, NOW)).toEqual({ words, isDone });
  }); // biome-ignore format: one table

  test('that ends first stands on top, and one without an end last', () => {
    const grants = [grant({ id: 'none' }), grant({ id: 'late', expiresAt: at(9000) }), grant({ id: 'over', expiresAt: at(0) }), grant({ id: 'soon', expiresAt: at(1000) })];
    expect(liveGrants(grants, NOW).map(({ id }) => id)).toEqual(['soon', 'late', 'none']);
  }); // biome-ignore format: one list
});

describe('requests', () => {
  const key = (wanted: Wanted = {}, members: object = {}) => {
    const request = aSignedRequest(wanted, members as Record<string, unknown>);
    return groupKey(request, verdict(request));
  };

  test.each<[title: string, wanted: Wanted, members: object]>([
    ['of another agent', { agentId: 'a-2' }, { agentId: 'a-2' }],
    ['for another action', { capability: 'db:read' }, {}],
    ['on something else', { resource: '/tmp' }, {}],
    ['with other parameters', { context: { mode: 1 } }, {}],
    ['of another risk', {}, { riskLevel: 'low' }],
    ['that nobody signed', {}, { binding: null }],
  ])('%s are not the same', (_, wanted, members) => {
    expect(key({ id: 'v-2' })).toBe(key());
    expect(key(wanted, members)).not.toBe(key());
  });

  test('that are the same are one group, and what is decided is in none', () => {
    const of = (id: string, status = 'pending', resource = '/a') => {
      const request = aSignedRequest({ id, resource }, { status });
      return { id: request.id, request, isNew: false };
    };
    const groups = groupsOf([of('1'), of('2', 'pending', '/b'), of('3'), of('4', 'denied')], verdict);
    expect(groups.map(({ rows }) => rows.map(({ id }) => id))).toEqual([['1', '3'], ['2']]);
  });

  test('queue up by their age and then by their name; who comes later stands below and counts as new', () => {
    const of = (id: string, milliseconds: number | null, status = 'pending') =>
      aSignedRequest({ id }, { status, requestedAt: milliseconds === null ? null : at(milliseconds) });
    const first = withList(emptyQueue, [of('b', 1), of('a', 1), of('c', 0), of('z', null), of('d', 0, 'denied')]);
    expect(first.queue.rows.map(({ id, isNew }) => [id, isNew])).toEqual([['z', false], ['c', false], ['a', false], ['b', false]]); // biome-ignore format: one row
    const second = withRequest(first.queue, of('0', -9));
    expect([second.rows.at(-1)?.id, newCount(second), waitingCount(second)]).toEqual(['0', 1, 5]);
    expect(withRequest(second, of('e', 0, 'denied'))).toBe(second);
    const decided = withRequest(second, of('c', 0, 'approved'));
    expect([waitingCount(decided), decided.rows.map(({ id }) => id)]).toEqual([4, ['z', 'c', 'a', 'b', '0']]);
    expect([nextWaiting(decided, null), nextWaiting(decided, 'z' as never), nextWaiting(emptyQueue, null)]).toEqual(['z', 'a', null]); // biome-ignore format: one row
    expect(withList(decided, [of('b', 1), of('f', 0)])).toMatchObject({ missing: ['z', 'a', '0'], queue: { isKnown: true } });
    expect(tidied(decided).rows.map(({ id, isNew }) => [id, isNew])).toEqual([['z', false], ['a', false], ['b', false], ['0', false]]); // biome-ignore format: one row
  });
});

describe('an agent that keeps asking', () => {
  const [one, other] = ['a-1', 'a-2'] as AgentId[] as [AgentId, AgentId];
  const denial = (agent: AgentId, ago: number, verb = 'deny') =>
    ({ verb, held: aSignedRequest({}, { agentId: agent }), at: NOW - ago }) as unknown as Told;

  test('is muted for an hour, or until it is heard again', () => {
    const mutes = toggleMute(new Map([[other, NOW]]), one, NOW);
    expect([...mutes]).toEqual([[one, NOW + MUTE_FOR]]);
    expect([isMuted(mutes, one, NOW + MUTE_FOR - 1), isMuted(mutes, one, NOW + MUTE_FOR), isMuted(mutes, other, NOW)]).toEqual([true, false, false]); // biome-ignore format: one row
    expect(toggleMute(mutes, one, NOW).size).toBe(0);
    expect(MUTE_FOR).toBe(3_600_000);
  });

  test.each<[title: string, told: Told[], expected: boolean]>([
    ['three denials', [denial(one, 0), denial(one, 1), denial(one, MUTE_FOR - 1)], true],
    ['two', [denial(one, 0), denial(one, 1)], false],
    ['three, one of an hour ago', [denial(one, 0), denial(one, 1), denial(one, MUTE_FOR)], false],
    ['three, one of another agent', [denial(one, 0), denial(one, 1), denial(other, 0)], false],
    ['three, one of them an approval', [denial(one, 0), denial(one, 1), denial(one, 2, 'approve')], false],
    ['three, one without a record', [denial(one, 0), denial(one, 1), { ...denial(one, 2), held: null }], false],
  ])('deserves it after %s: %s', (_, told, expected) => {
    expect(deservesMute(told, one, NOW)).toBe(expected);
  });
});

describe('what a reviewer types', () => {
  const shown = (wanted: Wanted = {}, members: Record<string, unknown> = {}) => {
    const request = aSignedRequest(wanted, members);
    return { request, verdict: verdict(request) } as Shown;
  };
  const plain = shown();

  test.each<[questions: string[], of: Shown]>([
    [[], plain],
    [['matching-code', 'type-resource', 'reason'], shown({}, { steps: ['reason', 'type-resource', 'matching-code'] })],
    [['type-agent', 'reason'], shown({}, { binding: null })],
  ])('is %j', (questions, of) => {
    expect(questionsFor(of)).toEqual(questions);
  });

  test.each<[question: Parameters<typeof questionWords>[0], of: Shown, words: string]>([
    ['matching-code', plain, "Code that the agent's side shows"],
    ['type-resource', plain, 'Type the resource, to approve it'],
    ['type-resource', shown({ resource: null }), 'Type the action, to approve it'],
    ['type-agent', plain, "Not proven: type the agent's name"],
    ['fingerprint', plain, 'Type the last 8 characters of the new key, as its owner told you'],
    ['reason', plain, 'Reason for approving'],
  ])('for %s is asked in words', (question, of, words) => {
    expect(questionWords(question, of)).toBe(words);
  });

  const print = plain.verdict.fingerprint ?? '';
  test.each<[question: Parameters<typeof problemWith>[0], answer: string, of: Shown, problem: string | null]>([
    ['reason', '  ', plain, 'Nothing was typed.'],
    ['reason', ' because ', plain, null],
    ['matching-code', ' 42 ', plain, null],
    ['matching-code', '421', plain, null],
    ['matching-code', '4', plain, 'It is two or three digits.'],
    ['matching-code', '4211', plain, 'It is two or three digits.'],
    ['type-resource', ' /etc/hosts ', plain, null],
    ['type-resource', '/etc/host', plain, 'That is not what it says above.'],
    ['type-resource', 'file:write', shown({ resource: null }), null],
    ['type-agent', 'billing-bot', plain, null],
    ['type-agent', 'a-1', plain, "That is not the agent's name."],
    ['type-agent', 'a-1', shown({}, { agentName: null }), null],
    ['fingerprint', print.slice(-8), plain, null],
    ['fingerprint', print.slice(-7), plain, 'That is not the end of the key.'],
    ['fingerprint', 'x'.repeat(8), plain, 'That is not the end of the key.'],
    ['fingerprint', 'x'.repeat(8), shown({}, { binding: null }), 'That is not the end of the key.'],
  ])('for %s, %j, is right or not', (question, answer, of, problem) => {
    expect(print.length).toBeGreaterThan(8);
    expect(problemWith(question, answer, of)).toBe(problem);
  });

  test('may be what is shown of a letter that no keyboard has', () => {
    const of = shown({ resource: ' a\u200bb' });
    expect(namedIn(of)).toBe(' a\u200bb');
    expect([problemWith('type-resource', 'a\u200bb', of), problemWith('type-resource', 'ab', of)]).toEqual([null, 'That is not what it says above.']); // biome-ignore format: one row
  });
});

test.each<[value: unknown, leaves: [path: string, text: string, raw: string | null][]]>([
  [{}, [['', '{} (empty)', null]]],
  [[], [['', '[] (empty list)', null]]],
  [{ a: [1, { b: null }], 'c d': true }, [['a[0]', '1', null], ['a[1].b', 'null', null], ['c d', 'true', null]]],
  [{ a: { b: 'x' } }, [['a.b', 'x', 'x']]],
  [['true', '', '-1.5e3', '[x', '{', '"', ' x', 'x ', 'x', '1a'], [['[0]', '"true"', 'true'], ['[1]', '""', ''], ['[2]', '"-1.5e3"', '-1.5e3'], ['[3]', '"[x"', '[x'], ['[4]', '"{"', '{'], ['[5]', '"""', '"'], ['[6]', '" x"', ' x'], ['[7]', '"x "', 'x '], ['[8]', 'x', 'x'], ['[9]', '1a', '1a']]],
])('%j is told leaf by leaf', (value, leaves) => {
  expect(leavesOf(toExact(value)).map(({ path, text, raw }) => [path, text, raw])).toEqual(leaves);
}); // biome-ignore format: one table

test.each<[members: Record<string, unknown>, expected: boolean]>([
  [{ quorum: { approvalsNeeded: 1, denialsNeeded: 1, reviews: [{ ...ada, by: 'u-2' }] } }, true],
  [{ quorum: { approvalsNeeded: 1, denialsNeeded: 1, reviews: [ada] } }, false],
  [{ quorum: { approvalsNeeded: 1, denialsNeeded: 1 }, status: 'approved' }, false],
  [{}, false],
])('of %j, my decision is taken back: %s', (members, expected) => {
  expect(isTakenBack(aSignedRequest({}, members), 'u-1' as Parameters<typeof isTakenBack>[1])).toBe(expected);
});
