// Whatever the SDK waits for ends with the caller's signal, and with the caller's reason: against a server that never answers.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { A2AClient, AIMClient, login, sealCredential, secure } from '../../src/index.ts';
import { smallServer } from '../http/small-server.ts';

let server: Awaited<ReturnType<typeof smallServer>>;
let agent: AIMClient;
let a2a: A2AClient;
let credentialsFolder: string;
beforeAll(async () => {
  server = await smallServer(() => {});
  credentialsFolder = await mkdtemp(join(tmpdir(), 'aim-abort-'));
  agent = new AIMClient({ agentId: ID, privateKey: Buffer.alloc(32, 1).toString('base64'), aimUrl: server.url });
  a2a = new A2AClient(agent);
});
afterAll(async () => {
  await agent.close();
  await server.stop();
  await rm(credentialsFolder, { recursive: true, force: true });
});

const ID = '11111111-1111-4111-8111-111111111111';
const action = vi.fn();

describe('ends with its signal:', () => {
  test.each<[title: string, call: (signal: AbortSignal) => PromiseLike<unknown>]>([
    ['secure', (signal) => secure('aborted', { aimUrl: server.url, apiKey: 'aim_x', credentialsFolder, autoDetect: false, signal })],
    ['login', (signal) => login({ server: server.url, email: 'a@b.test', password: 'x', credentialsFolder, signal })],
    ['verifyCapability', (signal) => agent.verifyCapability('db:read', { signal })],
    ['performAction', (signal) => agent.performAction('db:read', { signal, autoRegister: false }, action)],
    ['requireApproval', (signal) => agent.requireApproval('db:read', { signal }, action)],
    ['action', (signal) => agent.action('db:read', { signal, autoRegister: false })(action)()],
    ['a generator', (signal) => agent.action('db:read', { signal, autoRegister: false })(async function* () { yield action(); })().next()],
    ['createNewAgent', (signal) => agent.createNewAgent({ name: 'x' }, { signal })],
    ['listAgents', (signal) => agent.listAgents({ signal })],
    ['listAgents, iterated', (signal) => agent.listAgents({ signal })[Symbol.asyncIterator]().next()],
    ['getAgentDetails', (signal) => agent.getAgentDetails(ID, { signal })],
    ['updateAgent', (signal) => agent.updateAgent({ displayName: 'x' }, { signal })],
    ['deleteAgent', (signal) => agent.deleteAgent('22222222-2222-4222-8222-222222222222', { signal })],
    ['getTrustScore', (signal) => agent.getTrustScore(undefined, { signal })],
    ['heartbeat', (signal) => agent.heartbeat({ signal })],
    ['registerCapability', (signal) => agent.registerCapability('a:b', { signal })],
    ['requestCapability', (signal) => agent.requestCapability('a:b', 'needed for a test', { signal })],
    ['listCapabilities', (signal) => agent.listCapabilities({ signal })],
    ['rotateKeys', (signal) => agent.rotateKeys({ signal })],
    ['listApiKeys', (signal) => agent.listApiKeys({ signal })],
    ['createApiKey', (signal) => agent.createApiKey('x', { signal })],
    ['deleteApiKey', (signal) => agent.deleteApiKey('x', { signal })],
    ['registerMcpServer', (signal) => agent.registerMcpServer({ serverName: 'x', serverUrl: 'http://x.test', capabilities: [] }, { signal })],
    ['listMcpServers', (signal) => agent.listMcpServers({ signal })],
    ['attestMcpServer', (signal) => agent.attestMcpServer('s1', { mcpName: 'x', mcpUrl: 'http://x.test', capabilitiesFound: ['a'] }, { signal })],
    ['useMcpTool', (signal) => agent.useMcpTool('s2', 'a', { mcpName: 'x', mcpUrl: 'http://x.test', capabilitiesFound: ['a'] }, { signal })],
    ['attestIsolation', (signal) => agent.attestIsolation({ sandbox: 'none', network: 'none', filesystem: 'none', process: 'none' }, { signal })],
    ['secrets.resolve', (signal) => agent.secrets.resolve('x', 'read', { signal })],
    ['secrets.use', (signal) => agent.secrets.use('x', action, { signal })],
    ['secrets.createNamespace', (signal) => agent.secrets.createNamespace(ID, 'x', { operations: [], signal })],
    ['secrets.storeCredential', (signal) => agent.secrets.storeCredential('n', sealCredential('x', agent.publicKey), { signal })],
    ['secrets.getAuditLog', (signal) => agent.secrets.getAuditLog(ID, { signal })],
    ['a2a.getAgentCard', (signal) => a2a.getAgentCard(ID, { signal })],
    ['a2a.getSkills', (signal) => a2a.getSkills(ID, { signal })],
    ['a2a.registerSkill', (signal) => a2a.registerSkill({ name: 'x', description: 'x' }, { signal })],
    ['a2a.verifyRequest', (signal) => a2a.verifyRequest({ method: 'GET', path: '/' }, { agentId: ID, timestamp: 1, nonce: 'n', signature: 's' }, { signal })],
    ['a2a.checkConsent', (signal) => a2a.checkConsent({ userId: 'u', recipientAgentId: ID }, { signal })],
  ])('%s', async (_, call) => {
    const controller = new AbortController();
    const reason = new Error('no longer needed');
    const asked = server.received.length;
    const calling = call(controller.signal).then(
      () => 'answered',
      (error: unknown) => error,
    );
    await vi.waitFor(() => expect(server.received.length).toBeGreaterThan(asked), { interval: 5, timeout: 10_000 });
    controller.abort(reason);
    expect(await calling).toBe(reason);
    expect(action).not.toHaveBeenCalled();
  }); // biome-ignore format: one table

  test('and sends nothing where it was given up before', async () => {
    const asked = server.received.length;
    await expect(agent.verifyCapability('db:read', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
    expect(server.received.length).toBe(asked);
  });
});
