// Each heading of the Python SDK's reference, and what its snippets promise, against the real control plane. `guide.test.ts` runs the twins as
// they are written in the guide; this looks at what came of them.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as sdk from '../../src/index.ts';
import { type Stage, startStage } from './operator.ts';

let stage: Stage;
let home: string;
const homeBefore = process.env['HOME'];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'aim-reference-'));
  process.env['HOME'] = home;
  stage = await startStage();
});
afterAll(async () => {
  await stage.stop();
  process.env['HOME'] = homeBefore;
  await rm(home, { recursive: true, force: true });
});

describe('Installation', () => {
  test('login() keeps a sign-in that secure() then finds', async () => {
    const credentialsFolder = join(home, 'signed-in');
    const signedIn = await sdk.login({
      server: stage.url,
      email: 'operator@example.test',
      password: 'correct horse battery staple',
      credentialsFolder,
    });
    expect(signedIn).toEqual({ server: stage.url, userEmail: 'operator@example.test' });
    const agent = await sdk.secure('installed', { credentialsFolder, autoDetect: false });
    expect(agent.agentId).toMatch(/^[0-9a-f-]{36}$/);
    await agent.close();
  });

  test('a wrong password is an AuthenticationError, and nothing is kept', async () => {
    const credentialsFolder = join(home, 'not-signed-in');
    const refused = sdk.login({ server: stage.url, email: 'operator@example.test', password: 'wrong', credentialsFolder });
    await expect(refused).rejects.toBeInstanceOf(sdk.AuthenticationError);
    expect(await sdk.loadSdkCredentials({ folder: credentialsFolder })).toBeNull();
  });
});

describe('Quick Start', () => {
  test('registers, makes a key pair, and verifies before the function runs', async () => {
    const agent = await stage.agent('quick', { capabilities: ['db:read'] });
    const query = vi.fn(() => ['ada']);
    const getUsers = agent.action('db:read', { resource: 'users_table' })(query);
    await expect(getUsers()).resolves.toEqual(['ada']);
    expect(Buffer.from(agent.publicKey, 'base64')).toHaveLength(32);
    expect((await sdk.loadAgentCredentials('quick', { folder: stage.folder }))?.privateKey).toBeTruthy();
  });
});

describe('Core Classes & Functions', () => {
  test.each([
    'secure', 'registerAgent', 'AIMClient', 'AgentType', 'AIMError', 'AuthenticationError', 'VerificationError', 'ActionDeniedError', 'ConfigurationError',
    'StaleCredentialsError', 'VerificationUnavailableError', 'autoDetectCapabilities', 'autoDetectAgentType', 'autoDetectMcps', 'MCPDetector', 'trackMcpCall',
    'SecurityLogger', 'configureSecurityLogging', 'EventSeverity', 'AuthzEventType', 'loadSdkCredentials', 'saveSdkCredentials', 'loadAgentCredentials',
    'saveAgentCredentials', 'listAgentCredentials', 'deleteAgentCredentials', 'A2AClient', 'A2AAgentCard', 'AttestationCache', 'registerMcpServer',
    'listMcpServers', 'attestMcpServer', 'useMcpTool', 'autoDetectIsolation', 'scoreIsolation', 'autoDetectProtocol', 'activateHooks', 'securityLogger',
  ])('%s is exported', (name) => {
    expect(sdk).toHaveProperty(name);
  }); // biome-ignore format: one list

  test('AIMClient has the methods of the reference', async () => {
    const agent = await stage.agent('methods');
    for (const name of [
      'verifyCapability', 'performAction', 'action', 'requireApproval', 'registerCapability', 'requestCapability', 'createNewAgent', 'listAgents',
      'getAgentDetails', 'updateAgent', 'deleteAgent', 'registerMcpServer', 'listMcpServers', 'attestMcpServer', 'useMcpTool', 'rotateKeys', 'listApiKeys',
    ] as const) expect(agent[name], name).toBeTypeOf('function'); // biome-ignore format: one list
  });

  test('the errors form the hierarchy of the reference', () => {
    const { AIMError } = sdk;
    for (const one of [sdk.AuthenticationError, sdk.VerificationError, sdk.ActionDeniedError, sdk.ConfigurationError])
      expect(one.prototype).toBeInstanceOf(AIMError);
    expect(sdk.StaleCredentialsError.prototype).toBeInstanceOf(sdk.ConfigurationError);
    expect(sdk.VerificationUnavailableError.prototype).toBeInstanceOf(sdk.VerificationError);
    expect(sdk.ActionDeniedError.prototype).not.toBeInstanceOf(sdk.VerificationError);
  });
});

describe('Decorators & Clean Code', () => {
  test('without a name the function’s own is the capability', async () => {
    const agent = await stage.agent('decorated', { capabilities: ['searchFlights'] });
    const search = agent.action()(async function searchFlights(destination: string) {
      return `to ${destination}`;
    });
    await expect(search('Rome')).resolves.toBe('to Rome');
    expect(search.name).toBe('searchFlights');
    expect(() => agent.action()(async () => 1)).toThrow(sdk.ConfigurationError);
  });

  test('as a method decorator it keeps this, arguments and private members', async () => {
    const agent = await stage.agent('methodical', { capabilities: ['db:read'] });
    const read = agent.action('db:read', { resource: (table: string) => table });
    class Store {
      readonly #rows = ['ada'];
      async rows(table: string): Promise<string> {
        return `${table}: ${this.#rows}`;
      }
    }
    const context = { name: 'rows' } as unknown as ClassMethodDecoratorContext<Store>;
    const rows = read(Store.prototype.rows, context);
    await expect(rows.call(new Store(), 'users')).resolves.toBe('users: ada');
  });

  test('the risk level is detected from the name', async () => {
    const agent = await stage.agent('risky', { capabilities: ['db:read', 'payment:refund'] });
    await expect(agent.verifyCapability('db:read')).resolves.toMatchObject({ riskLevel: 'low' });
    await expect(agent.verifyCapability('payment:refund')).resolves.toMatchObject({ riskLevel: 'critical' });
    await expect(agent.verifyCapability('db:read', { riskLevel: 'high' })).resolves.toMatchObject({ riskLevel: 'high' });
  });

  test('jitAccess waits for an administrator, and carries who approved', async () => {
    const agent = await stage.agent('waiting');
    const verifying = agent.verifyCapability('payment:refund', { resource: 'ord_123', jitAccess: true, riskLevel: 'critical' });
    await stage.api.approvals.approve(await stage.nextPending(), { reason: 'fine' });
    await expect(verifying).resolves.toMatchObject({
      verified: true,
      approvedBy: expect.stringContaining('operator'),
      mode: 'strict',
    });
  });
});

describe('Configuration', () => {
  test('by hand: the stored key, a timeout in seconds, retries', async () => {
    await stage.agent('by-hand', { capabilities: ['db:read'] });
    const stored = await sdk.loadAgentCredentials('by-hand', { folder: stage.folder });
    const client = new sdk.AIMClient({
      agentId: stored?.agentId ?? '',
      publicKey: stored?.publicKey,
      privateKey: stored?.privateKey ?? '',
      aimUrl: stage.url,
      timeout: 30,
      autoRetry: true,
      maxRetries: 3,
    });
    await expect(client.verifyCapability('db:read')).resolves.toMatchObject({ verified: true });
    await client.close();
  });

  test('an explicit type and capabilities are what is registered', async () => {
    const agent = await stage.agent('typed', { agentType: sdk.AgentType.LANGCHAIN, capabilities: ['db:read', 'api:call'] });
    await expect(agent.getAgentDetails(agent.agentId)).resolves.toMatchObject({ agentType: 'langchain' });
  });
});

describe('Error Handling', () => {
  test('a denied capability is ActionDeniedError, an unknown server VerificationError, a missing sign-in ConfigurationError', async () => {
    const agent = await stage.agent('erring');
    await expect(agent.verifyCapability('email:send', { resource: 'admin@example.com' })).rejects.toBeInstanceOf(
      sdk.ActionDeniedError,
    );
    const stored = await sdk.loadAgentCredentials('erring', { folder: stage.folder });
    const lost = new sdk.AIMClient({
      agentId: agent.agentId,
      privateKey: stored?.privateKey ?? '',
      aimUrl: 'http://127.0.0.1:9',
      maxRetries: 0,
    });
    await expect(lost.verifyCapability('email:send')).rejects.toBeInstanceOf(sdk.VerificationError);
    await expect(sdk.secure('nobody', { credentialsFolder: join(home, 'empty') })).rejects.toBeInstanceOf(
      sdk.ConfigurationError,
    );
  });

  test('another key than the registered one is AuthenticationError', async () => {
    const agent = await stage.agent('impostor');
    const other = new sdk.AIMClient({
      agentId: agent.agentId,
      privateKey: Buffer.alloc(32, 9).toString('base64'),
      aimUrl: stage.url,
    });
    const error = await other.verifyCapability('db:read').catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(sdk.AuthenticationError);
    expect(error).toMatchObject({ code: 'agent.not-recognized', requestId: expect.any(String), next: expect.any(String) });
    await other.close();
  });
});

describe('MCP Server Integration', () => {
  test('registers under the name of the Python function, twice the same', async () => {
    const agent = await stage.agent('mcp-agent');
    const server = {
      serverName: 'research-mcp',
      serverUrl: 'http://localhost:3000',
      capabilities: ['search'],
      version: '1.0.0',
    };
    const { id, existed, trustScore } = await sdk.registerMcpServer(agent, server);
    expect([existed, typeof trustScore]).toEqual([false, 'number']);
    await expect(sdk.registerMcpServer(agent, server)).resolves.toMatchObject({ id, existed: true });
    expect((await sdk.listMcpServers(agent)).servers.map(({ name }) => name)).toContain('research-mcp');
  });

  test('detections are read as the manual reads them', async () => {
    const home = await mkdtemp(join(tmpdir(), 'aim-claude-'));
    const { mkdir, writeFile } = await import('node:fs/promises');
    await mkdir(join(home, '.config', 'Claude'), { recursive: true });
    await writeFile(
      join(home, '.config', 'Claude', 'claude_desktop_config.json'),
      JSON.stringify({ mcpServers: { github: { command: 'npx', args: ['-y', 'x'], env: { TOKEN: 'ghp_secret' } } } }),
    );
    const found = await sdk.autoDetectMcps({ home, cwd: home, env: {}, platform: 'linux' });
    expect(found.map(({ name, command, capabilities }) => ({ name, command, capabilities }))).toEqual([
      { name: 'github', command: 'npx', capabilities: [] },
    ]);
    expect(JSON.stringify(found)).not.toContain('ghp_secret');
    await rm(home, { recursive: true, force: true });
  });

  test('trackMcpCall notes the tool, and keeps no argument', () => {
    sdk.trackMcpCall('github', 'create_issue', { title: 'Bug fix' });
    const [call] = new sdk.MCPDetector().detectFromRuntime();
    expect(call).toMatchObject({ name: 'github', capabilities: ['create_issue'] });
    expect(JSON.stringify(call)).not.toContain('Bug fix');
  });
});

describe('Testing & Development', () => {
  test('forceNew, agent id, verification and request as in the manual’s tests', async () => {
    const agent = await stage.agent('test-agent', { forceNew: true, capabilities: ['db:read'] });
    expect(agent.agentId).not.toBeNull();
    await expect(agent.verifyCapability('db:read', { resource: 'test_table' })).resolves.toMatchObject({ verified: true });
    const { status } = await agent.requestCapability('db:write', 'Need write access for integration tests');
    expect(['pending', 'approved']).toContain(status);
  });
});

describe('Advanced Features', () => {
  test('security logging from the environment and by hand', async () => {
    const file = join(home, 'security.log');
    const logger = new sdk.SecurityLogger({ logFile: file });
    logger.logAuthorization('ACTION_EXECUTED', { action: 'db:read', resource: 'users', granted: true, agentId: 'a1' });
    await logger.flush();
    expect(JSON.parse((await readFile(file, 'utf8')).trim())).toMatchObject({ event_type: 'ACTION_EXECUTED', agent_id: 'a1' });
    expect([sdk.EventSeverity.WARNING, sdk.AuthzEventType.ACTION_EXECUTED]).toEqual(['WARNING', 'ACTION_EXECUTED']);
  });

  test('A2AClient.fromEnv, a card from capabilities, AttestationCache() without options', async () => {
    const agent = await stage.agent('a2a-agent');
    const stored = await sdk.loadAgentCredentials('a2a-agent', { folder: stage.folder });
    const a2a = sdk.A2AClient.fromEnv({
      AIM_AGENT_ID: agent.agentId,
      AIM_PRIVATE_KEY: stored?.privateKey,
      AIM_PUBLIC_KEY: stored?.publicKey,
      AIM_URL: stage.url,
    });
    expect(a2a.agentId).toBe(agent.agentId);
    const card = new sdk.A2AAgentCard({ agentId: agent.agentId, name: 'a2a-agent', capabilities: ['db:read', 'api:call'] });
    expect(card.card.skills.map(({ id }) => id)).toEqual(['db:read', 'api:call']);
    const cache = new sdk.AttestationCache();
    await expect(cache.shouldAttest('s1')).resolves.toMatchObject({ reason: 'first_use' });
  });

  test('credentials are listed and deleted', async () => {
    await stage.agent('short-lived');
    const names = async () => (await sdk.listAgentCredentials({ folder: stage.folder })).map(({ name }) => name);
    expect(await names()).toContain('short-lived');
    await sdk.deleteAgentCredentials('short-lived', { folder: stage.folder });
    expect(await names()).not.toContain('short-lived');
  });
});
