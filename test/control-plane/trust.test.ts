// Trust is computed from what happened: nine factors, each moved by something that agents and people do, and the history of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type TestAgent, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const breakdown = async (agent: TestAgent) =>
  (await world.admin.call('GET', `/api/v1/trust-score/agents/${agent.id}/breakdown`)).body;
const factor = async (agent: TestAgent, name: string): Promise<number> => (await breakdown(agent)).factors[name];

test('the nine factors have weights that make one, and contributions that make the score', async () => {
  const agent = await world.agent([]);
  const { factors, weights, contributions, overall } = await breakdown(agent);
  const names = Object.keys(weights).sort();
  expect(names).toHaveLength(9);
  expect([Object.keys(factors).sort(), Object.keys(contributions).sort()]).toEqual([names, names]);
  const sum = (all: Record<string, number>) => Object.values(all).reduce((total, each) => total + each, 0);
  expect(sum(weights)).toBeCloseTo(1);
  expect(sum(contributions)).toBeCloseTo(overall, 3);
});

describe('uptime', () => {
  const MINUTE = 60_000;
  let ahead = 0;
  let shifted: World;
  beforeAll(async () => {
    shifted = await openWorld({ clock: () => Date.now() + ahead });
  });
  afterAll(() => shifted.stop());

  const uptime = async (agent: TestAgent): Promise<number> => {
    const admin = await shifted.signIn(shifted.admin.email, shifted.admin.password);
    return (await admin.call('GET', `/api/v1/trust-score/agents/${agent.id}/breakdown`)).body.factors.uptime;
  };
  async function beatAt(agent: TestAgent, minute: number): Promise<void> {
    ahead = minute * MINUTE;
    const admin = await shifted.signIn(shifted.admin.email, shifted.admin.password);
    expect((await admin.call('POST', `/api/v1/sdk-api/agents/${agent.id}/heartbeat`)).status).toBe(200);
  }

  test('is whole while heartbeats come, falls by the time in which none came, and without any falls with silence alone', async () => {
    const [agent, quiet] = [await shifted.agent([]), await shifted.agent([])];
    for (let minute = 0; minute <= 60; minute += 6) await beatAt(agent, minute);
    expect(await uptime(agent)).toBeCloseTo(1, 1);
    await beatAt(agent, 120);
    expect(await uptime(agent)).toBeCloseTo(1 / 2, 1);
    expect(await uptime(quiet)).toBe(1);
    ahead = 16 * 24 * 60 * MINUTE;
    expect(await uptime(quiet)).toBeCloseTo(1 / 2, 1);
  });
});

test('people’s feedback counts once for each of them, their latest word', async () => {
  const agent = await world.agent([]);
  const say = (person: { call: TestAgent['call'] }, rating: unknown) =>
    person.call('POST', `/api/v1/trust-score/agents/${agent.id}/feedback`, { rating, comment: 'it did what it said' });
  const viewer = await world.person('viewer');
  expect((await say(world.admin, 5)).body).toMatchObject({ success: true, rating: 5, userFeedback: 1 });
  await say(viewer, 5);
  await say(viewer, 1);
  expect(await factor(agent, 'userFeedback')).toBeCloseTo(0.6);
  for (const bad of [0, 6, 2.5, '3', null]) expect((await say(viewer, bad)).status).toBe(400);
  const stranger = await world.stranger();
  expect((await say(stranger, 1)).status).toBe(404);
});

test('denials and failures lower the success rate', async () => {
  const agent = await world.agent(['db:read']);
  const { body } = await agent.ask('db:read', { context: { n: 1 } });
  await agent.ask('db:read', { context: { n: 2 } });
  expect(await factor(agent, 'successRate')).toBe(1);
  await world.call('POST', `/api/v1/sdk-api/verifications/${body.id}/result`, { result: 'failure', error_message: 'no disk' });
  expect(await factor(agent, 'successRate')).toBeCloseTo(1 / 2);
  await agent.ask('db:drop');
  expect(await factor(agent, 'successRate')).toBeCloseTo(1 / 3);
});

test('a violation moves the score at once, and the history says why', async () => {
  const agent = await world.agent([]);
  const before = (await breakdown(agent)).overall;
  await agent.ask('db:drop');
  const { overall } = await breakdown(agent);
  expect(overall).toBeLessThan(before);
  const { body } = await world.admin.call('GET', `/api/v1/agents/${agent.id}/trust-score/history`);
  expect(body.history[0]).toMatchObject({ reason: 'violation', previousScore: before, trustScore: overall });
  expect(Object.keys(body.history[0].factors)).toHaveLength(9);
});

test('a policy on trust sees the score as the violation left it', async () => {
  const agent = await world.agent(['db:read']);
  const { body: score } = await world.admin.call('GET', `/api/v1/agents/${agent.id}/trust-score`);
  const policy = { name: 'low', policyType: 'trust_score_low', enforcementAction: 'block_and_alert', severityThreshold: 'low' };
  const rules = { threshold: score.score - 0.001 };
  const made = await world.admin.call('POST', '/api/v1/admin/security-policies', {
    ...policy,
    rules,
    appliesTo: `agent:${agent.id}`,
    priority: 1,
    isEnabled: true,
  });
  expect((await agent.ask('db:read', { context: { n: 1 } })).body.status).toBe('approved');
  await agent.ask('db:drop');
  expect((await agent.ask('db:read', { context: { n: 2 } })).body).toMatchObject({ status: 'denied', rule: 'trust_score_low' });
  await world.admin.call('DELETE', `/api/v1/admin/security-policies/${made.body.id}`);
});

test('a score that a person set stays until it is recalculated', async () => {
  const agent = await world.agent([]);
  await world.admin.call('PUT', `/api/v1/agents/${agent.id}/trust-score`, { score: 90, reason: 'known for years' });
  await agent.ask('db:drop');
  expect((await breakdown(agent)).overall).toBe(0.9);
  await world.admin.call('POST', `/api/v1/agents/${agent.id}/trust-score/recalculate`);
  expect((await breakdown(agent)).overall).toBeLessThan(0.9);
});

describe('isolation', () => {
  const report = (agent: TestAgent, body: object) =>
    agent.call('POST', `/api/v1/sdk-api/agents/${agent.id}/isolation-attestation`, body);
  const docker = { sandbox: 'docker', network: 'none', filesystem: 'readonly', process: 'seccomp' };

  test.each<[title: string, claim: object, expected: number]>([
    ['no walls at all', { sandbox: 'none', network: 'none', filesystem: 'none', process: 'none' }, 0.2],
    ['a container, read-only, with seccomp', docker, 0.5 + 0.5 * (0.2 + 0.2 + 0.1)],
    ['everything', { sandbox: 'firecracker', network: 'airgap', filesystem: 'readonly', process: 'full' }, 1],
    ['the word of an older SDK', { isolation_level: 'Container' }, 0.8],
  ])('%s', async (_, claim, expected) => {
    const agent = await world.agent([]);
    expect(await factor(agent, 'executionIsolation')).toBe(0.5);
    expect((await report(agent, claim)).status).toBe(200);
    expect(await factor(agent, 'executionIsolation')).toBeCloseTo(expected);
  });

  test('is believed as it was signed, and not otherwise', async () => {
    const agent = await world.agent([]);
    const signed = (said: object, by = agent) => {
      const signedMessage = JSON.stringify({ ...docker, ...said, timestamp: '2026-01-02T03:04:05Z' });
      return { signedMessage, signature: by.key.sign(signedMessage) };
    };
    expect((await report(agent, { ...docker, ...signed({ agentId: agent.id }) })).status).toBe(200);
    for (const bad of [
      { ...docker, ...signed({ agentId: agent.id }, await world.agent()) },
      { ...docker, ...signed({ agentId: 'another' }) },
      { ...docker, sandbox: 'vm', ...signed({ agentId: agent.id }) },
      { ...docker, signature: signed({}).signature },
    ])
      expect((await report(agent, bad)).body.reasonCode).toBe('signatureInvalid');
    expect((await report(agent, { sandbox: 'castle' })).status).toBe(400);
  });
});
