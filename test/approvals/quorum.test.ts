// What the server holds against one of several reviewers, against haste, and against a policy that changes while a request waits.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tally } from '../../src/control-plane/rules/quorum.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { codeByForm, openWorld, type Person, signIn, type TestAgent, type World } from '../control-plane/support/world.ts';

let world: World;
let agent: TestAgent;
let first: Person;
let second: Person;
let clock = Date.now();
const DAY = 24 * 3600;
const RULES = [
  { name: 'long', capability: 'long:*', waitSeconds: 3 * DAY },
  { name: 'two', capability: 'two:*', approvalsNeeded: 2, denialsNeeded: 2, ownerMayReview: 'yes' },
  { name: 'security', capability: 'sec:*', groups: ['security', 'on-call'] },
  { name: 'pay', capability: 'pay:send', approvalsNeeded: 2 },
  { name: 'code', capability: 'code:*', steps: ['matching-code'] },
  { name: 'typed', capability: 'typed:*', steps: ['type-resource'] },
  { name: 'fresh', capability: 'fresh:*', steps: ['fresh-sign-in'], freshSignInSeconds: 60 },
  { name: 'person', capability: 'person:*', steps: ['interactive', 'reason'] },
];
const rules = (list: object[]) => world.admin.call('PUT', '/api/v1/admin/approval-settings', { rules: list });

beforeAll(async () => {
  world = await openWorld({ clock: () => clock });
  agent = await world.agent([], { by: await world.person('member') });
  first = await world.person('admin');
  second = await world.person('admin');
  await rules(RULES);
});
afterAll(() => world.stop());

async function waiting(capability: string, context: object = {}, by = agent, resource: string | null = '/srv/*') {
  const { body } = await by.ask(capability, {
    resource,
    context: { requires_approval: true, nonce: randomUUID(), ...context },
    timestamp: new Date(clock).toISOString(),
  });
  expect(body.status).toBe('pending');
  return body as { id: string; matchingCode?: string };
}
const decide = (verb: string, id: string, body?: object, by: Person = first) =>
  by.call('POST', `/api/v1/admin/verifications/${id}/${verb}`, body);
const approve = (id: string, body?: object, by?: Person) => decide('approve', id, body, by);
const show = async (id: string, by: Person = first) => (await by.call('GET', `/api/v1/admin/verifications/${id}`)).body;
const poll = (id: string) => world.call('GET', `/api/v1/sdk-api/verifications/${id}`);

describe('a rule with a member that nobody knows is refused, not kept without it', () => {
  test.each<[title: string, settings: object, member: string]>([
    ['how many approvals, misspelled', { rules: [{ name: 'two', capability: 'x:*', approvals: 2 }] }, 'approvals'],
    ['what it is about, misspelled, which would be about everything', { rules: [{ name: 'x', match: 'x:*' }] }, 'match'],
    ['what holds for all requests, misspelled', { approvalNeeded: 2 }, 'approvalNeeded'],
  ])('%s', async (_, settings, member) => {
    const { status, body } = await world.admin.call('PUT', '/api/v1/admin/approval-settings', settings);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(member);
    expect((await world.admin.call('GET', '/api/v1/admin/approval-settings')).body.rules).toHaveLength(RULES.length);
  });
});

describe('of two reviewers, the one who gave less', () => {
  test('the second one would have given 8 hours where the first gave one minute', async () => {
    const { id } = await waiting('two:long', { duration_seconds: 7200, uses: 50 });
    await approve(id, { narrow: { durationSeconds: 60, uses: 3 } });
    const { body } = await approve(id, { narrow: { durationSeconds: 7200, uses: 50 } }, second);
    expect(body.grant).toMatchObject({ usesAllowed: 3 });
    expect(Date.parse(body.grant.expiresAt) - clock).toBe(60_000);
  });

  test('the second one would have given the whole of /srv where the first gave /srv/a', async () => {
    const { id } = await waiting('two:wide', { duration_seconds: 600 });
    await approve(id, { narrow: { resource: '/srv/a/*' } });
    expect((await approve(id, {}, second)).body.grant.resource).toBe('/srv/a/*');
  });

  test('the second one would have begun at once what the first let begin tomorrow', async () => {
    const startsAt = new Date(clock + 3_600_000).toISOString();
    const { id } = await waiting('two:later', { duration_seconds: 600 });
    await approve(id, { narrow: { startsAt } });
    expect((await approve(id, {}, second)).body.grant.startsAt).toBe(startsAt);
  });

  test('the second one would have made a permission of what the first approved once', async () => {
    const { id } = await waiting('two:once');
    await approve(id);
    const { body } = await approve(id, { narrow: { durationSeconds: 3600 } }, second);
    expect(body.grant.usesLeft).toBe(0);
  });

  test('two parts that have nothing in common would have been given as both', async () => {
    const { id } = await waiting('two:parts', { duration_seconds: 600 });
    await approve(id, { narrow: { resource: '/srv/a/*' } });
    expect((await approve(id, { narrow: { resource: '/srv/b/*' } }, second)).status).toBe(400);
    expect((await show(id)).status).toBe('pending');
  });
});

describe('whose approval counts when it is complete', () => {
  test.each<[title: string, change: (person: Person) => Promise<unknown>]>([
    [
      'somebody who was deactivated would have been one of two',
      (person) => world.admin.call('POST', `/api/v1/admin/users/${person.id}/deactivate`),
    ],
    [
      'somebody who is no administrator any more would have been one of two',
      (person) => world.admin.call('PUT', `/api/v1/admin/users/${person.id}/role`, { role: 'member' }),
    ],
  ])('%s', async (_, change) => {
    const leaving = await world.person('admin');
    const { id } = await waiting('two:leaving');
    expect((await approve(id, {}, leaving)).body.status).toBe('pending');
    expect((await change(leaving)) as { status: number }).toMatchObject({ status: 200 });
    clock += 1;
    const { body } = await approve(id);
    expect(body.status).toBe('pending');
    expect(body.quorum.reviews.map((review: { counts: boolean }) => review.counts)).toEqual([false, true]);
    expect((await approve(id, {}, second)).body.status).toBe('approved');
  });

  test('one person with two accounts of one mailbox would have been two reviewers', async () => {
    const email = `ana-${randomUUID().slice(0, 8)}@example.test`;
    const account = async (address: string) => {
      const password = 'correct horse battery staple';
      await world.admin.call('POST', '/api/v1/admin/users', { email: address, password, role: 'admin' });
      return world.signIn(address, password);
    };
    const [ana, again] = [await account(email), await account(email.replace('@', '+2@').replace('ana', 'Ana'))];
    const { id } = await waiting('two:accounts');
    expect((await approve(id, {}, ana)).body.status).toBe('pending');
    expect((await show(id, again)).mayNotReviewBecause).toContain('one person counts once');
    expect(await approve(id, {}, again)).toMatchObject({ status: 409, body: { reasonCode: 'notReviewable' } });
    expect((await approve(id, {}, second)).body.status).toBe('approved');
  });

  test('one person in two groups would have been the security and the on-call reviewer at once', () => {
    const requirement = { approvalsNeeded: 3, denialsNeeded: 1, groups: ['a', 'b', 'c'] };
    const by = (...groups: string[]) => ({ decision: 'approve', groups });
    expect(tally(requirement, [by('a', 'b', 'c'), by('a'), by('a')]).status).toBe('pending');
    expect(tally(requirement, [by('a', 'b'), by('a'), by('a', 'c')]).status).toBe('approved');
  });

  test('a permission beyond what the agent asked for would have been given', async () => {
    const { id } = await waiting('two:more', { uses: 2, duration_seconds: 60 });
    expect((await approve(id, { narrow: { uses: 100 } })).status).toBe(400);
    expect((await approve(id, { narrow: { durationSeconds: 61 } })).status).toBe(400);
  });

  test('a resource would have been given where the agent named none', async () => {
    const { id } = await waiting('two:unnamed', {}, agent, null);
    expect((await approve(id, { narrow: { resource: '/etc/passwd' } })).status).toBe(400);
  });

  test('an action named by a pattern would have been run whole although a part of it was given', async () => {
    const { id } = await waiting('pattern:*');
    expect((await approve(id, { narrow: { resource: '/srv/a' } })).status).toBe(400);
    expect((await show(id)).status).toBe('pending');
  });
});

describe('who reviews by group', () => {
  test('somebody whose group the policy names could not have seen what waits for them, and would have seen the rest', async () => {
    const member = await world.person('member', ['security']);
    const outsider = await world.person('member', ['sec_rity', '%']);
    const { id } = await waiting('sec:scan');
    const other = await waiting('mail:other');
    const ids = async (by: Person): Promise<string[]> => {
      const { body } = await by.call('GET', '/api/v1/admin/verifications/pending?page_size=100');
      return body.verifications.map((each: { id: string }) => each.id);
    };
    expect(await ids(member)).toContain(id);
    expect(await ids(member)).not.toContain(other.id);
    expect(await ids(outsider)).toEqual([]);
    expect((await show(id, member)).mayReview).toBe(true);
    expect((await approve(id, {}, member)).body.status).toBe('pending');
    expect((await approve(other.id, {}, member)).status).toBe(404);
    expect((await member.call('GET', `/api/v1/admin/verifications/${other.id}`)).status).toBe(404);
    const viewer = await world.person('viewer', ['security']);
    expect((await viewer.call('GET', '/api/v1/admin/verifications/pending')).status).toBe(403);
    expect((await (await world.person('member')).call('GET', '/api/v1/admin/verifications/pending')).status).toBe(403);
  });

  test('a request for a pattern would have escaped the rule for one of its actions', async () => {
    const { id } = await waiting('pay:*');
    expect((await show(id)).quorum.approvalsNeeded).toBe(2);
  });
});

describe('matching codes', () => {
  const wrong = (code: string | undefined): string => (code === '11' ? '12' : '11');

  test('a code could have been guessed: three wrong ones make it worthless, six end the request', async () => {
    const { id, matchingCode = '' } = await waiting('code:guess');
    for (let tries = 0; tries < 3; tries += 1)
      expect((await approve(id, { matchingCode: wrong(matchingCode) })).status).toBe(400);
    expect((await approve(id, { matchingCode })).body.reasonCode).toBe('wrongCode');
    await approve(id, { matchingCode: 'x' });
    const last = await approve(id, { matchingCode: 'y' });
    expect([last.status, last.body.reasonCode]).toEqual([409, 'tooManyWrongCodes']);
    expect((await poll(id)).body).toMatchObject({ status: 'denied', denialReason: expect.stringContaining('ask again') });
  });

  test('a reviewer could have read the code instead of asking for it: it is told to the agent alone', async () => {
    const { id, matchingCode } = await waiting('code:read');
    expect(matchingCode).toMatch(/^\d\d$/);
    expect((await poll(id)).body.matchingCode).toBeUndefined();
    expect(JSON.stringify(await show(id))).not.toContain('matchingCode');
  });

  test('a try without a code is none: nothing is used up', async () => {
    const { id, matchingCode } = await waiting('code:none');
    for (let tries = 0; tries < 7; tries += 1) expect((await approve(id)).status).toBe(400);
    expect((await approve(id, { matchingCode })).status).toBe(200);
  });
});

describe('steps of policy, whatever client is used', () => {
  test('the resource would not have been typed', async () => {
    const { id } = await waiting('typed:it');
    expect((await approve(id)).status).toBe(400);
    expect((await approve(id, { confirmResource: '/srv' })).status).toBe(400);
    expect((await approve(id, { confirmResource: '/srv/*' })).status).toBe(200);
  });

  test('a script would have approved what needs a person at the panel, or one who gave no reason', async () => {
    const { id } = await waiting('person:only');
    expect((await approve(id, { reason: 'x' })).body.reasonCode).toBe('notInteractive');
    expect((await approve(id, { interactive: true })).status).toBe(400);
    expect((await approve(id, { interactive: true, reason: 'x' })).status).toBe(200);
  });

  test('a session of this morning would have approved what needs a fresh sign-in', async () => {
    const { id } = await waiting('fresh:it');
    clock += 61_000;
    const old = await approve(id);
    expect([old.status, old.body.reasonCode, old.body.maxAgeSeconds]).toEqual([403, 'freshSignInRequired', 60]);
    expect((await decide('deny', (await waiting('fresh:deny')).id, { reason: 'no' })).status).toBe(200);
    const again = await signIn(world.url, first.email, first.password);
    expect((await approve(id, {}, again)).status).toBe(200);
  });

  test('a sign-in in the browser would have been as young as the moment in which its code was taken up', async () => {
    const { id } = await waiting('fresh:code');
    const verifier = randomBytes(32).toString('base64url');
    const asked = {
      redirectUri: 'http://localhost:49152/callback',
      state: randomBytes(32).toString('base64url'),
      challenge: createHash('sha256').update(verifier).digest('base64url'),
    };
    const signedIn = async (later: number) => {
      const { location } = await codeByForm(world.url, first, asked);
      clock += later;
      const { body } = await world.call('POST', '/api/v1/auth/token', {
        grant_type: 'authorization_code',
        code: new URL(location ?? '').searchParams.get('code'),
        code_verifier: verifier,
        redirect_uri: asked.redirectUri,
      });
      return world.call(
        'POST',
        `/api/v1/admin/verifications/${id}/approve`,
        {},
        { authorization: `Bearer ${body.access_token}` },
      );
    };
    expect((await signedIn(61_000)).body).toMatchObject({ reasonCode: 'freshSignInRequired', maxAgeSeconds: 60 });
    expect((await signedIn(30_000)).body.status).toBe('approved');
  });
});

describe('a policy that changes while a request waits', () => {
  test('one approver would have been enough although two are asked for by now', async () => {
    const { id } = await waiting('mail:send');
    await rules([...RULES, { name: 'now two', capability: 'mail:*', approvalsNeeded: 2 }]);
    const { status, body } = await approve(id);
    expect([status, body.reasonCode, body.current.quorum.approvalsNeeded]).toEqual([409, 'policyChanged', 2]);
    expect((await approve(id)).body.status).toBe('pending');
    await rules(RULES);
  });

  test('a looser policy would have made easier what was asked under a strict one', async () => {
    const { id } = await waiting('two:loose');
    await rules([{ ...RULES[1], approvalsNeeded: 1 }]);
    expect((await approve(id)).body.status).toBe('pending');
    expect((await approve(id, {}, second)).body.status).toBe('approved');
    await rules(RULES);
  });
});

describe('undo', () => {
  test('an approval that nobody has heard of yet is taken back, and the agent is not told', async () => {
    const { id } = await waiting('undo:it', { duration_seconds: 60, uses: 5 });
    const { body } = await approve(id);
    const undone = await decide('undo', id);
    expect([undone.status, undone.body.status, undone.body.grant]).toEqual([200, 'pending', null]);
    expect((await poll(id)).body.status).toBe('pending');
    const { body: listed } = await world.admin.call('GET', '/api/v1/admin/grants?active=true');
    expect(listed.grants.map((grant: { id: string }) => grant.id)).not.toContain(body.grant.id);
    expect((await approve(id)).body.status).toBe('approved');
    expect((await poll(id)).body.status).toBe('approved');
  });

  test('an approval would have been taken back that the agent acts on already', async () => {
    const { id } = await waiting('undo:told');
    await approve(id);
    await poll(id);
    const { status, body } = await decide('undo', id);
    expect([status, body.reasonCode, body.error]).toEqual([
      409,
      'tooLateToUndo',
      'The agent has been told already, and may have acted.',
    ]);
    expect((await show(id)).status).toBe('approved');
  });

  test('a permission would have been taken back as unused that was used by another request', async () => {
    const { id } = await waiting('undo:used', { duration_seconds: 60, uses: 5 });
    await approve(id);
    const used = await agent.ask('undo:used', { resource: '/srv/x', timestamp: new Date(clock).toISOString() });
    expect(used.body.status).toBe('approved');
    expect((await decide('undo', id)).body.error).toContain('can be revoked');
  });

  test('a decision of eleven seconds ago would have been taken back', async () => {
    const { id } = await waiting('undo:late');
    await approve(id);
    clock += 10_001;
    expect((await decide('undo', id)).body.error).toContain('ten seconds');
  });

  test('one of two approvals is taken back; it would have counted', async () => {
    const { id } = await waiting('two:undo');
    await approve(id);
    expect((await decide('undo', id)).body.quorum.reviews).toEqual([]);
    expect((await approve(id, {}, second)).body.status).toBe('pending');
    expect((await decide('undo', id)).body.reasonCode).toBe('nothingToUndo');
  });

  test('the first of two would have taken back what the second completed', async () => {
    const { id } = await waiting('two:first');
    await approve(id);
    await approve(id, {}, second);
    expect((await decide('undo', id)).body.error).toContain(second.email);
  });

  test('a denial is taken back, and waits as long as it would have', async () => {
    const { id } = await waiting('undo:denial');
    const { expiresAt } = await show(id);
    await decide('deny', id, { reason: 'slip' });
    expect(await decide('undo', id)).toMatchObject({ status: 200, body: { status: 'pending', expiresAt } });
  });
});

test('a request signed with a key that was replaced since would have been approved', async () => {
  const rekeyed = await world.agent();
  const { id } = await waiting('long:wait', {}, rekeyed);
  const { publicKey } = generateSigningKey();
  expect((await world.admin.call('PUT', `/api/v1/agents/${rekeyed.id}/keys`, { publicKey })).status).toBe(200);
  clock += 2 * DAY * 1000;
  const later = await signIn(world.url, first.email, first.password);
  const { status, body } = await approve(id, {}, later);
  expect([status, body.reasonCode]).toEqual([409, 'agentKey']);
});
