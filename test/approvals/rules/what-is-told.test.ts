// The facts of a request as whoever decides it is told them: each datum is said, and nothing else is.

import { describe, expect, test } from 'vitest';
import { toExact } from '../../../src/crypto/exact-json.ts';
import { dossierOf, type Surroundings } from '../../../src/state/approvals/facts.ts';
import { protocolWords } from '../../../src/state/approvals/protocol-words.ts';
import { covers, rightsAdded, rightsToday } from '../../../src/state/approvals/rights.ts';
import { verdictOf } from '../../../src/state/approvals/verdict.ts';
import { localDateTime, localTime } from '../../../src/text/time.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import { aSignedRequest, NOW } from '../signed-request.ts';

const at = (milliseconds: number) => new Date(NOW + milliseconds).toISOString();
const clock = (milliseconds: number) => localTime(NOW + milliseconds);
const MINUTE = 60_000;

const told = (members: Record<string, unknown>, around: Partial<Surroundings> = {}) => {
  const request = aSignedRequest({}, members);
  return dossierOf(request, verdictOf(request, null), { agent: null, otherNames: [], now: NOW, ...around });
};
const agent = (members: Partial<Agent> = {}) => ({ status: 'verified', capabilities: ['db:read'], ...members }) as Agent;

describe('a fact', () => {
  const grant = { id: 'g-1', verificationId: 'v-1', agentId: 'a-1', capability: 'file:write' };

  test.each<[id: string, members: Record<string, unknown>, around: Partial<Surroundings>, value: string, tone: string]>([
    ['risk', { riskLevel: 'low' }, {}, 'low', 'normal'],
    ['risk', { riskLevel: 'medium', riskReason: 'it writes' }, {}, 'medium: it writes', 'normal'],
    ['risk', { riskLevel: 'high' }, {}, 'high', 'warning'],
    ['risk', { riskLevel: 'critical' }, {}, 'critical', 'bad'],
    ['rights', {}, { agent: agent() }, 'db:read', 'normal'],
    ['added', {}, { agent: agent() }, 'file:write, which it may not do today', 'warning'],
    [
      'added',
      {},
      { agent: agent({ capabilities: ['file:*'] as Agent['capabilities'] }) },
      'nothing: file:write is granted already, but waits for a person each time',
      'normal',
    ],
    ['asked', {}, {}, 'this one action', 'normal'],
    ['asked', { asked: { durationSeconds: 90 } }, {}, '1m 30s from the approval', 'normal'],
    ['asked', { asked: { durationSeconds: 900, uses: 1 } }, {}, '15m from the approval, 1 use', 'normal'],
    [
      'asked',
      { asked: { uses: 5 }, allowed: { uses: 2, durationSeconds: 60 } },
      {},
      '5 uses (policy allows at most 1m from the approval, 2 uses)',
      'normal',
    ],
    ['given', { asked: { uses: 5 }, allowed: { uses: 2 } }, {}, '2 uses', 'normal'],
    ['agent', {}, {}, 'billing-bot (a-1)', 'normal'],
    ['agent', { trustScore: 0.634 }, { agent: agent() }, 'billing-bot (a-1), verified, trust 63 %', 'normal'],
    ['agent', { agentName: null }, {}, 'a-1 (a-1)', 'normal'],
    ['same-name', {}, { otherNames: ['billing-bot'] }, 'Another agent has the same name.', 'bad'],
    ['pending', {}, { agent: agent({ status: 'pending' }) }, 'Nobody has let this agent in yet.', 'warning'],
    ['compromised', {}, { agent: agent({ isCompromised: true }) }, 'This agent is marked as compromised.', 'bad'],
    ['owner', { ownerEmail: 'ada@example.com' }, {}, 'ada@example.com', 'normal'],
    [
      'own',
      { ownerId: 'u-1' },
      { me: 'u-1' as NonNullable<Surroundings['me']> },
      'It is your own request: you answer for the agent that asks.',
      'warning',
    ],
    ['ticket', { ticket: { id: 'OPS-1', state: 'Open' } }, {}, 'OPS-1 is Open', 'normal'],
    ['ticket', { ticket: { id: 'OPS-1', state: 'Closed early' } }, {}, 'OPS-1 is Closed early', 'warning'],
    ['ticket', { ticket: { id: 'OPS-1', state: 'cancelled' } }, {}, 'OPS-1 is cancelled', 'warning'],
    ['ticket', { ticket: { id: 'OPS-1', state: 'Not resolved' } }, {}, 'OPS-1 is Not resolved', 'normal'],
    ['ticket', { ticket: { id: 'OPS-1' } }, {}, 'OPS-1: not known (no answer)', 'warning'],
    ['ticket', { ticket: { id: 'OPS-1', problem: 'timed out' } }, {}, 'OPS-1: not known (timed out)', 'warning'],
    ['requested', {}, {}, `${localDateTime(NOW)}, just now`, 'normal'],
    ['requested', {}, { now: NOW + 2 * MINUTE }, `${localDateTime(NOW)}, 2m ago`, 'normal'],
    ['expires', {}, {}, `until ${clock(10 * MINUTE)}, then it is denied: 10m`, 'normal'],
    ['expires', {}, { now: NOW + 9 * MINUTE }, `until ${clock(10 * MINUTE)}, then it is denied: 1m`, 'normal'],
    ['expires', {}, { now: NOW + 9 * MINUTE + 1000 }, `until ${clock(10 * MINUTE)}, then it is denied: 59s`, 'warning'],
    ['state', { status: 'cancelled' }, {}, "cancelled by the agent's side", 'strong'],
    [
      'late',
      { requestedAt: at(5 * MINUTE + 1000) },
      {},
      'It was signed 5m 01s before it was asked: it may be an old request, sent again.',
      'warning',
    ],
    [
      'silent',
      { askerLastSeenAt: at(-MINUTE) },
      {},
      `The agent was not heard of since ${clock(-MINUTE)}: it may not be waiting any more.`,
      'warning',
    ],
    [
      'silent',
      { askerLastSeenAt: at(-5 * MINUTE) },
      {},
      `The agent is no longer waiting: last heard of at ${clock(-5 * MINUTE)}. Approving would run nothing now; should the agent come back and ask the same, it could act on it.`,
      'bad',
    ],
    ...([{ uses: 2 }, { durationSeconds: 60 }] as const).map((asked): [string, object, object, string, string] => [
      'silent',
      { askerLastSeenAt: at(-9 * MINUTE), asked },
      {},
      `The agent is no longer waiting: last heard of at ${clock(-9 * MINUTE)}. Approving would run nothing now, and leave a permission behind that it can use later: ${'uses' in asked ? '2 uses' : '1m from the approval, any number of uses'}.`,
      'bad',
    ]),
    ['grant', { grant }, {}, 'without an end', 'good'],
    [
      'grant',
      { grant: { ...grant, expiresAt: at(MINUTE), usesAllowed: 3, usesLeft: 1 } },
      {},
      `until ${clock(MINUTE)} (1m), 1 of 3 uses left`,
      'good',
    ],
    [
      'grant',
      { grant: { ...grant, usesAllowed: 1, revokedAt: at(0) } },
      {},
      `without an end, 1 of 1 use left; revoked at ${clock(0)}`,
      'good',
    ],
    [
      'history',
      { history: { asked: 1, approved: 0, denied: 1 } },
      {},
      'the same was asked 1 time before: 0 approved, 1 denied',
      'normal',
    ],
  ])('%s of %j is said', (id, members, around, value, tone) => {
    const fact = told(members, around).facts.find((one) => one.id === id);
    expect([fact?.value, fact?.tone]).toEqual([value, tone]);
  });

  test('of what changes by itself is marked as such', () => {
    const all = told({
      grant: { ...grant, expiresAt: at(MINUTE) },
      askerLastSeenAt: at(-9 * MINUTE),
      steps: ['interactive'],
      ownerEmail: 'ada@example.com',
    }).facts;
    expect(all.filter(({ isLive }) => isLive).map(({ id }) => id)).toEqual(['requested', 'silent', 'expires', 'grant']);
    expect(all.map(({ id, label }) => `${id}=${label}`)).toEqual([
      'action=action',
      'resource=on',
      'risk=risk',
      'rights=may today',
      'added=this adds',
      'asked=asks for',
      'given=would give',
      'agent=agent',
      'owner=owner',
      'requested=asked',
      'silent=note',
      'expires=waits',
      'grant=grant',
      'step:interactive=steps',
    ]);
  });

  test.each<[what: string, members: Record<string, unknown>, absent: string[]]>([
    ['what does not hold', {}, ['lookalike', 'same-name', 'renamed', 'compromised', 'own', 'owner', 'ticket', 'late', 'silent', 'state', 'grant', 'history']],
    ['what an approval would do, once it is decided', { status: 'denied', askerLastSeenAt: at(-9 * MINUTE) }, ['added', 'given', 'expires', 'silent']],
    ['an asker who was heard of a moment ago', { askerLastSeenAt: at(1 - MINUTE) }, ['silent']],
    ['a clock that is off by five minutes', { requestedAt: at(5 * MINUTE) }, ['late']],
    ['moments that the server does not name', { requestedAt: null, expiresAt: null }, ['requested', 'expires', 'late']],
    ['a history without anything in it', { history: { asked: 0, approved: 0, denied: 0 } }, ['history']],
    ['another owner', { ownerId: 'u-2' }, ['own']],
  ])('is not made of %s', (_, members, absent) => {
    const found = told(members, { me: 'u-1' as NonNullable<Surroundings['me']> }).facts.map(({ id }) => id);
    expect(absent.filter((id) => found.includes(id))).toEqual([]);
  }); // biome-ignore format: one table

  test('is never what reviewers say to each other', () => {
    const comments = [
      { by: 'u-2', byEmail: 'bob@example.com', text: 'looks fine', at: at(0) },
      { by: 'u-3', text: 'not to me' },
    ];
    expect(told({ comments }).remarks).toEqual([
      { id: 'remark:0', label: `bob@example.com at ${clock(0)}`, text: 'looks fine' },
      { id: 'remark:1', label: 'u-3', text: 'not to me' },
    ]);
  });
});

describe('rights', () => {
  test.each([
    ['db:read', 'db:read', true],
    ['*', 'db:read', true],
    ['db:*', 'db:read', true],
    ['db:*', 'dbx:read', false],
    ['db:', 'db:read', false],
    ['db:read', 'db:read:all', false],
  ])('%s covers %s: %s', (granted, capability, expected) => {
    expect(covers(granted, capability)).toBe(expected);
  });

  test.each([
    ["not known: the agent's record could not be read", null],
    ['nothing without asking', []],
    ['a:b, c:d', ['a:b', 'c:d']],
  ])('are said to be %s', (words, capabilities) => {
    expect(rightsToday(capabilities && agent({ capabilities: capabilities as Agent['capabilities'] }))).toBe(words);
  });

  test('of an agent that nobody knows are new', () => {
    expect(rightsAdded(null, 'a:b')).toEqual({ value: 'a:b, which it may not do today', isNew: true });
  });
});

describe('a member of the protocol', () => {
  test.each<[name: string, value: unknown, words: string | null]>([
    ['requires_approval', true, 'a person decides each time (requires_approval)'],
    ['requires_approval', false, null],
    ['jit_access', true, 'for a right that it has not, just in time (jit_access)'],
    ['jit_access', 'true', null],
    ['risk_level', 'low', 'the agent itself calls the risk low (risk_level)'],
    ['risk_level', 'medium', 'the agent itself calls the risk medium (risk_level)'],
    ['risk_level', 'high', 'the agent itself calls the risk high (risk_level)'],
    ['risk_level', 'critical', 'the agent itself calls the risk critical (risk_level)'],
    ['risk_level', 'none at all', null],
    ['timeout_seconds', 90, 'the agent gives up after 1m 30s (timeout_seconds)'],
    ['timeout_seconds', 0, null],
    ['timeout_seconds', -1, null],
    ['timeout_seconds', '90', null],
    ['table', true, null],
  ])('%s: %j means %s', (name, value, words) => {
    expect(protocolWords(name, toExact(value))).toBe(words);
  });
});
