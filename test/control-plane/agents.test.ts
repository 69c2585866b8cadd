// Agents from registration to deletion: in each mode, through each state, with their keys, capabilities, tags and trust.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentRequestHeaders, agentRequestMessage } from '../../src/crypto/agent-request.ts';
import { generateSigningKey, readSigningKey } from '../../src/crypto/ed25519.ts';
import { agent as agentSchema } from '../../src/wire/agent.ts';
import { asAgent, openWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

let made = 0;
function fresh(): string {
  made += 1;
  return `agent-${made}`;
}

describe('registration', () => {
  test('with a key of the client: flat, in both spellings, readable by our own schema', async () => {
    const { publicKey } = generateSigningKey();
    const { status, body } = await world.admin.call('POST', '/api/v1/agents', {
      name: fresh(),
      displayName: 'One',
      agentType: 'claude',
      publicKey,
      tagIds: ['team'],
      capabilities: ['db:read'],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      publicKey,
      status: 'pending',
      trustScore: expect.any(Number),
      trust_score: expect.any(Number),
      capabilities: [],
      tags: [{ key: 'team' }],
    });
    expect(body).not.toHaveProperty('privateKey');
    expect(agentSchema.parse(body).agentType).toBe('claude');
  });

  test('strict asks an operator for what is declared, monitoring grants it', async () => {
    const { body } = await world.admin.call('POST', '/api/v1/agents', { name: fresh(), capabilities: ['db:read'] });
    const requests = await world.admin.call('GET', `/api/v1/admin/capability-requests?agentId=${body.id}`);
    expect(requests.body).toMatchObject([{ capabilityType: 'db:read', status: 'pending' }]);
    await world.admin.call('POST', `/api/v1/admin/capability-requests/${requests.body[0].id}/approve`);
    expect((await world.admin.call('GET', `/api/v1/agents/${body.id}`)).body.capabilities).toEqual(['db:read']);
    expect((await world.admin.call('POST', `/api/v1/admin/capability-requests/${requests.body[0].id}/reject`)).status).toBe(
      409,
    );
  });

  test('with an API key, and a key pair made here', async () => {
    const key = (await world.admin.call('POST', '/api/v1/api-keys', { name: 'k' })).body.apiKey;
    const { status, body } = await world.call(
      'POST',
      '/api/v1/public/agents/register',
      { name: fresh(), display_name: 'x' },
      { 'X-AIM-API-Key': key },
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ agentId: body.agent_id, aimUrl: world.url, trustScore: body.trust_score });
    const agent = asAgent(world.url, body.agentId, 'x', readSigningKey(body.privateKey));
    expect((await agent.call('GET', `/api/v1/agents/${body.agentId}`)).body.createdByEmail).toBe(world.admin.email);
  });

  test.each<[string, object, number]>([
    ['no name', {}, 400],
    ['an unknown type', { name: 'x1', agentType: 'toaster' }, 400],
    ['a key that is none', { name: 'x2', publicKey: 'not base64' }, 400],
    ['a name of one that exists', { name: 'taken' }, 409],
  ])('%s is refused', async (_, body, status) => {
    await world.admin.call('POST', '/api/v1/agents', { name: 'taken' });
    const answer = await world.admin.call('POST', '/api/v1/agents', body);
    expect([answer.status, typeof answer.body.error]).toEqual([status, 'string']);
  });

  test('an unknown caller is told 401, never 404: SDKs would take 404 for a deleted agent', async () => {
    const agent = await world.agent();
    expect((await world.call('GET', `/api/v1/agents/${agent.id}`, undefined, { 'X-SDK-Version': '1.21.0' })).status).toBe(401);
  });
});

describe('the signature of a request', () => {
  test('over the raw body and the exact target, query included', async () => {
    const agent = await world.agent();
    expect((await agent.call('GET', '/api/v1/agents?limit=1&offset=0')).status).toBe(200);
    expect((await agent.call('POST', `/api/v1/sdk-api/agents/${agent.id}/heartbeat`, { b: 1, a: 2 })).status).toBe(200);
  });

  test.each<
    [
      string,
      (agent: {
        id: string;
        key: ReturnType<typeof generateSigningKey>;
      }) => [string, string, string | undefined, Record<string, string>],
    ]
  >([
    [
      'sorted members, sent in another order (A2A of the SDKs)',
      ({ id, key }) => {
        const path = `/api/v1/sdk-api/agents/${id}/heartbeat`;
        const seconds = String(Math.floor(Date.now() / 1000));
        const signature = key.sign(agentRequestMessage('POST', path, seconds, '{"a": 2, "b": "\\u00e9"}'));
        return [
          'POST',
          path,
          '{"b":"é","a":2}',
          { 'X-Agent-ID': id, 'X-Timestamp': seconds, 'X-Signature': signature, 'X-Public-Key': key.publicKey },
        ];
      },
    ],
    [
      'a target before it was percent-encoded',
      ({ id, key }) => {
        const headers = agentRequestHeaders(
          { agentId: id, key },
          'GET',
          '/api/v1/agents?status=a b',
          Math.floor(Date.now() / 1000),
          '',
        );
        return ['GET', '/api/v1/agents?status=a%20b', undefined, headers];
      },
    ],
    [
      'no body where {} is sent',
      ({ id, key }) => {
        const path = `/api/v1/sdk-api/agents/${id}/heartbeat`;
        return ['POST', path, '{}', agentRequestHeaders({ agentId: id, key }, 'POST', path, Math.floor(Date.now() / 1000), '')];
      },
    ],
  ])('tolerates %s', async (_, make) => {
    const agent = await world.agent();
    const [method, path, body, headers] = make(agent);
    expect((await world.call(method, path, body, headers)).status).toBe(200);
  });

  test.each<[string, number, (headers: Record<string, string>) => Record<string, string>, string]>([
    ['too old', -60, (headers) => headers, 'timestampOutsideWindow'],
    ['from the future', 60, (headers) => headers, 'timestampOutsideWindow'],
    [
      'with another key',
      0,
      (headers) => ({ ...headers, 'X-Public-Key': generateSigningKey().publicKey }),
      'agentKeyNotRecognized',
    ],
    ['forged', 0, (headers) => ({ ...headers, 'X-Signature': generateSigningKey().sign('x') }), 'signatureInvalid'],
    ['without key', 0, ({ 'X-Public-Key': _, ...headers }) => headers, 'agentKeyNotRecognized'],
  ])('refuses one that is %s', async (_, shift, change, reasonCode) => {
    const agent = await world.agent();
    const path = '/api/v1/agents';
    const headers = agentRequestHeaders(
      { agentId: agent.id, key: agent.key },
      'GET',
      path,
      Math.floor(Date.now() / 1000) + shift,
      '',
    );
    const { status, body } = await world.call('GET', path, undefined, change(headers));
    expect([status, body.reasonCode]).toEqual([401, reasonCode]);
  });

  test('a suspended agent may not authenticate', async () => {
    const agent = await world.agent();
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/suspend`);
    const { status, body } = await agent.call('GET', '/api/v1/agents');
    expect([status, body.reasonCode]).toEqual([401, 'agentStatusDenied']);
  });
});

describe('the lifecycle', () => {
  type Row = [from: string, action: string, status: number, to: string, changed: boolean | null];
  test.each<Row>([
    ['pending', 'verify', 200, 'verified', true],
    ['pending', 'suspend', 200, 'suspended', true],
    ['pending', 'reactivate', 409, 'pending', null],
    ['pending', 'revoke', 200, 'revoked', true],
    ['verified', 'verify', 200, 'verified', false],
    ['verified', 'suspend', 200, 'suspended', true],
    ['verified', 'reactivate', 200, 'verified', false],
    ['verified', 'revoke', 200, 'revoked', true],
    ['suspended', 'verify', 409, 'suspended', null],
    ['suspended', 'suspend', 200, 'suspended', false],
    ['suspended', 'reactivate', 200, 'verified', true],
    ['suspended', 'revoke', 200, 'revoked', true],
    ['revoked', 'verify', 409, 'revoked', null],
    ['revoked', 'suspend', 409, 'revoked', null],
    ['revoked', 'reactivate', 409, 'revoked', null],
    ['revoked', 'revoke', 200, 'revoked', false],
  ])('%s, %s: %i, then %s', async (from, action, status, to, changed) => {
    const { id } = await world.agent([], { verified: false });
    const path: Record<string, string[]> = {
      pending: [],
      verified: ['verify'],
      suspended: ['verify', 'suspend'],
      revoked: ['revoke'],
    };
    for (const step of path[from] ?? []) await world.admin.call('POST', `/api/v1/agents/${id}/${step}`);
    const answer = await world.admin.call('POST', `/api/v1/agents/${id}/${action}`, { reason: 'test' });
    expect(answer.status).toBe(status);
    if (changed === null)
      expect(answer.body).toMatchObject({ reasonCode: 'agentStatusTransitionRefused', current: { status: to } });
    else expect(answer.body).toMatchObject({ changed, status: to, agent: { id, status: to } });
    expect((await world.admin.call('GET', `/api/v1/agents/${id}`)).body.status).toBe(to);
  });

  test('a revoked agent is on the public list', async () => {
    const { id } = await world.agent();
    await world.admin.call('POST', `/api/v1/agents/${id}/revoke`);
    const { body } = await world.call('GET', '/api/v1/revocations');
    expect(body.revocations.map(({ agentId }: { agentId: string }) => agentId)).toContain(id);
  });
});

describe('keys', () => {
  test('a replaced key works on for its grace period; the new one at once', async () => {
    const agent = await world.agent(['db:read']);
    const next = generateSigningKey();
    const { status, body } = await agent.call('PUT', `/api/v1/agents/${agent.id}/keys`, { publicKey: next.publicKey });
    expect(status).toBe(200);
    expect(body).toMatchObject({ publicKey: next.publicKey, previous_public_key: agent.key.publicKey, rotationCount: 1 });
    expect((await asAgent(world.url, agent.id, agent.name, next).ask('db:read')).body.status).toBe('approved');
    expect((await agent.ask('db:read')).body.status).toBe('approved');
    const again = generateSigningKey();
    await world.admin.call('PUT', `/api/v1/agents/${agent.id}/keys`, { publicKey: again.publicKey });
    expect((await agent.ask('db:read')).status).toBe(401);
  });

  test('a rotation shows the private key once', async () => {
    const agent = await world.agent();
    const { body } = await world.admin.call('POST', `/api/v1/agents/${agent.id}/rotate-credentials`);
    expect(readSigningKey(body.privateKey).publicKey).toBe(body.publicKey);
    const vault = await world.admin.call('GET', `/api/v1/agents/${agent.id}/key-vault`);
    expect(vault.body).toMatchObject({ publicKey: body.publicKey, has_previous_public_key: true });
    expect(JSON.stringify(vault.body)).not.toContain(body.privateKey);
  });
});

describe('what agents do among themselves', () => {
  test('an agent changes itself and what it created, deletes only what it created', async () => {
    const [agent, other] = [await world.agent(), await world.agent()];
    expect(
      (await agent.call('PUT', `/api/v1/agents/${agent.id}`, { display_name: 'Me', description: 'new' })).body,
    ).toMatchObject({ displayName: 'Me', description: 'new' });
    expect((await agent.call('PUT', `/api/v1/agents/${other.id}`, { description: 'mine now' })).status).toBe(403);
    const child = (await agent.call('POST', '/api/v1/agents', { name: fresh() })).body;
    expect(child.createdByAgent).toBe(agent.id);
    expect((await agent.call('DELETE', `/api/v1/agents/${child.id}`)).body).toMatchObject({ success: true });
    expect((await agent.call('DELETE', `/api/v1/agents/${agent.id}`)).status).toBe(403);
    expect((await agent.call('DELETE', `/api/v1/agents/${other.id}`)).status).toBe(403);
    expect((await world.admin.call('GET', `/api/v1/agents/${child.id}`)).status).toBe(404);
  });
});

describe('lists', () => {
  test('a search takes signs as they are, not as wildcards', async () => {
    const lists = await openWorld();
    for (const name of ['my_agent', 'my-agent', '100%', '1000'])
      await lists.admin.call('POST', '/api/v1/agents', { name, displayName: name });
    const found = async (search: string): Promise<string[]> => {
      const { body } = await lists.admin.call('GET', `/api/v1/agents?search=${encodeURIComponent(search)}`);
      expect(body.total).toBe(body.agents.length);
      return body.agents.map(({ name }: { name: string }) => name);
    };
    expect([await found('MY_A'), await found('0%'), await found('agent')]).toEqual([
      ['my_agent'],
      ['100%'],
      expect.arrayContaining(['my-agent', 'my_agent']),
    ]);
    await lists.stop();
  });

  test('pages by cursor and by offset hold each agent once', async () => {
    const lists = await openWorld();
    for (let index = 0; index < 7; index += 1) await lists.admin.call('POST', '/api/v1/agents', { name: `n${index}` });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await lists.admin.call('GET', `/api/v1/agents?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(body.total).toBe(7);
      seen.push(...body.agents.map(({ name }: { name: string }) => name));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(7);
    const second = await lists.admin.call('GET', '/api/v1/agents?limit=3&offset=3');
    expect(second.body.agents.map(({ name }: { name: string }) => name)).toEqual(seen.slice(3, 6));
    expect((await lists.admin.call('GET', '/api/v1/agents?status=verified')).body).toMatchObject({ agents: [], total: 0 });
    expect((await lists.admin.call('GET', '/api/v1/agents?cursor=nonsense')).status).toBe(400);
    await lists.stop();
  });
});

describe('trust', () => {
  test('the nine factors add up to the score, and weigh one together', async () => {
    const agent = await world.agent(['db:read']);
    await agent.ask('db:read');
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/trust-score/recalculate`);
    const { body } = await world.admin.call('GET', `/api/v1/trust-score/agents/${agent.id}/breakdown`);
    const sum = (values: Record<string, number>): number => Object.values(values).reduce((total, value) => total + value, 0);
    expect(Object.keys(body.factors)).toHaveLength(9);
    expect(sum(body.weights)).toBeCloseTo(1);
    expect(sum(body.contributions)).toBeCloseTo(body.overall, 3);
  });

  test('set by hand above 1 it is a percentage, and the history says who and why', async () => {
    const agent = await world.agent();
    await world.admin.call('PUT', `/api/v1/agents/${agent.id}/trust-score`, { score: 42, reason: 'looked at it' });
    expect((await world.admin.call('GET', `/api/v1/agents/${agent.id}/trust-score`)).body.score).toBe(0.42);
    const { body } = await world.admin.call('GET', `/api/v1/agents/${agent.id}/trust-score/history`);
    expect(body.history[0]).toMatchObject({ trustScore: 0.42, reason: 'looked at it', changedBy: world.admin.id });
  });
});

describe('policies', () => {
  test('a blocking policy denies what is granted, and says which policy it was', async () => {
    const agent = await world.agent(['db:read']);
    const { body: policy } = await world.admin.call('POST', '/api/v1/admin/security-policies', {
      name: 'closed table',
      policyType: 'unauthorized_access',
      enforcementAction: 'block_and_alert',
      rules: { denied_resources: ['salaries*'] },
      appliesTo: `agent:${agent.id}`,
    });
    expect((await agent.ask('db:read', { resource: 'salaries_2026' })).body).toMatchObject({
      status: 'denied',
      denialReason: expect.stringContaining('closed table'),
    });
    expect((await agent.ask('db:read', { resource: 'users' })).body.status).toBe('approved');
    await world.admin.call('PATCH', `/api/v1/admin/security-policies/${policy.id}/toggle`, { isEnabled: false });
    expect((await agent.ask('db:read', { resource: 'salaries_2027' })).body.status).toBe('approved');
  });

  test('a change holds for the very next request', async () => {
    const agent = await world.agent(['db:read']);
    expect((await agent.ask('db:read')).body.status).toBe('approved');
    const { body } = await world.admin.call('GET', `/api/v1/agents/${agent.id}/capabilities`);
    await world.admin.call('DELETE', `/api/v1/agents/${agent.id}/capabilities/${body[0].id}`);
    expect((await agent.ask('db:read')).body.status).toBe('denied');
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/capabilities`, { capabilityType: 'db:*' });
    expect((await agent.ask('db:read')).body.status).toBe('approved');
  });

  test('a trap denies and reports whoever uses it', async () => {
    const agent = await world.agent(['vault:open']);
    const { body } = await world.admin.call('GET', `/api/v1/agents/${agent.id}/capabilities`);
    await world.admin.call('PUT', `/api/v1/agents/${agent.id}/capabilities/${body[0].id}/honeytoken`, { isHoneytoken: true });
    expect((await agent.ask('vault:open')).body.status).toBe('denied');
    const alerts = await world.admin.call('GET', `/api/v1/agents/${agent.id}/alerts`);
    expect(alerts.body.alerts[0]).toMatchObject({ alertType: 'security_breach' });
  });
});
