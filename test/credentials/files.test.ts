// The files that all AIM SDKs share: their form, their modes, their locks.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  deleteAgentCredentials,
  listAgentCredentials,
  loadAgentCredentials,
  saveAgentCredentials,
} from '../../src/credentials/agent-credentials.ts';
import { loadSdkCredentials, removeSdkCredentials, saveSdkCredentials } from '../../src/credentials/sdk-credentials.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { withLock } from '../../src/settings/lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-files-'));
  return () => rm(folder, { recursive: true, force: true });
});

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
const write = (name: string, value: unknown): Promise<void> => writeFile(join(folder, name), JSON.stringify(value));
const signIn = {
  aimUrl: 'https://aim.example',
  refreshToken: 'r',
  accessToken: 'a',
  userId: 'u',
  userEmail: 'a@b.c',
  organizationId: 'o',
};

function agentNamed(name: string) {
  const { publicKey, privateKey } = generateSigningKey();
  return {
    name,
    agentId: '11111111-1111-4111-8111-111111111111',
    publicKey,
    privateKey,
    aimUrl: 'https://aim.example',
    status: 'pending',
    trustScore: 0.5,
    registeredAt: '2026-01-02T03:04:05Z',
  };
}

describe('sdk_credentials.json', () => {
  test('is written as the Python SDK writes it, without a null token id', async () => {
    await saveSdkCredentials(signIn, { folder });
    expect(await readFile(join(folder, 'sdk_credentials.json'), 'utf8')).toBe(
      JSON.stringify({ ...signIn, schemaVersion: '1.0', type: 'sdk_oauth' }, null, 2),
    );
  });

  test.each<[title: string, file: string, content: unknown]>([
    [
      'reads the older spelling',
      'sdk_credentials.json',
      { aim_url: 'https://aim.example/', refresh_token: 'r', access_token: 'a', user_email: 'a@b.c' },
    ],
    [
      'reads the older file',
      'credentials.json',
      { aimUrl: 'https://aim.example', refreshToken: 'r', accessToken: 'a', userEmail: 'a@b.c' },
    ],
  ])('%s', async (_, file, content) => {
    await write(file, content);
    expect(await loadSdkCredentials({ folder })).toMatchObject({
      aimUrl: 'https://aim.example',
      refreshToken: 'r',
      accessToken: 'a',
      userEmail: 'a@b.c',
    });
  });

  test.each<[title: string, content: string]>([
    ['is nothing where it has no refresh token', '{"aimUrl": "https://aim.example"}'],
    ['is nothing where it is broken', '{"aimUrl": '],
    ['is nothing where it is a list', '[]'],
  ])('%s', async (_, content) => {
    await writeFile(join(folder, 'sdk_credentials.json'), content);
    expect(await loadSdkCredentials({ folder })).toBeNull();
  });

  test('is never looked for in the working directory', async () => {
    await mkdir(join(folder, 'checkout', '.aim'), { recursive: true });
    await writeFile(join(folder, 'checkout', '.aim', 'sdk_credentials.json'), JSON.stringify(signIn));
    const before = process.cwd();
    process.chdir(join(folder, 'checkout'));
    try {
      expect(await loadSdkCredentials({ folder: join(folder, 'home') })).toBeNull();
    } finally {
      process.chdir(before);
    }
  });

  test('keeps members that others wrote, of the same server', async () => {
    await write('sdk_credentials.json', { ...signIn, embeddedIn: '/data' });
    await saveSdkCredentials({ ...signIn, refreshToken: 'next' }, { folder });
    expect(JSON.parse(await readFile(join(folder, 'sdk_credentials.json'), 'utf8'))).toMatchObject({
      refreshToken: 'next',
      embeddedIn: '/data',
    });
  });

  test('goes without touching agents that share the older file', async () => {
    const agent = { agent_id: 'a', private_key: 'k' };
    await write('credentials.json', { ...signIn, reporter: agent });
    await removeSdkCredentials({ folder });
    expect(JSON.parse(await readFile(join(folder, 'credentials.json'), 'utf8'))).toEqual({ reporter: agent });
  });
});

describe('agents/NAME.json', () => {
  test('is written as the Python SDK writes it, 0600 in a 0700 folder', async () => {
    const agent = agentNamed('my agent/ü');
    await saveAgentCredentials(agent, { folder });
    const file = join(folder, 'agents', 'my_agent_ü.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      agent_id: agent.agentId,
      public_key: agent.publicKey,
      private_key: agent.privateKey,
      aim_url: 'https://aim.example',
      status: 'pending',
      trust_score: 0.5,
      registered_at: '2026-01-02T03:04:05Z',
      schemaVersion: '1.0',
      type: 'agent',
      name: 'my agent/ü',
    });
    expect([await modeOf(file), await modeOf(join(folder, 'agents'))]).toEqual(['600', '700']);
    expect(await readdir(join(folder, 'agents'))).toEqual(['my_agent_ü.json']);
  });

  test('comes back as it was kept, and lists without its key', async () => {
    const agent = agentNamed('reporter');
    await saveAgentCredentials(agent, { folder });
    expect(await loadAgentCredentials('reporter', { folder })).toMatchObject(agent);
    expect(JSON.stringify(await listAgentCredentials({ folder }))).not.toContain(agent.privateKey);
    await deleteAgentCredentials('reporter', { folder });
    expect(await loadAgentCredentials('reporter', { folder })).toBeNull();
  });

  test('is not given to another name that would share its file', async () => {
    await saveAgentCredentials(agentNamed('a b'), { folder });
    expect(await loadAgentCredentials('a_b', { folder })).toBeNull();
    await expect(saveAgentCredentials(agentNamed('a_b'), { folder })).rejects.toMatchObject({ code: 'credentials.name-clash' });
  });

  test('is found in the older file, by name or alone', async () => {
    const { agentId, publicKey, privateKey, aimUrl } = agentNamed('x');
    const older = { agent_id: agentId, public_key: publicKey, private_key: privateKey, aim_url: aimUrl };
    await write('credentials.json', { reporter: older });
    expect(await loadAgentCredentials('reporter', { folder })).toMatchObject({ agentId, name: 'reporter' });
    await write('credentials.json', { ...older, name: 'alone' });
    expect(await loadAgentCredentials('alone', { folder })).toMatchObject({ agentId });
  });
});

describe('the lock', () => {
  const counting = `
    const { withLock } = await import(process.argv[1]);
    const { readFile, writeFile } = await import('node:fs/promises');
    for (let round = 0; round < 20; round += 1) await withLock(process.argv[2], async () => {
      const count = Number(await readFile(process.argv[2], 'utf8'));
      await new Promise(setImmediate);
      await writeFile(process.argv[2], String(count + 1));
    });`;

  test('lets one process in at a time', async () => {
    const path = join(folder, 'count');
    await writeFile(path, '0');
    const module = new URL('../../src/settings/lock.ts', import.meta.url).href;
    const run = promisify(execFile);
    await Promise.all([1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '-e', counting, module, path])));
    expect(await readFile(path, 'utf8')).toBe('60');
  });

  test('is taken over from a process that died', async () => {
    const path = join(folder, 'file');
    const { hostname } = await import('node:os');
    await writeFile(`${path}.held`, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    await expect(withLock(path, async () => 'done')).resolves.toBe('done');
  });

  test('is taken over from a holder elsewhere that stopped renewing it', async () => {
    const path = join(folder, 'file');
    await writeFile(`${path}.held`, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${path}.held`, longAgo, longAgo);
    await expect(withLock(path, async () => 'done')).resolves.toBe('done');
  });

  test('says who is in the way when patience ends', async () => {
    const path = join(folder, 'file');
    await writeFile(`${path}.held`, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    await expect(withLock(path, async () => 'done', 50)).rejects.toMatchObject({ code: 'credentials.locked' });
  });
});
