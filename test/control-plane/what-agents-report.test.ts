// What agents say of themselves and ask without a signature: servers they talk to, what they could do, whether they may, what came of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, openWorld, type TestAgent, type World } from './support/world.ts';

let world: World;
let agent: TestAgent;
beforeAll(async () => {
  world = await openWorld();
  agent = await world.agent(['db:read', 'file:*']);
});
afterAll(() => world.stop());

const latestAudit = async (id: string) =>
  (await world.admin.call('GET', `/api/v1/admin/audit-logs?entity_id=${id}&limit=1`)).body.logs[0];
const agentNow = async ({ id }: TestAgent) => (await world.admin.call('GET', `/api/v1/agents/${id}`)).body;

describe('the MCP servers of an agent', () => {
  test('are added and taken away, by id or by name, each time with a word in the audit log', async () => {
    const path = `/api/v1/agents/${agent.id}/mcp-servers`;
    const server = (await world.admin.call('POST', '/api/v1/mcp-servers', { name: 'files', url: 'mcp://files' })).body;
    const { status, body } = await world.admin.call('PUT', path, { mcp_server_ids: [server.id, 'bare', 'bare'] });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ added_servers: [server.id, 'bare'], talksTo: [server.id, 'bare'], total_count: 2 }),
    ]);
    expect(await latestAudit(agent.id)).toMatchObject({ action: 'connect-mcp', metadata: { added: [server.id, 'bare'] } });
    const removed = await agent.call('DELETE', `${path}/files`);
    expect([removed.status, removed.body]).toEqual([200, expect.objectContaining({ talksTo: ['bare'], total_count: 1 })]);
    expect(await latestAudit(agent.id)).toMatchObject({ action: 'disconnect-mcp', metadata: { removed: [server.id] } });
    expect((await world.admin.call('DELETE', `${path}/files`)).body.talksTo).toEqual(['bare']);
    expect((await world.admin.call('POST', `${path}/detect`, {})).status).toBe(422);
    expect((await world.admin.call('PUT', path, { mcp_server_ids: [] })).status).toBe(400);
  });

  test('are told by the agent as it uses them', async () => {
    const server = (await world.admin.call('POST', '/api/v1/mcp-servers', { name: 'mail', url: 'mcp://mail' })).body;
    const connected = await agent.call('POST', `/api/v1/sdk-api/agents/${agent.id}/mcp-connections`, { mcpName: 'mail' });
    expect(connected.body).toMatchObject({ success: true, mcp_server_id: server.id, attestation_count: 0 });
    expect((await agentNow(agent)).talksTo).toContain(server.id);
    const used = await agent.call('POST', `/api/v1/sdk-api/agents/${agent.id}/mcp-usage-report`, {
      mcpServers: { [server.id]: { toolUsage: { send: { count: 3 }, list: { count: 4 } } } },
    });
    expect(used.body).toMatchObject({ serversReported: 1, totalInvocations: 7 });
    expect(await latestAudit(agent.id)).toMatchObject({
      action: 'report-usage',
      metadata: { servers: [{ id: server.id, calls: 7, tools: { send: 3, list: 4 } }] },
    });
  });

  test('detections that bring a new one are on the record', async () => {
    const detections = [{ mcpServer: 'found', detectionMethod: 'sdk_runtime', confidence: 90 }];
    const { body } = await agent.call('POST', `/api/v1/detection/agents/${agent.id}/report`, { detections });
    expect(body).toMatchObject({ newMCPs: ['found'], existingMCPs: [] });
    expect(await latestAudit(agent.id)).toMatchObject({ action: 'detect-mcp', metadata: { added: ['found'] } });
  });

  test('carry tags', async () => {
    const server = (await world.admin.call('POST', '/api/v1/mcp-servers', { name: 'tagged', url: 'mcp://tagged' })).body;
    const path = `/api/v1/mcp-servers/${server.id}/tags`;
    expect((await world.admin.call('GET', path)).body).toEqual([]);
    await world.admin.call('POST', path, { tagIds: ['production'] });
    const [tag] = (await world.admin.call('GET', path)).body;
    expect(tag).toMatchObject({ key: 'production', category: 'custom' });
    expect((await world.admin.call('GET', `/api/v1/mcp-servers/${server.id}`)).body.tags).toMatchObject([{ id: tag.id }]);
    expect((await world.admin.call('DELETE', `${path}/${tag.id}`)).status).toBe(200);
    expect((await world.admin.call('DELETE', `${path}/${tag.id}`)).status).toBe(404);
    await world.admin.call('POST', path, { tagIds: [tag.id] });
    await world.admin.call('DELETE', `/api/v1/tags/${tag.id}`);
    expect((await world.admin.call('GET', path)).body).toEqual([]);
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/tags`, { tagIds: ['talks'] });
    await world.admin.call('PUT', `/api/v1/agents/${agent.id}/mcp-servers`, { mcp_server_ids: ['tagged'] });
    expect((await world.admin.call('GET', `${path}/suggestions`)).body).toMatchObject([{ key: 'talks' }]);
  });
});

describe('an action that is asked about without a signature', () => {
  const ask = (by: { call: TestAgent['call'] }, of: TestAgent, body: object): Promise<Answer> =>
    by.call('POST', `/api/v1/agents/${of.id}/verify-action`, body);

  test.each<[title: string, body: object, allowed: boolean, reason: unknown]>([
    ['granted', { action_type: 'db:read', resource: 'sales' }, true, 'Action matches registered capabilities'],
    ['granted by a namespace', { capability: 'file:read' }, true, 'Action matches registered capabilities'],
    ['not granted', { action_type: 'db:drop' }, false, expect.stringContaining('not granted')],
  ])('%s', async (_, body, allowed, reason) => {
    const answer = await ask(world.admin, agent, body);
    expect([answer.status, answer.body]).toEqual([
      allowed ? 200 : 403,
      expect.objectContaining({ allowed, reason, enforcementMode: 'strict', auditId: answer.body.audit_id }),
    ]);
    expect(await latestAudit(answer.body.auditId)).toMatchObject({ action: 'check', metadata: { allowed } });
  });

  test('is not allowed by what a person allowed once, which a signed request spends', async () => {
    const asking = await world.agent();
    const { body } = await asking.ask('db:export', { resource: 'sales', context: { jit_access: true } });
    await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, {
      narrow: { uses: 1, durationSeconds: 60 },
    });
    expect((await ask(asking, asking, { capability: 'db:export', resource: 'sales' })).body.allowed).toBe(false);
  });

  test('waits for a person where the grant says review, as a refusal', async () => {
    const watched = await world.agent();
    const grant = { capabilityType: 'db:write', executionMode: 'review' };
    await world.admin.call('POST', `/api/v1/agents/${watched.id}/capabilities`, grant);
    expect((await ask(watched, watched, { capability: 'db:write' })).body).toMatchObject({
      allowed: false,
      reason: 'pending_human_review',
    });
  });

  test('counts against the agent that asked, not against one that a person asked about', async () => {
    const asking = await world.agent();
    await ask(world.admin, asking, { capability: 'db:drop' });
    expect((await agentNow(asking)).capabilityViolationCount).toBe(0);
    await ask(asking, asking, { capability: 'db:drop' });
    expect((await agentNow(asking)).capabilityViolationCount).toBe(1);
    expect((await world.admin.call('GET', `/api/v1/agents/${asking.id}/alerts`)).body.alerts).toMatchObject([
      { alertType: 'security_breach', severity: 'critical' },
    ]);
  });

  test('is reported on once, by the agent that asked', async () => {
    const { auditId } = (await ask(agent, agent, { capability: 'db:read' })).body;
    const log = (by: TestAgent, success: boolean, id = auditId) =>
      by.call('POST', `/api/v1/agents/${by.id}/log-action/${id}`, { success, result: { rows: 1 } });
    expect((await log(agent, true)).body).toEqual({ success: true });
    expect((await log(agent, true)).status).toBe(200);
    expect((await log(agent, false)).body.reasonCode).toBe('alreadyReported');
    expect((await log(await world.agent(), true)).status).toBe(404);
    expect((await log(agent, true, 'nothing')).status).toBe(404);
  });

  test('of another agent is refused', async () => {
    expect((await ask(await world.agent(), agent, { capability: 'db:read' })).status).toBe(403);
  });
});

describe('what an agent found in itself', () => {
  const report = (severity: string) => ({
    detectedAt: '2026-11-23T03:54:48.987752Z',
    environment: { language: 'python' },
    capabilities: { fileSystem: { write: true } },
    riskAssessment: {
      overallRiskScore: 40,
      riskLevel: 'MEDIUM',
      trustScoreImpact: 50,
      alerts: [{ severity, capability: 'fileSystem', message: 'writes files', recommendation: 'limit' }],
    },
  });

  test('is kept, and what is grave becomes an alert that its trust feels', async () => {
    const honest = await world.agent();
    const path = `/api/v1/detection/agents/${honest.id}/capabilities`;
    expect((await honest.call('GET', `${path}/latest`)).status).toBe(404);
    const before = (await agentNow(honest)).trustScore;
    const { body } = await honest.call('POST', `${path}/report`, report('CRITICAL'));
    expect(body).toMatchObject({ success: true, riskLevel: 'medium', securityAlertsCount: 1 });
    expect(body.newTrustScore).toBeLessThan(before);
    expect((await agentNow(honest)).trustScore).toBe(body.newTrustScore);
    expect((await world.admin.call('GET', `${path}/latest`)).body).toMatchObject({ environment: { language: 'python' } });
    expect(await latestAudit(honest.id)).toMatchObject({ action: 'report-capabilities' });
  });

  test('does not raise its own trust by the number that it names', async () => {
    const boasting = await world.agent();
    const before = (await agentNow(boasting)).trustScore;
    const { body } = await boasting.call('POST', `/api/v1/detection/agents/${boasting.id}/capabilities/report`, report('low'));
    expect([body.securityAlertsCount, body.newTrustScore]).toEqual([0, before]);
  });

  test('is told by nobody else', async () => {
    const other = await world.agent();
    const path = `/api/v1/detection/agents/${agent.id}/capabilities/report`;
    expect((await other.call('POST', path, report('low'))).status).toBe(403);
    expect((await agent.call('POST', path, {})).body).toMatchObject({ error: 'detectedAt: is required' });
  });
});
