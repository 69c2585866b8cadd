// What stands in an agent's way is not got round: by playing a request again, by what it says of itself, by an older permission.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, signedAction, type TestAgent, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const send = async (body: object) => (await world.call('POST', '/api/v1/sdk-api/verifications', body)).body;
const grantOf = async (agent: TestAgent, capabilityType: string) =>
  (await world.admin.call('POST', `/api/v1/agents/${agent.id}/capabilities`, { capabilityType })).body;

async function withPolicy<Result>(policy: object, work: () => Promise<Result>): Promise<Result> {
  const body = { name: 'closed', enforcementAction: 'block_and_alert', severityThreshold: 'low', priority: 1, ...policy };
  const made = await world.admin.call('POST', '/api/v1/admin/security-policies', {
    appliesTo: 'all',
    isEnabled: true,
    ...body,
  });
  expect(made.status).toBe(201);
  try {
    return await work();
  } finally {
    await world.admin.call('DELETE', `/api/v1/admin/security-policies/${made.body.id}`);
  }
}

const closes = (capability: string) => ({ policyType: 'unauthorized_access', rules: { denied_capabilities: [capability] } });

describe('the same signed bytes again', () => {
  test('are not approved any more once the capability was revoked', async () => {
    const agent = await world.agent([]);
    const { id } = await grantOf(agent, 'db:read');
    const body = signedAction(agent, 'db:read');
    const first = await send(body);
    expect(first.status).toBe('approved');
    await world.admin.call('DELETE', `/api/v1/agents/${agent.id}/capabilities/${id}`);
    expect(await send(body)).toMatchObject({ id: first.id, status: 'denied', approvedBy: null });
  });

  test('are not approved any more once the agent was suspended', async () => {
    const agent = await world.agent(['db:read']);
    const body = signedAction(agent, 'db:read');
    expect((await send(body)).status).toBe('approved');
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/suspend`);
    expect(await send(body)).toMatchObject({ status: 'denied', denialReason: expect.stringContaining('suspended') });
  });

  test('are not approved any more once a policy closes the capability', async () => {
    const agent = await world.agent(['db:read']);
    const body = signedAction(agent, 'db:read');
    expect((await send(body)).status).toBe('approved');
    await withPolicy(closes('db:read'), async () => expect((await send(body)).status).toBe('denied'));
    expect((await send(body)).status).toBe('approved');
  });

  test('do not spend a second use of a permission, and end with its revocation', async () => {
    const agent = await world.agent([]);
    const { body: asked } = await agent.ask('db:drop', { context: { jit_access: true, uses: 3 } });
    await world.admin.call('POST', `/api/v1/admin/verifications/${asked.id}/approve`, { actionHash: asked.actionHash });
    const body = signedAction(agent, 'db:drop');
    const { grant } = await send(body);
    expect(grant.usesLeft).toBe(1);
    expect((await send(body)).grant.usesLeft).toBe(1);
    await world.admin.call('POST', `/api/v1/admin/grants/${grant.id}/revoke`);
    expect(await send(body)).toMatchObject({ status: 'denied', denialReason: 'The permission was revoked' });
  });

  test('are not approved after the day that the approval was good for', async () => {
    let ahead = 0;
    const later = await openWorld({ clock: () => Date.now() + ahead });
    try {
      const agent = await later.agent(['db:read']);
      const body = signedAction(agent, 'db:read');
      const again = () => later.call('POST', '/api/v1/sdk-api/verifications', body);
      const { id } = (await again()).body;
      ahead = 25 * 60 * 60 * 1000;
      expect((await again()).body).toMatchObject({ id, status: 'denied', denialReason: expect.stringContaining('run out') });
      const poll = await later.call('GET', `/api/v1/sdk-api/verifications/${id}`);
      expect(poll.body.status).toBe('denied');
    } finally {
      await later.stop();
    }
  });
});

describe('a permission', () => {
  async function permitted(agent: TestAgent, capability: string): Promise<void> {
    const { body } = await agent.ask(capability, { context: { jit_access: true, duration_seconds: 600 } });
    expect(body.status).toBe('pending');
    await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, { actionHash: body.actionHash });
  }

  test('does not open what a policy closes afterwards', async () => {
    const agent = await world.agent([]);
    await permitted(agent, 'db:drop');
    expect((await agent.ask('db:drop')).body).toMatchObject({ status: 'approved', rule: 'grant' });
    await withPolicy(closes('db:drop'), async () =>
      expect((await agent.ask('db:drop')).body).toMatchObject({ status: 'denied', rule: 'unauthorized_access' }),
    );
  });

  test('goes on past the policy that the reviewer overruled, until it is changed', async () => {
    const agent = await world.agent([]);
    const policy = { ...closes('db:drop'), name: 'no drops', appliesTo: 'all', isEnabled: true };
    const body = { enforcementAction: 'block_and_alert', severityThreshold: 'low', priority: 1, ...policy };
    const made = await world.admin.call('POST', '/api/v1/admin/security-policies', body);
    await permitted(agent, 'db:drop');
    expect((await agent.ask('db:drop')).body.status).toBe('approved');
    await world.admin.call('PUT', `/api/v1/admin/security-policies/${made.body.id}`, { ...body, description: 'I mean it' });
    expect((await agent.ask('db:drop')).body.status).toBe('denied');
    await world.admin.call('DELETE', `/api/v1/admin/security-policies/${made.body.id}`);
  });

  test('loses no use to a request that is denied', async () => {
    const agent = await world.agent([]);
    const { body } = await agent.ask('db:drop', { context: { jit_access: true, uses: 2 } });
    await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, { actionHash: body.actionHash });
    await withPolicy(closes('db:drop'), () => agent.ask('db:drop'));
    expect((await agent.ask('db:drop')).body).toMatchObject({ status: 'approved', grant: { usesLeft: 0 } });
  });

  test('does not open a trap', async () => {
    const agent = await world.agent([]);
    await permitted(agent, 'vault:read');
    const { id } = await grantOf(agent, 'vault:read');
    await world.admin.call('PUT', `/api/v1/agents/${agent.id}/capabilities/${id}/honeytoken`, { isHoneytoken: true });
    expect((await agent.ask('vault:read')).body).toMatchObject({ status: 'denied', rule: 'honeytoken' });
  });
});

describe('what an agent says of itself', () => {
  test.each([{ jit_access: true }, { requires_approval: true }])('%o does not turn a trap into a question', async (context) => {
    const agent = await world.agent([]);
    const { id } = await grantOf(agent, 'vault:read');
    await world.admin.call('PUT', `/api/v1/agents/${agent.id}/capabilities/${id}/honeytoken`, { isHoneytoken: true });
    expect((await agent.ask('vault:read', { context })).body).toMatchObject({ status: 'denied', rule: 'honeytoken' });
    const { body } = await world.admin.call('GET', `/api/v1/agents/${agent.id}`);
    expect(body.capabilityViolationCount).toBe(1);
  });

  test('a low risk does not take a drop out of a policy for what carries data out', async () => {
    const agent = await world.agent(['data:export']);
    await withPolicy({ policyType: 'data_exfiltration', severityThreshold: 'high', rules: {} }, async () =>
      expect((await agent.ask('data:export', { context: { risk_level: 'low' } })).body.status).toBe('denied'),
    );
  });

  test.each([
    '/data/secret',
    '/data/./secret',
    '/data//secret',
    '/data/x/../secret',
    '/data/%73ecret',
    '/DATA/secret',
    '/data/*',
  ])('%s does not reach what is closed by another spelling', async (resource) => {
    const agent = await world.agent(['file:read']);
    await withPolicy({ policyType: 'unauthorized_access', rules: { denied_resources: ['/data/secret'] } }, async () =>
      expect((await agent.ask('file:read', { resource })).body.status).toBe('denied'),
    );
  });

  test('a whole namespace does not hold the one capability that is closed', async () => {
    const agent = await world.agent(['db:*']);
    await withPolicy(closes('db:drop'), async () => expect((await agent.ask('db:*')).body.status).toBe('denied'));
  });

  test('another type does not take it out of a policy for its type', async () => {
    const agent = await world.agent(['db:read']);
    const change = (call: TestAgent['call']) => call('PUT', `/api/v1/agents/${agent.id}`, { agentType: 'claude' });
    expect(await change(agent.call)).toMatchObject({ status: 403, body: { reasonCode: 'agentTypeRefused' } });
    const member = await world.person('member');
    await withPolicy({ ...closes('db:read'), appliesTo: 'type:ai_agent' }, async () => {
      expect((await change(member.call)).status).toBe(403);
      expect((await agent.ask('db:read')).body.status).toBe('denied');
    });
    expect((await change(world.admin.call)).status).toBe(200);
  });

  test('a tag of its choice does not let it past a policy', async () => {
    const agent = await world.agent(['db:read']);
    const allow = { policyType: 'capability_violation', enforcementAction: 'allow', rules: {}, appliesTo: 'tag:trusted' };
    await withPolicy(allow, async () => {
      const tagged = await agent.call('POST', `/api/v1/agents/${agent.id}/tags`, { tagIds: ['trusted'] });
      expect([tagged.status, tagged.body.reasonCode]).toEqual([403, 'tagRefused']);
    });
  });

  test('nor does somebody who sets no policies tag it past one, or out of one', async () => {
    const member = await world.person('member');
    const agent = await world.agent([], { by: member });
    const tag = async (key: string): Promise<string> => (await world.admin.call('POST', '/api/v1/tags', { key })).body.id;
    const [lifts, binds, other] = [await tag('vip'), await tag('watched'), await tag('blue')];
    const made: string[] = [];
    for (const [appliesTo, enforcementAction] of [
      ['tag:vip', 'allow'],
      ['type:x, tag:watched', 'block_and_alert'],
    ]) {
      const policy = { name: `by ${appliesTo}`, policyType: 'unauthorized_access', enforcementAction, appliesTo };
      made.push((await world.admin.call('POST', '/api/v1/admin/security-policies', policy)).body.id);
    }
    const tags = `/api/v1/agents/${agent.id}/tags`;
    expect((await world.admin.call('POST', tags, { tagIds: [binds] })).status).toBe(200);
    expect((await member.call('POST', tags, { tagIds: [other] })).status).toBe(200);
    for (const [method, path, body] of [
      ['POST', tags, { tagIds: [lifts] }],
      ['POST', tags, { tagIds: ['vip'] }],
      ['DELETE', `${tags}/${binds}`, undefined],
      ['PUT', `/api/v1/tags/${other}`, { key: 'vip', value: 'of a sort' }],
      ['PUT', `/api/v1/tags/${binds}`, { key: 'unwatched' }],
    ] as const)
      expect((await member.call(method, path, body)).body.reasonCode, `${method} ${path}`).toBe('tagRefused');
    expect((await member.call('DELETE', `${tags}/${other}`)).status).toBe(200);
    for (const id of made) await world.admin.call('DELETE', `/api/v1/admin/security-policies/${id}`);
  });

  test('where the organisation only watches, the wish to be asked does not lift a policy that blocks', async () => {
    const watched = await openWorld();
    try {
      await watched.admin.call('PUT', '/api/v1/admin/enforcement-settings', { enforcementMode: 'monitoring' });
      const body = {
        name: 'closed',
        enforcementAction: 'block_and_alert',
        severityThreshold: 'low',
        priority: 1,
        appliesTo: 'all',
      };
      await watched.admin.call('POST', '/api/v1/admin/security-policies', { ...body, isEnabled: true, ...closes('db:drop') });
      const agent = await watched.agent(['db:drop']);
      expect((await agent.ask('db:drop')).body.status).toBe('denied');
      expect((await agent.ask('db:drop', { context: { jit_access: true } })).body.status).toBe('pending');
    } finally {
      await watched.stop();
    }
  });
});

describe('a report of what was done', () => {
  test('is not taken back by a later one', async () => {
    const agent = await world.agent(['db:read']);
    const { body } = await agent.ask('db:read');
    const report = (executed: boolean) =>
      world.call('POST', `/api/v1/sdk-api/verifications/${body.id}/execution-status`, { executed });
    expect((await report(true)).status).toBe(200);
    expect((await report(true)).status).toBe(200);
    expect(await report(false)).toMatchObject({ status: 409, body: { reasonCode: 'alreadyReported' } });
    const event = await world.admin.call('GET', `/api/v1/verification-events/${body.id}`);
    expect(event.body.executed).toBe(true);
    const audit = await world.admin.call('GET', `/api/v1/admin/audit-logs?entity_id=${body.id}`);
    expect(audit.body.logs.map(({ action }: { action: string }) => action).sort()).toEqual([
      'contradict-report',
      'report',
      'verify',
    ]);
  });

  test('of something that was denied raises the alarm', async () => {
    const agent = await world.agent([]);
    const { body } = await agent.ask('db:drop');
    await world.call('POST', `/api/v1/sdk-api/verifications/${body.id}/execution-status`, { executed: true });
    const { body: listed } = await world.admin.call('GET', '/api/v1/admin/alerts');
    const found = listed.alerts.find(
      ({ agentId, title }: { agentId: string; title: string }) => agentId === agent.id && /ran without/.test(title),
    );
    expect(found).toMatchObject({ severity: 'critical', alertType: 'security_breach' });
  });

  test('does not come from another agent, nor from the key of one', async () => {
    const [agent, other] = [await world.agent(['db:read']), await world.agent([])];
    const { body } = await agent.ask('db:read');
    const path = `/api/v1/sdk-api/verifications/${body.id}/execution-status`;
    expect((await other.call('POST', path, { executed: false })).status).toBe(404);
    const key = await world.admin.call('POST', '/api/v1/api-keys', { name: 'other', agentId: other.id });
    expect((await world.call('POST', path, { executed: false }, { 'X-API-Key': key.body.apiKey ?? key.body.key })).status).toBe(
      404,
    );
    const stranger = await world.stranger();
    expect((await stranger.call('GET', `/api/v1/sdk-api/verifications/${body.id}`)).status).toBe(404);
  });
});

describe('an agent that was revoked', () => {
  test('stays on the public list after it was deleted', async () => {
    const agent = await world.agent([]);
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/revoke`);
    await world.admin.call('DELETE', `/api/v1/agents/${agent.id}`);
    const { body } = await world.call('GET', '/api/v1/revocations');
    expect(body.revocations.map(({ agentId }: { agentId: string }) => agentId)).toContain(agent.id);
  });

  test('is not replaced by the agent that made it', async () => {
    const parent = await world.agent([]);
    const child = await parent.call('POST', '/api/v1/agents', { name: `child-of-${parent.name}` });
    await world.admin.call('POST', `/api/v1/agents/${child.body.id}/revoke`);
    expect((await parent.call('DELETE', `/api/v1/agents/${child.body.id}`)).status).toBe(403);
  });

  test('does nothing more with the API key that was its own', async () => {
    const agent = await world.agent([]);
    const { body } = await world.admin.call('POST', '/api/v1/api-keys', { name: 'own', agentId: agent.id });
    const headers = { 'X-API-Key': body.apiKey ?? body.key };
    expect((await world.call('GET', `/api/v1/agents/${agent.id}`, undefined, headers)).status).toBe(200);
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/revoke`);
    expect((await world.call('GET', `/api/v1/agents/${agent.id}`, undefined, headers)).status).toBe(401);
  });
});

test('what waited for an agent that was deleted is counted as waiting no longer', async () => {
  const agent = await world.agent([]);
  const waiting = async () => (await world.admin.call('GET', '/api/v1/analytics/dashboard')).body.pendingApprovals;
  const before = await waiting();
  await agent.ask('db:drop', { context: { jit_access: true } });
  expect(await waiting()).toBe(before + 1);
  await world.admin.call('DELETE', `/api/v1/agents/${agent.id}`);
  expect(await waiting()).toBe(before);
});
