// What was taken back does not come back: old keys, revoked and suspended approvals, permissions wider than anybody read.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { asAgent, openWorld, type TestAgent, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const poll = async (id: string) => (await world.call('GET', `/api/v1/sdk-api/verifications/${id}`)).body;

async function approved(agent: TestAgent, capability: string, resource: string | null, context: object = {}): Promise<string> {
  const { body } = await agent.ask(capability, { resource, context: { requires_approval: true, ...context } });
  const { status } = await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, {
    actionHash: body.actionHash,
  });
  expect(status).toBe(200);
  return body.id;
}

test('a key that was replaced chooses no new one, though it still signs for its grace period', async () => {
  const agent = await world.agent([]);
  const [second, third] = [generateSigningKey(), generateSigningKey()];
  expect((await agent.call('PUT', `/api/v1/agents/${agent.id}/keys`, { publicKey: second.publicKey })).status).toBe(200);
  const thief = await agent.call('PUT', `/api/v1/agents/${agent.id}/keys`, { publicKey: third.publicKey });
  expect([thief.status, thief.body.reasonCode]).toEqual([403, 'currentKeyNeeded']);
  expect((await agent.call('POST', `/api/v1/agents/${agent.id}/rotate-credentials`)).status).toBe(403);
  const renewed = asAgent(world.url, agent.id, 'renewed', second);
  expect((await renewed.call('PUT', `/api/v1/agents/${agent.id}/keys`, { publicKey: third.publicKey })).status).toBe(200);
});

test('an approval ends with the suspension of its agent', async () => {
  const agent = await world.agent([]);
  const id = await approved(agent, 'db:drop', 'users');
  expect((await poll(id)).status).toBe('approved');
  await world.admin.call('POST', `/api/v1/agents/${agent.id}/suspend`);
  expect(await poll(id)).toMatchObject({ status: 'denied', denialReason: expect.stringContaining('suspended') });
});

test('an approval ends with the permission that it made', async () => {
  const agent = await world.agent([]);
  const id = await approved(agent, 'db:drop', 'users', { duration_seconds: 600 });
  const { grant } = await poll(id);
  await world.admin.call('POST', `/api/v1/admin/grants/${grant.id}/revoke`);
  expect(await poll(id)).toMatchObject({ status: 'denied', denialReason: 'The permission was revoked' });
});

test('what was approved for less than was asked runs only as that, asked again', async () => {
  const agent = await world.agent([]);
  const { body } = await agent.ask('file:delete', { resource: '/srv/a/*', context: { requires_approval: true } });
  await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, {
    actionHash: body.actionHash,
    narrow: { resource: '/srv/a/one' },
  });
  expect(await poll(body.id)).toMatchObject({ status: 'denied', denialReason: expect.stringContaining('/srv/a/one only') });
  expect((await agent.ask('file:delete', { resource: '/srv/a/two' })).body.status).toBe('denied');
  expect((await agent.ask('file:delete', { resource: '/srv/a/one' })).body.status).toBe('approved');
  expect((await agent.ask('file:delete', { resource: '/srv/a/one' })).body.status).toBe('denied');
});

test('an agent does not drop the review that a manager put before its capability', async () => {
  const agent = await world.agent([]);
  await world.admin.call('POST', `/api/v1/agents/${agent.id}/capabilities`, {
    capabilityType: 'pay:send',
    executionMode: 'review',
  });
  expect((await agent.call('PUT', `/api/v1/agents/${agent.id}`, { capabilities: [] })).status).toBe(200);
  expect((await agent.ask('pay:send', { resource: 'invoice' })).body.status).toBe('pending');
});

test('a permission for an action that named no resource covers no named one', async () => {
  const agent = await world.agent([]);
  await approved(agent, 'db:drop', null, { duration_seconds: 600 });
  expect((await agent.ask('db:drop', { resource: null })).body.status).toBe('approved');
  expect((await agent.ask('db:drop', { resource: 'prod/customers' })).body.status).toBe('denied');
});

test('a pattern asked for as an action leaves no permission behind', async () => {
  const agent = await world.agent([]);
  const id = await approved(agent, 'db:*', 'users', { duration_seconds: 600 });
  expect((await poll(id)).grant).toBeUndefined();
  expect((await agent.ask('db:drop', { resource: 'users' })).body.status).toBe('denied');
});

test('a step upwards leaves the scope of a capability', async () => {
  const agent = await world.agent([]);
  const scope = { resources: ['/srv/reports/*'] };
  await world.admin.call('POST', `/api/v1/agents/${agent.id}/capabilities`, { capabilityType: 'file:read', scope });
  expect((await agent.ask('file:read', { resource: '/srv/reports/today' })).body.status).toBe('approved');
  expect((await agent.ask('file:read', { resource: '/srv/reports/../keys' })).body.status).toBe('denied');
});

test('a report of another organisation, or with a signature that does not fit, changes nothing', async () => {
  const agent = await world.agent([]);
  const id = await approved(agent, 'db:drop', 'users');
  const path = `/api/v1/sdk-api/verifications/${id}/execution-status`;
  const stranger = await world.stranger();
  expect((await stranger.call('POST', path, { executed: false })).status).toBe(404);
  const forged = {
    'X-AIM-Agent-ID': agent.id,
    'X-AIM-Timestamp': String(Math.floor(Date.now() / 1000)),
    'X-AIM-Signature': 'AAAA',
  };
  expect((await world.call('POST', path, { executed: false }, forged)).status).toBe(401);
});

test('the matching code is for the agent’s side alone', async () => {
  const agent = await world.agent([]);
  const { body } = await agent.ask('db:drop', { resource: 'users', context: { requires_approval: true } });
  const seen = await world.admin.call('GET', `/api/v1/verifications/${body.id}`);
  expect(seen.body).not.toHaveProperty('matchingCode');
});
