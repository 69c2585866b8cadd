// Registration against the real control plane: found again or new, by sign-in or key, and never silently somebody else.

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AIMClient,
  AuthenticationError,
  AIMClient as Client,
  ConfigurationError,
  loadAgentCredentials,
  StaleCredentialsError,
  secure,
} from '../../src/index.ts';
import { agentId } from '../../src/wire/scalars.ts';
import { answerJson, smallServer } from '../http/small-server.ts';
import { type Stage, startStage } from './operator.ts';

let stage: Stage;
let folder: string;
const opened: AIMClient[] = [];
const register: typeof secure = async (name, options) => {
  const agent = await secure(name, { credentialsFolder: folder, autoDetect: false, ...options });
  opened.push(agent);
  return agent;
};

beforeAll(async () => {
  stage = await startStage();
  folder = stage.folder;
});
afterAll(async () => {
  for (const agent of opened) await agent.close();
  await stage.stop();
});

async function newApiKey(): Promise<string> {
  const { body } = await stage.api.raw('POST', '/api/v1/api-keys', { body: { name: 'tests' } });
  return (body as { apiKey: string }).apiKey;
}

describe('secure', () => {
  test('registers with the sign-in of this machine, and keeps the key', async () => {
    const agent = await register('zero-config', { description: 'counts things', capabilities: ['db:read'] });
    expect(await loadAgentCredentials('zero-config', { folder })).toMatchObject({
      agentId: agent.agentId,
      aimUrl: stage.url,
      publicKey: agent.publicKey,
    });
    await expect(stage.api.agents.get(agentId.parse(agent.agentId))).resolves.toMatchObject({
      name: 'zero-config',
      description: 'counts things',
      publicKey: agent.publicKey,
    });
  });

  test('finds the same agent the next time', async () => {
    const first = await register('again');
    const second = await register('again');
    expect(second.agentId).toBe(first.agentId);
    expect(second.publicKey).toBe(first.publicKey);
  });

  test('makes one agent when several start at once', async () => {
    const agents = await Promise.all([1, 2, 3].map(() => register('racing')));
    expect(new Set(agents.map((agent) => agent.publicKey)).size).toBe(1);
  });

  test('registers with an API key alone', async () => {
    const elsewhere = join(folder, 'no-sign-in');
    const agent = await register('keyed', { apiKey: await newApiKey(), aimUrl: stage.url, credentialsFolder: elsewhere });
    await stage.trust(agent, ['db:read']);
    await expect(agent.performAction('db:read', () => 'rows')).resolves.toBe('rows');
  });

  test('says who could have registered it where nobody can', async () => {
    const error = await secure('nobody', { credentialsFolder: join(folder, 'empty'), aimUrl: stage.url }).catch(
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).next).toContain('aim login');
  });

  test('does not replace an agent that the server has lost, unless told to', async () => {
    const lost = await register('lost');
    await stage.api.agents.delete(agentId.parse(lost.agentId));
    await expect(register('lost')).rejects.toBeInstanceOf(StaleCredentialsError);
    const renewed = await register('lost', { forceNew: true });
    expect(renewed.agentId).not.toBe(lost.agentId);
  });

  test('gives a new key to an agent of the owner whose key is gone from this machine', async () => {
    const first = await register('rekeyed');
    await rm(join(folder, 'agents', 'rekeyed.json'));
    const second = await register('rekeyed');
    expect(second.agentId).toBe(first.agentId);
    expect(second.publicKey).not.toBe(first.publicKey);
    await stage.trust(second, ['db:read']);
    await expect(second.performAction('db:read', () => 1)).resolves.toBe(1);
  });

  test('says that a name is taken where it cannot be given a new key', async () => {
    await register('taken');
    const elsewhere = { credentialsFolder: join(folder, 'other-machine'), apiKey: await newApiKey(), aimUrl: stage.url };
    await expect(register('taken', elsewhere)).rejects.toMatchObject({ code: 'agent.name-taken' });
  });

  test('does not register a name whose file another agent has', async () => {
    await register('a.b');
    await expect(register('a b')).rejects.toMatchObject({ code: 'credentials.name-clash' });
    const { items } = await stage.api.agents.list({ limit: 100 });
    expect(items.map((one) => one.name)).not.toContain('a b');
  });

  test('says what an operator does about a new agent, and about a capability', async () => {
    const agent = await register('newcomer');
    await expect(agent.performAction('db:read', () => 1)).rejects.toMatchObject({
      next: 'Verify it: aim agents verify newcomer',
    });
    await stage.trust(agent);
    await expect(agent.performAction('db:read', () => 1)).rejects.toMatchObject({
      next: 'Grant it: aim agents capabilities grant newcomer db:read',
    });
  });

  test('does not send a stored agent to another server', async () => {
    await register('at-home');
    await expect(register('at-home', { aimUrl: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'agent.other-server' });
  });

  test('starts with a stored agent when the server is away, and then runs nothing', async () => {
    const away = await startStage();
    await (await secure('offline', { credentialsFolder: away.folder, autoDetect: false })).close();
    const stored = await readFile(join(away.folder, 'agents', 'offline.json'), 'utf8');
    await away.stop();
    const home = join(folder, 'away');
    const { mkdir, writeFile } = await import('node:fs/promises');
    await mkdir(join(home, 'agents'), { recursive: true });
    await writeFile(join(home, 'agents', 'offline.json'), stored);
    const agent = await register('offline', { credentialsFolder: home, maxRetries: 0 });
    let ran = false;
    await expect(
      agent.performAction('db:read', () => {
        ran = true;
      }),
    ).rejects.toMatchObject({ code: 'verification.unavailable' });
    expect(ran).toBe(false);
  });

  test('falls back to the older registration where a server makes the keys itself', async () => {
    const { generateSigningKey } = await import('../../src/crypto/ed25519.ts');
    const made = generateSigningKey();
    const older = await smallServer((request, response) => {
      if (request.url === '/api/v1/agents') return answerJson(response, { error: 'Authentication required' }, 401);
      answerJson(
        response,
        { agent_id: 'a1', public_key: made.publicKey, private_key: made.privateKey, status: 'verified', trust_score: 55 },
        201,
      );
    });
    const agent = await register('old-server', {
      apiKey: 'aim_live_x',
      aimUrl: older.url,
      credentialsFolder: join(folder, 'older'),
    });
    expect(agent).toMatchObject({ agentId: 'a1', publicKey: made.publicKey, status: 'verified', trustScore: 0.55 });
    expect(older.received.at(-1)?.headers['x-aim-api-key']).toBe('aim_live_x');
    await older.stop();
  });

  test.each<[title: string, isOurs: boolean]>([
    ['knows its own agent again where the answer to its registration was lost', true],
    ['does not take another one’s agent for its own', false],
  ])('%s', async (_, isOurs) => {
    let sent = '';
    let posts = 0;
    const server = await smallServer(({ method, body }, response) => {
      const agent = { id: 'a1', status: 'pending', publicKey: isOurs ? sent : Buffer.alloc(32, 7).toString('base64') };
      if (method === 'GET') return answerJson(response, sent === '' ? { error: 'not found' } : agent, sent === '' ? 404 : 200);
      posts += 1;
      sent = (JSON.parse(body) as { publicKey: string }).publicKey;
      // It was done, and nobody hears of it.
      if (posts === 1) return void response.socket?.destroy();
      answerJson(response, { error: 'agent with this name already exists' }, 409);
    });
    const registering = register('unheard', {
      apiKey: 'aim_live_x',
      aimUrl: server.url,
      credentialsFolder: join(folder, `unheard-${isOurs}`),
    });
    if (isOurs) expect(await registering).toMatchObject({ agentId: 'a1', publicKey: sent });
    else await expect(registering).rejects.toMatchObject({ code: 'agent.name-taken' });
    expect(posts).toBe(2);
    await server.stop();
  });

  test('registers with a single-use token of an operator, which goes where no log looks', async () => {
    const server = await smallServer(({ headers, url }, response) => {
      if (!url.endsWith('/bootstrap-tokens/exchange')) return answerJson(response, {}, 404);
      if (headers['x-aim-bootstrap-token'] !== 'aim_ob_once')
        return answerJson(response, { error: 'aim_ob_… was used before', code: 'bootstrap_token_used' }, 401);
      answerJson(response, { agentId: 'a1', status: 'pending', organizationId: 'o1' }, 201);
    });
    const elsewhere = { aimUrl: server.url, credentialsFolder: join(folder, 'bootstrapped') };
    const agent = await register('bootstrapped', { ...elsewhere, bootstrapToken: 'aim_ob_once', agentType: 'claude' });
    expect(agent).toMatchObject({ agentId: 'a1', status: 'pending' });
    const [sent] = server.received;
    expect(JSON.parse(sent?.body ?? '')).toEqual({ name: 'bootstrapped', agentType: 'claude', publicKey: agent.publicKey });
    expect(sent?.url).not.toContain('aim_ob');
    await expect(register('again-by-token', { ...elsewhere, bootstrapToken: 'aim_ob_used' })).rejects.toBeInstanceOf(
      AuthenticationError,
    );
    await server.stop();
  });

  test.each<[title: string, name: string, options: object, code: string]>([
    ['an empty name', ' ', {}, 'agent.name'],
    ['capabilities that are no list', 'x', { capabilities: 'db:read' }, 'agent.capabilities'],
    ['a server address without a scheme', 'x', { aimUrl: 'aim.example' }, 'settings.server'],
    ['a server address with a password in it', 'x', { aimUrl: 'https://me:secret@aim.example' }, 'settings.server'],
    ['an API key with a line break', 'x', { apiKey: 'aim_live_a\nb', aimUrl: 'http://127.0.0.1:9' }, 'settings.api-key'],
  ])('refuses %s before anything is sent', async (_, name, options, code) => {
    const error = await secure(name, { credentialsFolder: join(folder, 'bad'), ...options }).catch(
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('secret');
  });
});

describe('new AIMClient', () => {
  test.each<[title: string, change: object, code: string]>([
    ['a key that is no base64', { privateKey: '!!' }, 'client.private-key'],
    ['a key of another length', { privateKey: 'AAAA' }, 'client.private-key'],
    ['a public key of somebody else', { publicKey: Buffer.alloc(32).toString('base64') }, 'client.public-key'],
    ['an empty id', { agentId: '' }, 'client.agent-id'],
    ['a timeout of nothing', { timeout: 0 }, 'client.timeout'],
  ])('refuses %s', (_, change, code) => {
    const options = {
      agentId: 'a',
      privateKey: Buffer.alloc(32, 1).toString('base64'),
      aimUrl: 'https://aim.example',
      ...change,
    };
    let error: unknown;
    try {
      new Client(options);
    } catch (failure) {
      error = failure;
    }
    expect(error).toMatchObject({ code });
  });

  test('does not show its key when it is logged', () => {
    const privateKey = Buffer.alloc(32, 7).toString('base64');
    const client = new Client({ agentId: 'a', privateKey, aimUrl: 'https://aim.example' });
    expect(JSON.stringify(client)).not.toContain(privateKey.slice(0, 20));
  });
});
