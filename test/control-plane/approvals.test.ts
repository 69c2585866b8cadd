// People decide: bound to what was signed, counted, narrowed, recorded once.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSigningKey, verifySignature } from '../../src/crypto/ed25519.ts';
import { signReceipt } from '../../src/crypto/receipt.ts';
import { openWorld, type Person, type TestAgent, type World } from './support/world.ts';

let world: World;
let agent: TestAgent;
beforeAll(async () => {
  world = await openWorld();
  agent = await world.agent(['db:read']);
});
afterAll(() => world.stop());

let asked = 0;
async function waiting(by: TestAgent = agent, context: object = {}, capability = 'db:drop') {
  asked += 1;
  const { body } = await by.ask(capability, { resource: 'users', context: { requires_approval: true, n: asked, ...context } });
  expect(body.status).toBe('pending');
  return body as { id: string; actionHash: string };
}
const show = async (id: string, by: Person = world.admin) => (await by.call('GET', `/api/v1/admin/verifications/${id}`)).body;
const approve = (id: string, body?: object, by: Person = world.admin, headers = {}) =>
  by.call('POST', `/api/v1/admin/verifications/${id}/approve`, body, headers);
const deny = (id: string, body?: object, by: Person = world.admin) =>
  by.call('POST', `/api/v1/admin/verifications/${id}/deny`, body);

describe('binding', () => {
  test('the item carries what the agent signed, and the signature fits it', async () => {
    const { id } = await waiting();
    const { binding } = await show(id);
    const bytes = Buffer.from(binding.signedBytes, 'base64');
    expect(verifySignature(bytes, binding.signature, agent.key.publicKey)).toBe(true);
    expect(binding.actionHash).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(bytes.toString()).toContain('"action_type": "db:drop"');
  });

  test('a decision over another hash is refused with what now holds', async () => {
    const { id } = await waiting();
    const { status, body } = await approve(id, { actionHash: '0'.repeat(64) });
    expect([status, body.reasonCode, body.current.id, body.current.status]).toEqual([409, 'actionChanged', id, 'pending']);
  });

  test('approving tells the agent who approved', async () => {
    const { id, actionHash } = await waiting();
    const { status, body } = await approve(id, { actionHash, reason: 'seen' });
    expect([status, body.status, body.approvedBy]).toEqual([200, 'approved', world.admin.email]);
    const poll = await world.call('GET', `/api/v1/sdk-api/verifications/${id}`);
    expect(poll.body).toMatchObject({ status: 'approved', approvedBy: world.admin.email, approved_by: world.admin.email });
  });

  test('denying needs a reason, which the agent is told', async () => {
    const { id } = await waiting();
    expect((await deny(id, {})).status).toBe(400);
    expect((await deny(id, { reason: 'not now' })).body).toMatchObject({
      status: 'denied',
      denialReason: 'not now',
      deniedBy: world.admin.email,
    });
    expect((await world.call('GET', `/api/v1/sdk-api/verifications/${id}`)).body).toMatchObject({
      status: 'denied',
      denial_reason: 'not now',
    });
  });

  test('a second decision is refused, and says who was first', async () => {
    const { id } = await waiting();
    await approve(id);
    const { status, body } = await deny(id, { reason: 'late' });
    expect([status, body.reasonCode, body.current.status]).toEqual([409, 'alreadyDecided', 'approved']);
    expect(body.error).toContain(world.admin.email);
  });

  test('the same Idempotency-Key is answered as the first time; with another body it is refused', async () => {
    const { id } = await waiting();
    const headers = { 'Idempotency-Key': `key-${id}` };
    const first = await approve(id, { reason: 'yes' }, world.admin, headers);
    const again = await approve(id, { reason: 'yes' }, world.admin, headers);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await approve(id, { reason: 'no' }, world.admin, headers)).status).toBe(422);
  });

  test('two people at once: one decides, the other is told', async () => {
    const second = await world.person('admin');
    const other = await world.agent([], { by: await world.person('member') });
    const { id } = await waiting(other);
    const statuses = (await Promise.all([approve(id, {}, world.admin), deny(id, { reason: 'no' }, second)])).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted()).toEqual([200, 409]);
    await world.admin.call('POST', `/api/v1/admin/users/${second.id}/deactivate`);
  });

  test('nobody approves for a suspended agent', async () => {
    const odd = await world.agent();
    const { id } = await waiting(odd);
    await world.admin.call('POST', `/api/v1/agents/${odd.id}/suspend`);
    const { status, body } = await approve(id);
    expect([status, body.reasonCode]).toEqual([409, 'agentStatus']);
    expect((await deny(id, { reason: 'suspended' })).status).toBe(200);
  });
});

describe('grants', () => {
  test('uses and duration run from the approval, and are counted', async () => {
    const { id } = await waiting(agent, {}, 'mail:send');
    const { body } = await approve(id, { narrow: { durationSeconds: 60, uses: 2 } });
    expect(body.grant).toMatchObject({ capability: 'mail:send', resource: 'users', usesAllowed: 2, usesLeft: 1 });
    const ask = async () => (await agent.ask('mail:send', { resource: 'users', context: { requires_approval: true } })).body;
    expect(await ask()).toMatchObject({ status: 'approved', approvedBy: world.admin.email, grant: { usesLeft: 0 } });
    expect((await ask()).status).toBe('pending');
  });

  test('two requests at once cannot share the last use', async () => {
    const { id } = await waiting(agent, {}, 'mail:queue');
    await approve(id, { narrow: { durationSeconds: 60, uses: 2 } });
    const asks = await Promise.all(
      Array.from({ length: 6 }, (_, n) => agent.ask('mail:queue', { resource: 'users', context: { n } })),
    );
    expect(asks.filter(({ body }) => body.status === 'approved')).toHaveLength(1);
  });

  test('another resource is not covered', async () => {
    const { id } = await waiting(agent, {}, 'mail:list');
    await approve(id, { narrow: { durationSeconds: 60 } });
    expect((await agent.ask('mail:list', { resource: 'users' })).body.status).toBe('approved');
    expect((await agent.ask('mail:list', { resource: 'other' })).body.status).toBe('denied');
  });

  test('revoking ends it at once', async () => {
    const { id } = await waiting(agent, {}, 'mail:read');
    const { body } = await approve(id, { narrow: { durationSeconds: 600 } });
    expect((await agent.ask('mail:read', { resource: 'users' })).body.status).toBe('approved');
    expect(
      (await world.admin.call('POST', `/api/v1/admin/grants/${body.grant.id}/revoke`, { reason: 'done' })).body.revokedBy,
    ).toBe(world.admin.email);
    expect((await agent.ask('mail:read', { resource: 'users' })).body.status).toBe('denied');
    const listed = await world.admin.call('GET', '/api/v1/admin/grants?active=true');
    expect(listed.body.grants.map((grant: { id: string }) => grant.id)).not.toContain(body.grant.id);
  });

  test('a reviewer cannot give more than policy allows, or another resource', async () => {
    const { id } = await waiting();
    expect((await approve(id, { narrow: { durationSeconds: 365 * 24 * 3600 } })).status).toBe(400);
    expect((await approve(id, { narrow: { resource: 'everything' } })).status).toBe(400);
    expect((await show(id)).status).toBe('pending');
  });
});

describe('quorum', () => {
  let second: Person;
  let third: Person;
  let owner: Person;
  let asking: TestAgent;
  beforeAll(async () => {
    second = await world.person('admin', ['security']);
    third = await world.person('admin', ['on-call']);
    owner = await world.person('admin', ['security', 'on-call']);
    asking = await world.agent([], { by: owner });
    await world.admin.call('PUT', '/api/v1/admin/approval-settings', {
      rules: [
        { name: 'two of us', capability: 'pay:*', approvalsNeeded: 2 },
        { name: 'both groups', capability: 'deploy:*', groups: ['security', 'on-call'] },
        { name: 'two to deny', capability: 'purge:*', denialsNeeded: 2 },
        { name: 'code', capability: 'vault:*', steps: ['matching-code'] },
      ],
    });
  });

  test('two approvals of two people', async () => {
    const { id } = await waiting(asking, {}, 'pay:send');
    const first = await approve(id, {}, second);
    expect(first.body).toMatchObject({
      status: 'pending',
      quorum: { approvalsNeeded: 2, policy: 'two of us', reviews: [{ byEmail: second.email, decision: 'approve' }] },
    });
    const again = await approve(id, {}, second);
    expect([again.status, again.body.reasonCode]).toEqual([409, 'notReviewable']);
    expect((await approve(id, {}, third)).body.status).toBe('approved');
  });

  test('one of each group', async () => {
    const { id } = await waiting(asking, {}, 'deploy:prod');
    const outsider = await approve(id, {}, world.admin);
    expect([outsider.status, outsider.body.error]).toEqual([409, 'Needs a reviewer of security or on-call.']);
    expect((await approve(id, {}, second)).body.status).toBe('pending');
    expect((await approve(id, {}, third)).body.status).toBe('approved');
  });

  test('one denial is not enough where two are needed', async () => {
    const { id } = await waiting(asking, {}, 'purge:all');
    expect((await deny(id, { reason: 'no' }, second)).body.status).toBe('pending');
    expect((await deny(id, { reason: 'no' }, third)).body.status).toBe('denied');
  });

  test('the owner of the asking agent may not review once there are others', async () => {
    const { id } = await waiting(asking);
    expect(await show(id, owner)).toMatchObject({
      mayReview: false,
      mayNotReviewBecause: expect.stringContaining('somebody else'),
    });
    expect((await approve(id, {}, owner)).body.reasonCode).toBe('notReviewable');
    expect((await show(id, second)).mayReview).toBe(true);
    expect((await approve(id, {}, second)).status).toBe(200);
  });

  test('the matching code that the agent shows must be typed', async () => {
    const { body } = await asking.ask('vault:open', { context: { requires_approval: true } });
    expect(body.matchingCode).toMatch(/^\d\d$/);
    expect((await approve(body.id, { matchingCode: 'xx' }, second)).status).toBe(400);
    expect((await approve(body.id, { matchingCode: body.matchingCode }, second)).status).toBe(200);
    expect(await show(body.id, second)).not.toHaveProperty('matchingCode');
  });
});

describe('an only reviewer', () => {
  test('may decide about the own agent, and it is marked', async () => {
    const alone = await openWorld();
    try {
      const own = await alone.agent();
      const { body } = await own.ask('db:drop', { context: { jit_access: true } });
      const { body: decided } = await alone.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`);
      expect(decided.quorum.reviews[0]).toMatchObject({ own: true });
    } finally {
      await alone.stop();
    }
  });
});

describe('around a decision', () => {
  test('comments are seen by the others', async () => {
    const { id } = await waiting();
    await world.admin.call('POST', `/api/v1/admin/verifications/${id}/comments`, { text: 'asked the team' });
    expect((await show(id)).comments).toMatchObject([{ text: 'asked the team', byEmail: world.admin.email }]);
  });

  test('what is escalated goes to the head of the queue', async () => {
    await waiting();
    const { id } = await waiting();
    await world.admin.call('POST', `/api/v1/admin/verifications/${id}/escalate`, { reason: 'urgent' });
    const { body } = await world.admin.call('GET', '/api/v1/admin/verifications/pending?page_size=1');
    expect(body.verifications[0].id).toBe(id);
    expect(body.pagination).toMatchObject({ page: 1, pageSize: 1, total: expect.any(Number) });
  });

  test('the same asked twice is counted as alike', async () => {
    const context = { requires_approval: true, same: true };
    const first = (await agent.ask('db:truncate', { context })).body.id;
    await agent.ask('db:truncate', { context });
    expect((await show(first)).alike).toBe(1);
  });

  test('a receipt is checked, kept, ties the key to the reviewer, and agents can pin it', async () => {
    const person = await world.person('admin');
    const key = generateSigningKey();
    const receiptOver = (item: { id: string; actionHash: string }, change: object = {}, by = key) =>
      signReceipt(
        {
          type: 'aim.receipt/1',
          verificationId: item.id,
          actionHash: item.actionHash,
          decision: 'approve',
          agentId: agent.id,
          reason: null,
          narrow: null,
          policy: null,
          displayed: '0'.repeat(64),
          openedAt: '2026-01-02T03:04:05Z',
          decidedAt: '2026-01-02T03:04:06Z',
          reviewer: { id: person.id, email: person.email },
          server: world.url,
          client: 'test',
          interactive: true,
          ...change,
        },
        by,
      );
    const item = await waiting();
    expect((await approve(item.id, { receipt: receiptOver(item, { decision: 'deny' }) }, person)).status).toBe(400);
    expect(
      (await approve(item.id, { receipt: receiptOver(item, { reviewer: { id: world.admin.id, email: null } }) }, person))
        .status,
    ).toBe(400);
    const receipt = receiptOver(item);
    expect((await approve(item.id, { actionHash: item.actionHash, receipt }, person)).body.receipt).toEqual(receipt);
    const { body } = await world.admin.call('GET', `/api/v1/admin/audit-logs?entity_id=${item.id}&action=approve`);
    expect(body.logs[0].metadata.receipt).toEqual(receipt);
    const keys = await agent.call('GET', '/api/v1/reviewers/keys');
    expect(keys.body.reviewers).toMatchObject([
      { userId: person.id, publicKey: key.publicKey, registeredAt: expect.any(String) },
    ]);
  });

  test('a reviewer may narrow a pattern to what lies within it', async () => {
    const ask = (resource: string) => agent.ask('disk:clean', { resource, context: { requires_approval: true, resource } });
    const person = await world.person('admin');
    const { body } = await ask('/srv/*');
    expect((await approve(body.id, { narrow: { resource: '/srv/../etc', uses: 5 } }, person)).status).toBe(400);
    expect(
      (await approve(body.id, { narrow: { resource: '/srv/a/*', uses: 5, durationSeconds: 60 } }, person)).body.grant.resource,
    ).toBe('/srv/a/*');
    expect((await ask('/srv/a/b')).body.status).toBe('approved');
    expect((await ask('/srv/a/../b')).body.status).toBe('pending');
    expect((await ask('/srv/b')).body.status).toBe('pending');
  });

  test('an agent that asks without end is denied, not refused', async () => {
    const noisy = await world.agent();
    for (let index = 0; index < 50; index += 1) await noisy.ask('db:drop', { context: { jit_access: true, index } });
    const { status, body } = await noisy.ask('db:drop', { context: { jit_access: true, index: 50 } });
    expect([status, body.status, body.rule]).toEqual([201, 'denied', 'too-many-waiting']);
  });
});
