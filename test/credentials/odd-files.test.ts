// Files in ~/.aim as others leave them: behind links, cut off, with members that this version does not know.

import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkNotBroken, loadAgentCredentials, saveAgentCredentials } from '../../src/credentials/agent-credentials.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-odd-files-'));
  await mkdir(join(folder, 'agents'));
  return () => rm(folder, { recursive: true, force: true });
});

const agent = {
  name: 'one',
  agentId: '11111111-1111-4111-8111-111111111111',
  publicKey: 'cHVibGlj',
  privateKey: 'cHJpdmF0ZQ==',
  aimUrl: 'http://127.0.0.1:9',
  status: 'verified',
  trustScore: 0.5,
};
const file = (): string => join(folder, 'agents', 'one.json');
const written = async (): Promise<Record<string, unknown>> => JSON.parse(await readFile(file(), 'utf8'));

test('a file behind a link is written where it is, and the link stays', async () => {
  const real = join(folder, 'elsewhere', 'one.json');
  await mkdir(dirname(real));
  await writeFile(real, '{}');
  await symlink(real, file());
  await saveAgentCredentials(agent, { folder });
  expect((await lstat(file())).isSymbolicLink()).toBe(true);
  expect(JSON.parse(await readFile(real, 'utf8'))).toMatchObject({ agent_id: agent.agentId });
  expect((await lstat(real)).mode & 0o777).toBe(0o600);
});

describe('members that this version does not know', () => {
  test('stay with their agent', async () => {
    await saveAgentCredentials(agent, { folder });
    await writeFile(file(), JSON.stringify({ ...(await written()), future_member: { deep: [1] }, agentId: agent.agentId }));
    await saveAgentCredentials({ ...agent, publicKey: 'bmV3' }, { folder });
    expect(await written()).toMatchObject({ public_key: 'bmV3', future_member: { deep: [1] } });
    expect(await written()).not.toHaveProperty('agentId');
  });

  test('do not go over to another', async () => {
    await saveAgentCredentials(agent, { folder });
    await writeFile(file(), JSON.stringify({ ...(await written()), future_member: 1 }));
    await saveAgentCredentials({ ...agent, agentId: '22222222-2222-4222-8222-222222222222' }, { folder });
    expect(await written()).not.toHaveProperty('future_member');
  });
});

describe('a file that is cut off', () => {
  test.each(['', '{"agent_id": "1111'])('is told by name, and not taken for no agent: %j', async (text) => {
    await writeFile(file(), text);
    await expect(checkNotBroken('one', { folder })).rejects.toMatchObject({
      code: 'credentials.broken',
      message: expect.stringContaining(file()) as string,
      next: expect.stringContaining('forceNew') as string,
    });
  });

  test('because it is being written is waited for', async () => {
    await writeFile(file(), '{"agent_id"');
    const checking = checkNotBroken('one', { folder });
    await saveAgentCredentials(agent, { folder });
    await checking;
    expect(await loadAgentCredentials('one', { folder })).toMatchObject({ agentId: agent.agentId });
  });

  test('is none where there is no file', async () => {
    await checkNotBroken('one', { folder });
  });
});
