// What an agent can ask for beside acting, against the real control plane.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AIMClient, loadAgentCredentials, PolicyError, secure } from '../../src/index.ts';
import { type Stage, startStage } from './operator.ts';

let stage: Stage;
let agent: AIMClient;
beforeAll(async () => {
  stage = await startStage();
  agent = await stage.agent('manager-agent', { capabilities: ['db:read'] });
});
afterAll(() => stage.stop());

describe('agents', () => {
  test('creates one that secure() then finds, and deletes it again', async () => {
    const made = await agent.createNewAgent({
      name: 'data-processor',
      displayName: 'Data Processor',
      agentType: 'langchain',
      capabilities: ['db:read'],
    });
    expect(made).toMatchObject({ name: 'data-processor', displayName: 'Data Processor', agentType: 'langchain' });
    const found = await secure('data-processor', { credentialsFolder: stage.folder });
    expect(found.agentId).toBe(made.id);
    await found.close();
    await agent.deleteAgent(made.id);
    await expect(agent.getAgentDetails(made.id)).rejects.toMatchObject({ code: 'agent.not-found' });
  });

  test('lists them, awaited or one by one', async () => {
    const { agents, total } = await agent.listAgents();
    expect(agents.map((one) => one.name)).toContain('manager-agent');
    expect(total).toBe(agents.length);
    const names: string[] = [];
    for await (const one of agent.listAgents({ limit: 1 })) names.push(one.name);
    expect(names).toEqual(agents.map((one) => one.name));
  });

  test('changes itself', async () => {
    await expect(agent.updateAgent({ displayName: 'Updated Processor' })).resolves.toMatchObject({
      displayName: 'Updated Processor',
    });
  });

  test('may not delete an agent that it did not create', async () => {
    const other = await stage.agent('not-mine');
    const alone = new (await import('../../src/index.ts')).AIMClient({
      agentId: agent.agentId,
      privateKey: (await loadAgentCredentials('manager-agent', { folder: stage.folder }))?.privateKey ?? '',
      aimUrl: stage.url,
    });
    await expect(alone.deleteAgent(other.agentId)).rejects.toBeInstanceOf(PolicyError);
    await alone.close();
  });

  test('tells its trust score, and that it is alive', async () => {
    await expect(agent.getTrustScore()).resolves.toMatchObject({ score: expect.any(Number) });
    await expect(agent.heartbeat()).resolves.toBeUndefined();
  });

  test('tells how contained it runs', async () => {
    await expect(agent.attestIsolation()).resolves.toMatchObject({ score: expect.any(Number) });
  });
});

describe('capabilities', () => {
  test('asks for one, and gets the same request when it asks again', async () => {
    const request = await agent.requestCapability('db:write', 'Need write access for integration tests');
    expect(request).toMatchObject({ capabilityType: 'db:write', status: 'pending' });
    await expect(agent.requestCapability('db:write', 'Need write access for integration tests')).resolves.toMatchObject({
      id: request.id,
    });
  });

  test('says what it means to use, and that it said so before', async () => {
    await expect(
      agent.registerCapability('file:write', { description: 'reports', riskLevel: 'medium' }),
    ).resolves.toMatchObject({ status: 'pending' });
    await expect(agent.registerCapability('db:read')).resolves.toMatchObject({ status: 'already_exists' });
  });

  test('lists what it was granted', async () => {
    const granted = await agent.listCapabilities();
    expect(granted.map((one) => one.capabilityType)).toContain('db:read');
  });
});

describe('keys', () => {
  test('rotates its own: acts with the new one, and keeps it', async () => {
    const rotating = await stage.agent('rotating', { capabilities: ['db:read'] });
    const before = rotating.publicKey;
    const { publicKey, previousPublicKey } = await rotating.rotateKeys();
    expect([previousPublicKey, rotating.publicKey]).toEqual([before, publicKey]);
    expect((await loadAgentCredentials('rotating', { folder: stage.folder }))?.publicKey).toBe(publicKey);
    await expect(rotating.performAction('db:read', () => 'rows')).resolves.toBe('rows');
  });

  test('makes an API key with the sign-in of its owner, lists and deletes it', async () => {
    const { id, apiKey } = await agent.createApiKey('for a test');
    expect(apiKey).toMatch(/^aim_live_/);
    expect((await agent.listApiKeys()).map((key) => key.id)).toContain(id);
    await agent.deleteApiKey(id);
    expect((await agent.listApiKeys()).map((key) => key.id)).not.toContain(id);
  });
});

describe('MCP servers', () => {
  test('registers one, twice the same, and lists it', async () => {
    const server = {
      serverName: 'research-mcp',
      serverUrl: 'http://localhost:3000',
      capabilities: ['search'],
      description: 'Research assistant',
    };
    const first = await agent.registerMcpServer(server);
    const second = await agent.registerMcpServer(server);
    expect(second).toMatchObject({ id: first.id, existed: true });
    expect((await agent.listMcpServers()).servers.map((one) => one.name)).toContain('research-mcp');
  });

  test('attests it with what it found there, once until that is due again', async () => {
    const { id } = await agent.registerMcpServer({
      serverName: 'fs',
      serverUrl: 'stdio://fs/ü&<>',
      capabilities: ['read_file'],
    });
    const use = {
      mcpName: 'fs',
      mcpUrl: 'stdio://fs/ü&<>',
      capabilitiesFound: ['read_file', 'write_file'],
      connectionLatencyMs: 35,
    };
    await expect(agent.useMcpTool(id, 'read_file', use)).resolves.toMatchObject({ attested: true, reason: 'first_use' });
    await expect(agent.useMcpTool(id, 'read_file', use)).resolves.toMatchObject({ attested: false, reason: 'cached' });
    await expect(
      agent.useMcpTool(id, 'read_file', { ...use, capabilitiesFound: ['read_file', 'exec'] }),
    ).resolves.toMatchObject({ attested: true, reason: 'capability_drift' });
  });
});
