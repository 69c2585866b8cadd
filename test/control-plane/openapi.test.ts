// The OpenAPI document says of each route what it takes and what it answers, and what it says is held against answers that were really got.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import answers from '../../src/control-plane/operation/answers.json' with { type: 'json' };
import { routes } from '../../src/control-plane/routes/table.ts';
import { actionTimestamp } from '../../src/crypto/action.ts';
import { signedAttestation } from '../../src/crypto/attestation.ts';
import { merged, type Shape, shapeOf, unlike } from './support/shape.ts';
import { type Answer, expectOk, openWorld, type Person, signedAction, type TestAgent, type World } from './support/world.ts';

let world: World;
let admin: Person;
let agent: TestAgent;
let peer: TestAgent;
beforeAll(async () => {
  world = await openWorld({ allowInside: true });
  admin = world.admin;
  agent = await world.agent(['db:read']);
  peer = await world.agent();
});
afterAll(() => world.stop());

/** Each of these answers is held against the document by the caller itself. */
async function ok(by: { call: Person['call'] }, method: string, path: string, body?: unknown): Promise<Answer['body']> {
  const answer = await by.call(method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}
const get = (path: string) => ok(admin, 'GET', path);
const post = (path: string, body: object = {}, by: { call: Person['call'] } = admin) => ok(by, 'POST', path, body);

describe('answers that no other test brings', () => {
  test('of people and their ways in', async () => {
    const open = { call: world.call };
    for (const page of ['/', '/approvals/x', '/device', '/health']) await ok(open, 'GET', page);
    await ok(
      open,
      'GET',
      `/auth/login?response_type=code&redirect_uri=http://localhost:4915/callback&state=${'x'.repeat(43)}&code_challenge=${'x'.repeat(43)}&code_challenge_method=S256`,
    );
    const { userCode } = await post('/api/v1/oauth/device/code', {}, open);
    await ok(open, 'GET', `/api/v1/oauth/device/verify?user_code=${userCode}`);
    const person = await world.person('member');
    await ok(admin, 'PUT', `/api/v1/admin/users/${person.id}/groups`, { groups: ['security'] });
    await post(`/api/v1/admin/users/${person.id}/reject`);
    await post(`/api/v1/admin/users/${person.id}/approve`);
    await post(`/api/v1/admin/users/${person.id}/deactivate`);
    await ok(admin, 'DELETE', `/api/v1/admin/users/${person.id}`);
    await get(`/api/v1/admin/users/${admin.id}/review-keys`);
    const { tokens } = await get('/api/v1/users/me/sdk-tokens');
    const other = await world.signIn(admin.email, admin.password);
    const { tokens: both } = await get('/api/v1/users/me/sdk-tokens');
    const added = both.find(({ id }: { id: string }) => !tokens.some((each: { id: string }) => each.id === id));
    await ok(other, 'POST', `/api/v1/users/me/sdk-tokens/${added.id}/revoke`);
  });

  test('of agents', async () => {
    const at = `/api/v1/agents/${agent.id}`;
    await post('/api/v1/agents/bulk-status', { agentIds: [agent.id] });
    await post(`/api/v1/sdk-api/agents/${agent.id}/isolation`, { sandbox: 'docker' }, agent);
    await get(`/api/v1/trust-score/agents/${agent.id}/history`);
    await get(`${at}/activity`);
    const { auditId } = await post(`${at}/verify-capability`, { capability: 'db:read' });
    await post(`${at}/authorize`, { capability: 'db:read' });
    await post(`${at}/log-capability/${auditId}`, { success: true });
    await post(`/api/v1/sdk-api/agents/${agent.id}/capabilities/register`, { capabilityType: 'report:make' }, agent);
    const [request] = await ok(agent, 'GET', `/api/v1/sdk-api/agents/${agent.id}/capability-requests`);
    await get(`/api/v1/admin/capability-requests/${request.id}`);
    const space = await post('/api/v1/secrets/namespaces', { agentId: agent.id, namespace: 'x' });
    await ok(admin, 'DELETE', `/api/v1/secrets/namespaces/${space.id}`);
    await ok(agent, 'GET', `/api/v1/sdk-api/agents/${agent.id}/mcp-servers`);
  });

  test('of verifications, alerts and the audit log', async () => {
    const asked = signedAction(agent, 'db:read', { timestamp: actionTimestamp() });
    const { id } = await ok({ call: world.call }, 'POST', '/api/v1/verifications', asked);
    await get(`/api/v1/verification-events/${id}`);
    await ok(admin, 'DELETE', `/api/v1/verification-events/${id}`);
    await agent.ask('db:drop');
    await agent.ask('db:purge');
    const { alerts } = await get('/api/v1/admin/alerts');
    await post(`/api/v1/admin/alerts/${alerts[0].id}/acknowledge`);
    await post(`/api/v1/admin/alerts/${alerts[1].id}/resolve`, { resolution: 'looked at' });
    await post('/api/v1/admin/alerts/bulk-acknowledge', { userId: admin.id });
    const { logs } = await get('/api/v1/admin/audit-logs');
    await get(`/api/v1/admin/audit-logs/${logs[0].id}`);
    for (const eventsDays of [30, null]) await ok(admin, 'PUT', '/api/v1/admin/retention-settings', { eventsDays });
    const hook = await post('/api/v1/webhooks', { name: 'w', url: 'http://127.0.0.1:9/' });
    await ok(admin, 'PUT', `/api/v1/webhooks/${hook.id}`, { name: 'x' });
  });

  test('of MCP servers', async () => {
    const server = await post('/api/v1/mcp-servers', { name: 'files', url: 'mcp://files' });
    const at = `/api/v1/mcp-servers/${server.id}`;
    await get('/api/v1/mcp-servers/by-name?name=files');
    await ok(agent, 'GET', `/api/v1/sdk-api/agents/${agent.id}/mcp-servers/by-name?name=files`);
    const { challenge } = await ok(agent, 'GET', `${at}/challenge?agent_id=${agent.id}`);
    const statement = {
      agent_id: agent.id,
      capabilities_found: ['read_file'],
      challenge,
      connection_latency_ms: 35,
      connection_successful: true,
      health_check_passed: true,
      mcp_name: 'files',
      mcp_url: 'mcp://files',
      sdk_version: '1.1.0',
      timestamp: new Date().toISOString(),
    };
    await post(`${at}/attest`, signedAttestation(statement, agent.key), agent);
    for (const name of ['consensus-status', 'verification-status']) await get(`${at}/${name}`);
    await post(`${at}/reactivate`);
    for (const verb of ['verify-capability', 'verify-action']) await post(`${at}/${verb}`, { capability: 'read_file' });
    await post(`${at}/revoke`);
  });

  test('between agents', async () => {
    const a2a = '/api/v1/a2a';
    const at = `${a2a}/agents/${agent.id}`;
    const cardData = { name: 'speaker', description: 'x', url: 'http://x', version: '1.0.0', skills: [{ id: 's', name: 's' }] };
    await post(`${at}/card`, { cardData });
    const { id: cardId } = (await get(`${a2a}/cards`)).cards[0];
    await post(`${a2a}/cards`, { agentId: peer.id, cardData });
    await post(`${at}/card/refresh`);
    await get(`${a2a}/cards/${cardId}`);
    await ok(admin, 'PUT', `${a2a}/cards/${cardId}`, { description: 'y' });
    await post(`${a2a}/cards/${cardId}/attestation`);
    const skill = await post(`${a2a}/skills`, { agentId: agent.id, name: 'send' });
    await get(`${at}/skills`);
    await post(`${a2a}/attestations`, { attestingAgentId: peer.id, attestedAgentId: agent.id, skillId: skill.id });
    const { attestations } = await get(`${at}/attestations`);
    for (const path of ['attestations', 'consensus']) await get(`${a2a}/${path}/${agent.id}/${skill.id}`);
    await get(`${at}/skills/${skill.id}/consensus`);
    await post(`${a2a}/attestations/${attestations[0].id}/revoke`, { reason: 'it failed' });
    await ok(admin, 'DELETE', `${a2a}/skills/${skill.id}`);
    await post(`${a2a}/trust/${agent.id}/interaction`, { agentId: peer.id, success: true });
    await post(`${at}/trust-score/compute`);
    await get(`${a2a}/trust-scores`);
    for (const path of [`${at}/trust-score`, `${a2a}/trust/${agent.id}`, `${at}/peers/${peer.id}/trust`]) await get(path);
    const sides = { clientAgentId: agent.id, remoteAgentId: peer.id };
    const task = await post(`${a2a}/tasks`, { externalTaskId: 't', ...sides });
    await ok(admin, 'PUT', `${a2a}/tasks/${task.id}/state`, { state: 'COMPLETED' });
    await get(`${a2a}/tasks/${agent.id}`);
    const parties = { userId: 'u', grantorAgentId: agent.id, recipientAgentId: peer.id };
    const consent = await post(`${a2a}/consent`, { ...parties, scope: ['read'], purpose: 'a test' });
    await get(`${a2a}/consent/check?${new URLSearchParams({ ...parties, scope: 'read' })}`);
    await post(`${a2a}/consent/${consent.id}/revoke`);
    const { organizationId } = await get(`${a2a}/security/settings`);
    for (const path of ['settings', 'violations']) await get(`${a2a}/security/${path}/${organizationId}`);
    await ok(admin, 'PUT', `${a2a}/security/settings/${organizationId}`, { minTrustScore: 0.1 });
    await ok(agent, 'POST', `${a2a}/sign`, { agentId: agent.id, method: 'GET', path: '/' }).catch(() => undefined);
  });
});

describe('answers about what little is known of', () => {
  test('people, agents and numbers', async () => {
    await ok({ call: world.call }, 'GET', '/api/v1/oauth/device/verify');
    await ok(admin, 'PUT', '/api/v1/admin/enforcement-settings', { enforcementMode: 'strict' });
    for (const path of ['admin/audit-logs/export', 'analytics/agents/activity']) await get(`/api/v1/${path}`);
    const fresh = await world.agent();
    await ok(admin, 'PUT', `/api/v1/agents/${fresh.id}/keys`, { publicKey: fresh.key.publicKey });
    await post(`/api/v1/trust-score/agents/${fresh.id}/feedback`, { rating: 1 });
    await ok(admin, 'PUT', `/api/v1/agents/${fresh.id}/trust-score`, { score: 0.5 });
    await get(`/api/v1/trust-score/agents/${fresh.id}/history`);
    const space = await post('/api/v1/secrets/namespaces', { agentId: fresh.id, namespace: 'empty' });
    await get(`/api/v1/secrets/namespaces/${space.id}`);
    const parties = { userId: 'u', grantorAgentId: fresh.id, recipientAgentId: agent.id };
    await get(`/api/v1/a2a/consent/check?${new URLSearchParams(parties)}`);
    for (const path of ['card', 'trust-score']) await get(`/api/v1/a2a/agents/${fresh.id}/${path}`);
  });

  test('MCP servers', async () => {
    const fresh = await world.agent();
    const at = `/api/v1/sdk-api/agents/${fresh.id}/mcp-servers`;
    const { id } = await ok(fresh, 'POST', at, { name: 'bare', url: 'mcp://bare' });
    await ok(fresh, 'POST', at, { mcpServerIds: ['a name'] });
    await get(`/api/v1/detection/agents/${fresh.id}/status`);
    await ok(admin, 'PUT', `/api/v1/mcp-servers/${id}`, { description: 'bare' });
    const unknown = ['command', 'url', 'origin', 'serverName', 'serverVersion', 'protocolVersion', 'instructions'];
    const nothing = Object.fromEntries(unknown.map((member) => [member, null]));
    const manifest = { ...nothing, transport: 'unknown', manifestHash: '', definitions: {} };
    await post(`/api/v1/mcp-servers/${id}/manifests`, manifest);
    await get(`/api/v1/mcp-servers/${id}/manifests`);
    await post(`/api/v1/mcp-servers/${id}/suspend`);
    await post(`/api/v1/mcp-servers/${id}/revoke`);
    const other = await post('/api/v1/mcp-servers', { name: 'barer', url: 'mcp://barer' });
    await post(`/api/v1/mcp-servers/${other.id}/reactivate`);
  });
});

describe('the document', () => {
  /** Of which no test can bring an answer that ends well here, and why. */
  const APART: Record<string, string> = {
    'GET /api/v1/events/stream': 'a stream, which does not end',
    'GET /api/v1/embedded/hold': 'a stream, which does not end',
    'POST /auth/login': 'a redirect',
    'GET /auth/oidc/callback': 'a redirect',
    'POST /device': 'a page after a form; test/control-plane/sign-in shows it',
    'POST /api/v1/auth/local-operator': 'for embedded ones; test/control-plane/start shows it',
    'POST /api/v1/auth/local-operator/challenge': 'for embedded ones; test/control-plane/start shows it',
    'GET /api/v1/mcp-servers/:id/manifests/:manifestId': 'test/mcp/manifests shows it',
    'DELETE /api/v1/admin/users/:id/review-keys/:key': 'test/approvals/review-keys shows it',
    'POST /api/v1/a2a/agents/:id/sign': 'this server holds no key of an agent to sign with',
    'POST /api/v1/a2a/sign': 'this server holds no key of an agent to sign with',
  };

  test('says of every route what it answers', async () => {
    const { body } = await expectOk(world.call('GET', '/api/v1/openapi.json'), 200);
    const silent = routes
      .filter(({ summary }) => !summary.startsWith('Refused'))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((name) => !(name in APART) && !(name in answers));
    expect(silent).toEqual([]);
    const { responses } = body.paths['/api/v1/agents/{id}'].get;
    expect(responses['200'].content['application/json'].schema.properties).toMatchObject({
      id: { type: 'string' },
      trustScore: { type: 'number' },
      verifiedAt: { type: ['null', 'string'] },
      tags: { type: 'array', items: { properties: { key: { type: 'string' } } } },
    });
  });

  test('says that what is always refused ends well for nobody', async () => {
    const { body } = await world.call('GET', '/api/v1/openapi.json');
    expect(Object.keys(body.paths['/api/v1/auth/sdk/recover'].post.responses)).toEqual(['4XX']);
  });
});

describe('a shape', () => {
  const seen = [
    { id: 'a', n: 1, at: null, tags: [] },
    { id: 'b', n: 2, at: 'x', tags: [{ key: 'k' }], more: true },
  ];
  const shape = seen.map((each) => shapeOf(each)).reduce(merged) as Shape;

  test.each<[title: string, value: unknown, wrong: string[]]>([
    ['one of those it was made of', seen[1], []],
    ['one with a member that nobody named', { ...seen[0], other: 1 }, []],
    ['one without a member that all had', { n: 1, at: null, tags: [] }, ['.id is missing']],
    ['one with another kind of member', { ...seen[0], n: '1' }, ['.n is string, not number']],
    ['one with another kind of item', { ...seen[0], tags: [{ key: 1 }] }, ['.tags[].key is number, not string']],
    ['a list', [], ['the answer is array, not object']],
  ])('%s', (_, value, wrong) => {
    expect(unlike(shape, value)).toEqual(wrong);
  });
});
