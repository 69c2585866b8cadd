// What stands around a decision: limits, several at once, grants, comments, why, mute.

import { afterEach, describe, expect, test } from 'vitest';
import { grant as grantSchema } from '../../src/wire/verification.ts';
import { ESC } from '../components/harness.ts';
import { type OpenPanel, openApprovalsScreen } from './open-panel.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

let open: OpenPanel | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const allowed = { durationSeconds: 3600, uses: 10, suggestedDurationSeconds: 900, suggestedUses: 1 };

describe('limits', () => {
  test('are set in the panel, shown before the confirmation, and sent', async () => {
    open = await openApprovalsScreen([aSignedRequest({}, { allowed, asked: { durationSeconds: 3600, uses: 5 } })], {
      size: [100, 34],
    });
    await open.read();
    await open.press('l');
    await open.shows('Give less.');
    await open.burst('5m');
    await open.press('\t', '\t', '\t', '\r');
    await open.shows('You would give: 5m from the approval, 1 use');
    open.wait(1000);
    await open.press('G', 'a');
    await open.shows(/APPROVES.*, any other key goes back:\s+5m from the approval, 1 use:\s+file:write on \/etc\/hosts/);
    open.wait(1000);
    await open.press('p');
    await open.shows('Approved.');
    expect(open.server.decisions[0]?.decision.narrow).toEqual({ durationSeconds: 300, uses: 1 });
  });
});

describe('several at once', () => {
  test('lists every identical request, also one that the filter hides, and wants their number', async () => {
    const requests = [1, 2, 3].map((number) => aSignedRequest({ id: `same-${number}` }));
    open = await openApprovalsScreen([...requests, aSignedRequest({ id: 'z-other', resource: '/etc/shadow' })], {
      size: [100, 30],
    });
    await open.shows('3x file:write');
    await open.press('B');
    await open.shows('Approve 3 requests, all the same');
    expect(open.text()).toMatch(/same-1[\s\S]*same-2[\s\S]*same-3/);
    expect(open.text()).not.toContain('z-other');
    open.wait(1000);
    await open.press('a');
    await open.shows('How many are they?');
    open.wait(1000);
    await open.press('3', '\r');
    await open.shows('APPROVES 3 requests');
    open.wait(1000);
    await open.press('p');
    await open.shows('3 no longer wait');
    expect(open.server.decisions.map(({ id }) => id)).toEqual(['same-1', 'same-2', 'same-3']);
  });
});

describe('grants', () => {
  const granted = (members: Record<string, unknown> = {}) =>
    grantSchema.parse({
      id: 'g-1',
      verificationId: 'v-1',
      agentId: 'a-1',
      agentName: 'billing-bot',
      capability: 'file:write',
      resource: '/etc/hosts',
      expiresAt: new Date(NOW + 600_000).toISOString(),
      usesAllowed: 3,
      usesLeft: 2,
      grantedBy: 'ana',
      ...members,
    });

  test('count down, and are revoked with one key, told from what the server then holds', async () => {
    let held = granted();
    open = await openApprovalsScreen([]);
    open.server.override['approvals.grants'] = (() => ({ items: [held], nextCursor: null, total: 1 })) as never;
    open.server.override['approvals.revokeGrant'] = (() => {
      held = granted({ revokedAt: new Date(NOW).toISOString() });
      return held;
    }) as never;
    await open.press('v');
    await open.shows('2 of 3');
    await open.shows('10m');
    await open.press('R');
    await open.shows('Revoked: billing-bot may no longer file:write. It was used 1 time.');
    await open.shows('No grant is live.');
    await open.press('v');
  });
});

describe('around a request', () => {
  test('w says by which rule it waits and what is missing', async () => {
    const quorum = { approvalsNeeded: 2, denialsNeeded: 1, groups: ['security'], policy: 'two eyes', reviews: [] };
    open = await openApprovalsScreen([aSignedRequest({}, { quorum })], { size: [100, 30] });
    await open.read();
    await open.press('w');
    await open.shows('the policy two eyes leaves it to reviewers');
    await open.shows('2 approvals, among them each of security');
    await open.press(ESC);
    await open.lacks('the policy two eyes');
  });

  test('coming back from what lay over it, nothing is armed', async () => {
    open = await openApprovalsScreen([aSignedRequest()], { size: [100, 30] });
    await open.read();
    await open.press('w');
    await open.shows('may decide it');
    await open.press(ESC);
    await open.lacks('may decide it');
    await open.press('a');
    await open.shows('It has just changed.');
  });

  test('a comment goes to the other reviewers, and decides nothing', async () => {
    open = await openApprovalsScreen([aSignedRequest()], { size: [100, 30] });
    open.server.override['approvals.comment'] = ((id: string, text: string) => ({
      ...open?.server.find(id),
      comments: [{ by: 'u-1', byEmail: 'operator@localhost', text, at: new Date(NOW).toISOString() }],
    })) as never;
    await open.read();
    await open.press('c');
    await open.shows('To the other reviewers');
    await open.burst('does anybody know this?');
    await open.press('\r');
    await open.shows('What reviewers say to each other');
    await open.shows('does anybody know this?');
    expect(open.server.decisions).toEqual([]);
  });

  test('a muted agent is not counted, for an hour', async () => {
    open = await openApprovalsScreen([aSignedRequest()]);
    await open.shows('[Approvals] (1)');
    await open.press('M');
    await open.shows('muted');
    await open.lacks('(1)');
    open.wait(3_600_001);
    await open.shows('(1)');
  });

  test('extra steps are said before they are asked', async () => {
    open = await openApprovalsScreen([aSignedRequest({}, { steps: ['matching-code'] })], { size: [100, 30] });
    await open.read();
    await open.shows('to approve, type the code that the agent');
    await open.press('a');
    await open.shows("Code that the agent's side shows");
    await open.press('4', '2', '\r');
    await open.shows('APPROVES');
    open.wait(1000);
    await open.press('p');
    await open.shows('Approved.');
    expect(open.server.decisions[0]?.decision.matchingCode).toBe('42');
  });
});

describe('after a decision of my own', () => {
  test('stands what now holds, and nothing of how it was before', async () => {
    open = await openApprovalsScreen([aSignedRequest()], { size: [100, 30] });
    await open.read();
    await open.press('d');
    await open.shows('Reason for denying');
    open.wait(1000);
    await open.burst('no ticket');
    await open.press('\r');
    await open.shows('Denied. The agent is told: no ticket');
    await open.shows('denied by operator@localhost');
    await open.settled();
    expect(open.text()).not.toMatch(/CHANGED|You may not review|kept when you approve|this adds|not read to the end/);
  });
});

test('what the last key lacked is not said any more once it was done', async () => {
  open = await openApprovalsScreen([aSignedRequest({ context: { text: 'x '.repeat(900) } })]);
  await open.press('\r');
  await open.shows('not read to the end yet');
  open.wait(1000);
  await open.press('a');
  await open.shows('Read on first:');
  await open.press(`${ESC}[6~`);
  await open.lacks('Read on first:');
});

test('words of the protocol are said as what they mean, and anything else under their names stays a parameter', async () => {
  const context = { requires_approval: true, jit_access: 'yes', risk_level: 'high', timeout_seconds: 900 };
  open = await openApprovalsScreen([aSignedRequest({ context })], { size: [100, 34] });
  await open.press('\r');
  await open.shows('a person decides each time (requires_approval)');
  await open.shows('the agent gives up after 15m (timeout_seconds)');
  await open.shows('the agent itself calls the risk high (risk_level)');
  await open.shows(/jit_access +yes/);
});

test.each<[title: string, ago: number, words: string[]]>([
  ['an agent that was not heard of for a while is said to be silent', 90_000, ['The agent was not heard of since']],
  [
    'an agent that is gone is said to be gone, and what approving would mean',
    300_000,
    ['The agent is no longer waiting', 'Approving would run'],
  ],
])('%s', async (_, ago, words) => {
  open = await openApprovalsScreen([aSignedRequest({}, { askerLastSeenAt: new Date(NOW - ago).toISOString() })], {
    size: [100, 34],
  });
  await open.press('\r');
  for (const each of words) await open.shows(each);
});

describe('a server without these features', () => {
  test('has its requests shown for what they are, approved only the longer way, and looked at again before', async () => {
    open = await openApprovalsScreen([aSignedRequest({}, { binding: null })]);
    await open.shows('not signed');
    await open.read();
    await open.shows('What the server says, and nobody signed');
    await open.press('U');
    await open.shows("Not proven: type the agent's name");
    await open.burst('billing-bot');
    await open.press('\r');
    await open.shows('Reason for approving');
    await open.burst('seen on the phone');
    await open.press('\r');
    await open.shows('APPROVES');
    open.wait(1000);
    // It is another one by now, and this server would not have noticed.
    open.server.approvals = [aSignedRequest({ resource: '/etc/shadow' }, { binding: null })];
    await open.press('p');
    await open.shows('Nothing was decided: the action changed after you opened it.');
    expect(open.server.decisions).toEqual([]);
  });
});

test('a terminal of ASCII alone gets ASCII alone, also for what others wrote', async () => {
  open = await openApprovalsScreen([aSignedRequest({ context: { path: '/tmp/é\u202e' } })], {
    settings: { ascii: true },
    size: [100, 30],
    mark: '>',
  });
  await open.read();
  await open.shows('/tmp/<U+00E9><U+202E>');
  expect(open.text()).toMatch(/^[\x20-\x7e\n]*$/);
});
