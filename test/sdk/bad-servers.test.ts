// Every method against servers that answer wrongly: each ends with an error that says what was wrong, and none takes it for success.

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { A2AClient, AIMClient, AIMError, login, sealCredential, secure } from '../../src/index.ts';
import { smallServer } from '../http/small-server.ts';

let answer: (response: ServerResponse) => void = () => {};
let server: Awaited<ReturnType<typeof smallServer>>;
let agent: AIMClient;
let a2a: A2AClient;
let credentialsFolder: string;
beforeAll(async () => {
  server = await smallServer((_, response) => answer(response));
  credentialsFolder = await mkdtemp(join(tmpdir(), 'aim-bad-'));
  agent = new AIMClient({
    agentId: ID,
    privateKey: Buffer.alloc(32, 1).toString('base64'),
    aimUrl: server.url,
    maxRetries: 0,
    timeout: 0.3,
    credentialsFolder,
  });
  a2a = new A2AClient(agent);
});
afterAll(async () => {
  await agent.close();
  await server.stop();
  await rm(credentialsFolder, { recursive: true, force: true });
});

const ID = '11111111-1111-4111-8111-111111111111';
const action = vi.fn();

const CALLS: [title: string, call: () => PromiseLike<unknown>][] = [
  [
    'secure',
    () =>
      secure('aborted', {
        aimUrl: server.url,
        apiKey: 'aim_x',
        credentialsFolder,
        autoDetect: false,
        timeout: 0.3,
        maxRetries: 0,
      }),
  ],
  ['login', () => login({ server: server.url, email: 'a@b.test', password: 'x', credentialsFolder })],
  ['verifyCapability', () => agent.verifyCapability('db:read')],
  ['performAction', () => agent.performAction('db:read', { autoRegister: false }, action)],
  ['requireApproval', () => agent.requireApproval('db:read', {}, action)],
  ['action', () => agent.action('db:read', { autoRegister: false })(action)()],
  [
    'a generator',
    () =>
      agent
        .action('db:read', { autoRegister: false })(async function* () {
          yield action();
        })()
        .next(),
  ],
  ['createNewAgent', () => agent.createNewAgent({ name: 'x' })],
  ['listAgents', () => agent.listAgents()],
  ['listAgents, iterated', () => agent.listAgents()[Symbol.asyncIterator]().next()],
  ['getAgentDetails', () => agent.getAgentDetails(ID)],
  ['updateAgent', () => agent.updateAgent({ displayName: 'x' })],
  ['deleteAgent', () => agent.deleteAgent('22222222-2222-4222-8222-222222222222')],
  ['getTrustScore', () => agent.getTrustScore(undefined)],
  ['heartbeat', () => agent.heartbeat()],
  ['registerCapability', () => agent.registerCapability('a:b')],
  ['requestCapability', () => agent.requestCapability('a:b', 'needed for a test')],
  ['listCapabilities', () => agent.listCapabilities()],
  ['rotateKeys', () => agent.rotateKeys()],
  ['listApiKeys', () => agent.listApiKeys()],
  ['createApiKey', () => agent.createApiKey('x')],
  ['deleteApiKey', () => agent.deleteApiKey('x')],
  ['registerMcpServer', () => agent.registerMcpServer({ serverName: 'x', serverUrl: 'http://x.test', capabilities: [] })],
  ['listMcpServers', () => agent.listMcpServers()],
  ['attestMcpServer', () => agent.attestMcpServer('s1', { mcpName: 'x', mcpUrl: 'http://x.test', capabilitiesFound: ['a'] })],
  ['useMcpTool', () => agent.useMcpTool('s2', 'a', { mcpName: 'x', mcpUrl: 'http://x.test', capabilitiesFound: ['a'] })],
  ['attestIsolation', () => agent.attestIsolation({ sandbox: 'none', network: 'none', filesystem: 'none', process: 'none' })],
  ['secrets.resolve', () => agent.secrets.resolve('x', 'read')],
  ['secrets.use', () => agent.secrets.use('x', action)],
  ['secrets.createNamespace', () => agent.secrets.createNamespace(ID, 'x', { operations: [] })],
  ['secrets.storeCredential', () => agent.secrets.storeCredential('n', sealCredential('x', agent.publicKey))],
  ['secrets.getAuditLog', () => agent.secrets.getAuditLog(ID)],
  ['a2a.getAgentCard', () => a2a.getAgentCard(ID)],
  ['a2a.getSkills', () => a2a.getSkills(ID)],
  ['a2a.registerSkill', () => a2a.registerSkill({ name: 'x', description: 'x' })],
  [
    'a2a.verifyRequest',
    () => a2a.verifyRequest({ method: 'GET', path: '/' }, { agentId: ID, timestamp: 1, nonce: 'n', signature: 's' }),
  ],
  ['a2a.checkConsent', () => a2a.checkConsent({ userId: 'u', recipientAgentId: ID })],
];

const text =
  (body: string, type: string, status = 200): typeof answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);

test.each<[title: string, bad: typeof answer]>([
  ['a web page', text('<!doctype html><h1>Welcome to this network</h1>', 'text/html')],
  ['half a JSON', text('{"id":"x","agents":[{"na', 'application/json')],
  ['an error with success', text('{"error":true,"message":"no"}', 'application/json')],
  ['a redirect', (response) => void response.writeHead(302, { location: 'https://elsewhere.example/' }).end()],
  ['a connection that is cut', (response) => void response.socket?.destroy()],
  ['an answer that stops', (response) => void response.writeHead(200, { 'content-length': '100' }).write('{"id"')],
  ['a failure', text('oops', 'text/plain', 500)],
])('%s', async (name, bad) => {
  answer = bad;
  // A sign-in is patient: half a minute.
  const calls = CALLS.filter(([title]) => title !== 'login' || name !== 'an answer that stops');
  // All at once: what is waited for is waited for together.
  const outcomes = calls.map(async ([title, call]) => {
    const outcome = await call().then(
      (value) => JSON.stringify(value) ?? 'nothing',
      (error: unknown) => error,
    );
    return outcome instanceof AIMError ? [] : [`${title}: ${String(outcome)}`];
  });
  expect((await Promise.all(outcomes)).flat()).toEqual([]);
  expect(action).not.toHaveBeenCalled();
  expect(existsSync(join(credentialsFolder, 'agents')) ? await readdir(join(credentialsFolder, 'agents')) : []).toEqual([]);
});
