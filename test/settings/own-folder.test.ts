// Folders that are closed to others, and those that are not ours to close.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { closeOwnFolder } from '../../src/settings/own-folder.ts';

const place = mkdtempSync(join(tmpdir(), 'aim-own-folder-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test.each<[title: string, mode: number, after: number]>([
  ['is closed', 0o755, 0o700],
  ['that everybody shares stays open', 0o1777, 0o1777],
])('a folder %s', async (title, mode, after) => {
  const folder = join(place, title);
  mkdirSync(folder);
  chmodSync(folder, mode);
  await closeOwnFolder(folder);
  expect(statSync(folder).mode & 0o7777).toBe(after);
});

test('what a link leads to stays as it is', async () => {
  const folder = join(place, 'meant by a link');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  symlinkSync(folder, join(place, 'link'));
  await closeOwnFolder(join(place, 'link'));
  expect(statSync(folder).mode & 0o7777).toBe(0o755);
});

test('one that is not there is no matter', async () => {
  await expect(closeOwnFolder(join(place, 'nowhere'))).resolves.toBeUndefined();
});
