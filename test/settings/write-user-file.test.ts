// Changing the settings file: whole, for its owner alone, by several at once, and never where it would lose what stands there.

import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolvePaths } from '../../src/settings/paths.ts';
import { changeSetting } from '../../src/settings/write-user-file.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aim-write-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const paths = () => resolvePaths({ HOME: root, AIM_CONFIG_DIR: join(root, 'config') });
const file = () => join(root, 'config/config.json');
const put = (text: string) => {
  mkdirSync(join(root, 'config'), { recursive: true });
  writeFileSync(file(), text);
};
const content = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;
const set = (value: unknown = 12, profile: string | null = null) => changeSetting(paths(), { key: 'fps', value, profile });

test('the file is its owner’s alone, and nothing is left beside it', async () => {
  await set();
  expect([statSync(file()).mode & 0o777, statSync(join(root, 'config')).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(readdirSync(join(root, 'config'))).toEqual(['config.json']);
});

test('several processes at once lose nothing of each other', async () => {
  const at = (path: string) => JSON.stringify(new URL(`../../src/settings/${path}`, import.meta.url).href);
  const change = (name: string) =>
    promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      `const [{ changeSetting }, { resolvePaths }] = await Promise.all([import(${at('write-user-file.ts')}), import(${at('paths.ts')})]);
       const paths = resolvePaths({ HOME: ${JSON.stringify(root)}, AIM_CONFIG_DIR: ${JSON.stringify(join(root, 'config'))} });
       for (const key of ['fps', 'retries']) await changeSetting(paths, { key, value: 3, profile: '${name}' });`,
    ]);
  const names = ['one', 'two', 'three', 'four'];
  await Promise.all(names.map(change));
  expect(content()['profiles']).toEqual(Object.fromEntries(names.map((name) => [name, { fps: 3, retries: 3 }])));
});

describe('what stood there', () => {
  test.each<[title: string, text: string]>([
    ['with a byte order mark', '\uFEFF{"retries": 3}'],
    ['with the line ends of Windows', '{\r\n"retries": 3\r\n}\r\n'],
    ['beside keys that we do not know', '{"retries": 3, "fromTomorrow": {"a": 1}}'],
  ])('%s stays', async (_, text) => {
    put(text);
    await set();
    expect(content()).toMatchObject({ retries: 3, fps: 12, ...(text.includes('fromTomorrow') && { fromTomorrow: { a: 1 } }) });
  });

  test.each<[title: string, text: string]>([
    ['that is broken', '{"retries": 3'],
    ['that has a wrong type', '{"retries": "many"}'],
  ])('%s is refused, and not touched', async (_, text) => {
    put(text);
    await expect(set()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(file()) });
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  test('elsewhere, behind a link, is written there, and the link stays', async () => {
    const real = join(root, 'dotfiles.json');
    writeFileSync(real, '{"retries": 3}');
    mkdirSync(join(root, 'config'));
    symlinkSync(real, file());
    await set();
    expect(lstatSync(file()).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(real, 'utf8'))).toMatchObject({ retries: 3, fps: 12 });
  });
});

test('a folder that cannot be is named, with what to do', async () => {
  writeFileSync(join(root, 'config'), 'a file');
  await expect(set()).rejects.toMatchObject({
    code: 'config.not-writable',
    exitCode: 2,
    next: expect.stringContaining('AIM_CONFIG_DIR'),
  });
  expect(existsSync(file())).toBe(false);
});
