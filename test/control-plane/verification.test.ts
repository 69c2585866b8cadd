// An agent asks: what is signed, what is decided, what is answered to each generation of SDK.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pollHeaders } from '../../src/crypto/agent-request.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { parseExact } from '../../src/crypto/exact-json.ts';
import { pythonJson } from '../../src/crypto/python-json.ts';
import { openWorld, signedAction, type TestAgent, type World } from './support/world.ts';

let world: World;
let agent: TestAgent;
beforeAll(async () => {
  world = await openWorld();
  agent = await world.agent(['db:read', 'file:*']);
});
afterAll(() => world.stop());

describe('the decision', () => {
  test('what is granted is approved, in both spellings', async () => {
    const { status, body } = await agent.ask('db:read', { resource: 'users' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'approved',
      approvedBy: 'system',
      approved_by: 'system',
      enforcementMode: 'strict',
      riskLevel: 'low',
      riskAutoDetected: true,
      trustScore: expect.any(Number),
    });
    expect(body.expiresAt).toBe(body.expires_at);
  });

  test('a grant of a namespace covers its actions', async () => {
    expect((await agent.ask('file:write')).body.status).toBe('approved');
    expect((await agent.ask('files:write')).body.status).toBe('denied');
  });

  test('what is not granted is denied with 201, so that aim-sdk 1.x blocks it', async () => {
    const { status, body } = await agent.ask('db:drop');
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'denied', denialReason: expect.stringContaining('db:drop'), riskLevel: 'critical' });
    expect(body.denial_reason).toBe(body.denialReason);
  });

  test('an agent that nobody verified is denied', async () => {
    const fresh = await world.agent(['db:read'], { verified: false });
    expect((await fresh.ask('db:read')).body).toMatchObject({ status: 'denied', rule: 'agent-not-verified' });
  });

  test('a suspended agent gets 403, and the attempt is kept', async () => {
    const suspended = await world.agent(['db:read']);
    await world.admin.call('POST', `/api/v1/agents/${suspended.id}/suspend`, { reason: 'odd' });
    const { status, body } = await suspended.ask('db:read');
    expect([status, body.reasonCode]).toEqual([403, 'agentStatusDenied']);
    const events = await world.admin.call('GET', `/api/v1/verification-events/agent/${suspended.id}`);
    expect(events.body.events[0]).toMatchObject({ action: 'db:read', result: 'denied' });
  });

  test('jit_access makes a denial wait; requires_approval makes anything wait', async () => {
    expect((await agent.ask('db:drop', { context: { jit_access: true } })).body.status).toBe('pending');
    expect((await agent.ask('db:read', { context: { jit_access: true } })).body.status).toBe('approved');
    expect((await agent.ask('db:read', { context: { requires_approval: true } })).body.status).toBe('pending');
  });

  test('an explicit risk level wins over the detected one', async () => {
    expect((await agent.ask('db:read', { context: { risk_level: 'critical' } })).body).toMatchObject({
      riskLevel: 'critical',
      riskAutoDetected: false,
    });
  });

  test('monitoring lets pass and records', async () => {
    const watched = await openWorld();
    try {
      await watched.admin.call('PUT', '/api/v1/admin/enforcement-settings', { enforcementMode: 'monitoring' });
      const loose = await watched.agent([]);
      expect((await loose.ask('db:drop')).body).toMatchObject({
        status: 'approved',
        approvedBy: 'monitoring-mode',
        enforcementMode: 'monitoring',
      });
      const { body } = await watched.admin.call('GET', `/api/v1/agents/${loose.id}`);
      expect(body.capabilityViolationCount).toBe(1);
    } finally {
      await watched.stop();
    }
  });
});

describe('the signature', () => {
  const send = (body: unknown) => world.call('POST', '/api/v1/sdk-api/verifications', body);

  test.each([
    ['action_type', 'db:drop'],
    ['agent_id', '11111111-1111-4111-8111-111111111111'],
  ])('a member that %s contradicts is refused: who reads the other spelling would see another action', async (name, value) => {
    const action = signedAction(agent, 'db:read', { resource: `two spellings of ${name}` });
    expect((await send({ ...action, [name]: value })).body.reasonCode).toBe('invalidRequest');
    expect((await send({ ...action, action_type: action.capability, agent_id: action.agentId })).status).toBe(201);
  });

  test('numbers are verified as they were written, not as doubles', async () => {
    const timestamp = '2026-01-02T03:04:05.000123Z';
    const context = '{"big": 12345678901234567890, "ratio": 1.0, "small": 1e-05, "tag": "é😀/<&>", "list": [], "none": {}}';
    const message = pythonJson({
      action_type: 'db:read',
      agent_id: agent.id,
      context: parseExact(context),
      resource: 'a, "b": c',
      timestamp,
    });
    const text = `{"agentId":"${agent.id}","capability":"db:read","resource":"a, \\"b\\": c","context":${context},"timestamp":"${timestamp}","signature":"${agent.key.sign(message)}","publicKey":"${agent.key.publicKey}"}`;
    const { status, body } = await send(text);
    expect([status, body.status]).toEqual([201, 'approved']);
    const event = await fetch(`${world.url}/api/v1/verification-events/${body.id}`, {
      headers: { authorization: `Bearer ${world.admin.accessToken}` },
    });
    expect(await event.text()).toContain('"big":12345678901234567890');
  });

  test('both spellings of the members are read', async () => {
    const { agentId, capability, publicKey, ...rest } = signedAction(agent, 'db:read');
    expect((await send({ ...rest, agent_id: agentId, action_type: capability, public_key: publicKey })).body.status).toBe(
      'approved',
    );
  });

  test('the same signed bytes again are the same verification', async () => {
    const body = signedAction(agent, 'db:read');
    const [first, second] = [await send(body), await send(body)];
    expect(second.body.id).toBe(first.body.id);
  });

  test.each<[string, (body: ReturnType<typeof signedAction>) => object, string]>([
    ['another resource', (body) => ({ ...body, resource: 'other' }), 'signatureInvalid'],
    ['another capability', (body) => ({ ...body, capability: 'db:drop' }), 'signatureInvalid'],
    ['another context', (body) => ({ ...body, context: { a: 1 } }), 'signatureInvalid'],
    ['another key', (body) => ({ ...body, publicKey: generateSigningKey().publicKey }), 'agentKeyNotRecognized'],
    [
      'an unknown agent (never 404: aim-sdk 1.x would act)',
      (body) => ({ ...body, agentId: '00000000-0000-4000-8000-000000000000' }),
      'agentKeyNotRecognized',
    ],
    ['a signature that is none', (body) => ({ ...body, signature: 'AAAA' }), 'signatureInvalid'],
  ])('%s is 401', async (_, change, reasonCode) => {
    const { status, body } = await send(change(signedAction(agent, 'db:read')));
    expect([status, body.reasonCode]).toEqual([401, reasonCode]);
  });

  test.each<[string, unknown]>([
    ['no JSON', '{"agentId":'],
    ['a list', '[]'],
    ['no capability', { agentId: 'x', timestamp: 'x', signature: 'x', publicKey: 'x' }],
    [
      'a nonce outside a statement',
      { agentId: 'x', capability: 'a:b', timestamp: 'x', signature: 'x', publicKey: 'x', nonce: 'x' },
    ],
    ['NaN', '{"agentId":"x","context":{"a":NaN}}'],
    [
      'a context that is a list',
      { agentId: 'x', capability: 'a:b', timestamp: 'x', signature: 'x', publicKey: 'x', context: [] },
    ],
  ])('%s is 400', async (_, body) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toEqual(expect.any(String));
  });
});

describe('waiting for the answer', () => {
  const poll = (id: string, headers: Record<string, string> = {}, query = '') =>
    world.call('GET', `/api/v1/sdk-api/verifications/${id}${query}`, undefined, headers);

  test('signed as SDKs from 1.22 do, or unsigned as those before', async () => {
    const { body } = await agent.ask('db:drop', { context: { jit_access: true, n: 1 } });
    const now = Math.floor(Date.now() / 1000);
    const identity = { agentId: agent.id, key: agent.key };
    expect((await poll(body.id, pollHeaders(identity, body.id, now))).body.status).toBe('pending');
    expect((await poll(body.id)).body.status).toBe('pending');
    expect((await poll(body.id, pollHeaders(identity, body.id, now - 400))).status).toBe(401);
    expect((await poll(body.id, { ...pollHeaders(identity, body.id, now), 'X-AIM-Signature': 'AAAA' })).status).toBe(401);
    const other = await world.agent();
    expect((await poll(body.id, pollHeaders({ agentId: other.id, key: other.key }, body.id, now))).status).toBe(404);
  });

  test('with wait, the answer comes with the decision', async () => {
    const { body } = await agent.ask('db:drop', { context: { jit_access: true, n: 2 } });
    const waiting = poll(body.id, {}, '?wait=15');
    await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/deny`, { reason: 'not on a Monday' });
    expect((await waiting).body).toMatchObject({ status: 'denied', denialReason: 'not on a Monday' });
  });

  test('what nobody decides ends as a denial', async () => {
    const { body } = await agent.ask('db:drop', { context: { jit_access: true, timeout_seconds: 1 } });
    expect((await poll(body.id, {}, '?wait=15')).body).toMatchObject({
      status: 'denied',
      denialReason: 'Nobody decided in time.',
    });
    const shown = await world.admin.call('GET', `/api/v1/admin/verifications/${body.id}`);
    expect(shown.body.status).toBe('expired');
  });

  test('reports are kept and change no decision', async () => {
    const { body } = await agent.ask('db:read', { context: { n: 3 } });
    const path = `/api/v1/sdk-api/verifications/${body.id}`;
    expect(
      (await world.call('POST', `${path}/result`, { result: 'failure', error_message: 'disk full', timestamp: 'x', more: 1 }))
        .body,
    ).toMatchObject({ status: 'result_recorded', result: 'failure' });
    expect((await world.call('POST', `${path}/execution-status`, { executed: true, strictMode: false })).body).toMatchObject({
      executed: true,
      strictMode: true,
    });
    expect((await poll(body.id)).body.status).toBe('approved');
  });
});
