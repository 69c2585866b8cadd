// Folders that are made with those above them, also by two at once, and places that take none.

import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { saveAgentCredentials } from '../../src/credentials/agent-credentials.ts';
import { secure } from '../../src/index.ts';
import { makeFolder, makeFolderSync } from '../../src/settings/make-folder.ts';

const place = mkdtempSync(join(tmpdir(), 'aim-make-folder-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
writeFileSync(join(place, 'file'), '');
mkdirSync(join(place, 'there'));
symlinkSync(join(place, 'there'), join(place, 'link'));
symlinkSync(join(place, 'nowhere'), join(place, 'dangling'));

describe.each<[way: string, make: (path: string) => Promise<void>]>([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (path) => makeFolderSync(path)],
])('%s', (way, make) => {
  test('makes what is missing, for the owner alone', async () => {
    const path = join(place, way, 'a', 'b');
    await make(path);
    await make(path);
    expect([path, join(place, way)].map((one) => statSync(one).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  test('leaves a folder behind a link and the root as they are', async () => {
    await make(join(place, 'link'));
    await make('/');
  });

  test('is no matter of who comes first', async () => {
    await Promise.all(Array.from({ length: 20 }, () => make(join(place, `${way}-at-once`, 'a', 'b', 'c'))));
  });

  test.each([
    ['below a file', join(place, 'file', 'a'), 'ENOTDIR'],
    ['at a file', join(place, 'file'), 'EEXIST'],
    ['behind a link to nothing', join(place, 'dangling', 'a'), 'EEXIST'],
  ])('%s it fails', async (_, path, code) => {
    await expect(make(path)).rejects.toMatchObject({ code });
  });

  test.runIf(process.platform === 'linux')('comes back from a file system that takes no folders', async () => {
    await expect(make('/proc/aim/agents')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test.runIf(process.platform === 'linux')('an agent whose files cannot be kept is refused in words', async () => {
  const credentialsFolder = '/proc/aim';
  const started = secure('one', { aimUrl: 'http://127.0.0.1:9', apiKey: 'aim_live_x', credentialsFolder, autoDetect: false });
  await expect(started).rejects.toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining('/proc/aim') });
  const kept = saveAgentCredentials(
    { name: 'one', agentId: 'a', publicKey: 'a', privateKey: 'b', aimUrl: 'http://x', status: null, trustScore: null },
    { folder: credentialsFolder },
  );
  await expect(kept).rejects.toMatchObject({ code: 'credentials.file' });
});
