// Projects as they really lie about: each is read as far as it makes sense, within limits, and none is waited for without end.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { autoDetectAgentType } from '../../src/detect/agent-type.ts';
import { autoDetectCapabilities } from '../../src/detect/capabilities.ts';
import { readProject } from '../../src/detect/project.ts';
import { detectProtocol } from '../../src/detect/protocol.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-odd-'));
  return () => rm(folder, { recursive: true, force: true });
});

const at = (path: string): string => join(folder, path);
async function lay(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(at(name)), { recursive: true });
    await writeFile(at(name), content);
  }
}

describe('where a project begins', () => {
  test.each<[title: string, files: Record<string, string>, start: string, root: string | null]>([
    [
      'above a package.json that only says which modules these are',
      { 'package.json': '{"name":"x"}', 'dist/package.json': '{"type":"commonjs"}', 'dist/a.js': '' },
      'dist/a.js',
      '',
    ],
    [
      'at the package of a monorepo, not at its top',
      { 'package.json': '{"name":"top"}', 'packages/a/package.json': '{"name":"a"}', 'packages/a/src/i.cts': '' },
      'packages/a/src/i.cts',
      'packages/a',
    ],
    ['at a package.json that says nothing, where no other does', { 'package.json': '[1]', 'a.js': '' }, 'a.js', ''],
    [
      'outside node_modules, for a runner that lies in there',
      {
        'package.json': '{"name":"x"}',
        'node_modules/next/package.json': '{"name":"next"}',
        'node_modules/next/bin/next.js': '',
      },
      'node_modules/next/bin/next.js',
      '',
    ],
    ['nowhere, for another language', { 'main.py': 'import openai' }, 'main.py', null],
    ['nowhere, where package.json is a folder', { 'package.json/a.js': '' }, '', null],
  ])('%s', async (_, files, start, root) => {
    await lay(files);
    expect((await readProject(at(start))).root).toBe(root === null ? null : join(folder, root));
  });

  test('at the working directory, for an entry file that is named from there', async () => {
    expect((await readProject('src')).root).toBe(process.cwd());
  });

  // Once a walk upwards that never came to a top.
  test.each(['-', '', '.', 'no/such/file.js', '/'])('an entry file called "%s" is no endless way up', async (start) => {
    expect(await readProject(start)).toMatchObject({ dependencies: expect.any(Array) });
  });
});

test.each<[title: string, manifest: string, type: string]>([
  ['one with a byte order mark', '\ufeff{"name":"x","dependencies":{"openai":"1"}}', 'gpt'],
  ['a list', '["openai"]', 'custom'],
  ['null', 'null', 'custom'],
  ['dependencies that are a list', '{"dependencies":["openai"]}', 'custom'],
  ['half a file', '{"dependencies":{"openai":', 'custom'],
])('package.json: %s', async (_, manifest, type) => {
  await lay({ 'package.json': manifest });
  expect((await autoDetectAgentType({ start: folder })).type).toBe(type);
});

test('an import map’s own name is no package', async () => {
  await lay({ 'package.json': '{"name":"x","imports":{"#openai":"./o.js"}}', 'a.mts': "import x from '#openai';" });
  expect((await autoDetectAgentType({ start: folder })).evidence).toEqual([]);
});

describe('limits', () => {
  test('links are not followed: neither in a circle, nor out of the project', async () => {
    await lay({
      'p/package.json': '{"name":"p"}',
      'p/a.js': "agent.performAction('a:b')",
      'elsewhere/b.js': "agent.performAction('c:d')",
    });
    await symlink(at('p'), at('p/again'));
    await symlink(at('elsewhere'), at('p/elsewhere'));
    expect(await autoDetectCapabilities({ start: at('p'), folder })).toEqual(['a:b']);
  });

  test('no more than four megabytes are read, and no file of more than half a one', async () => {
    await lay({ 'package.json': '{"name":"x"}', 'z.js': "agent.performAction('a:b')", 'huge.js': ' '.repeat(600_000) });
    for (let index = 0; index < 12; index += 1) await lay({ [`f${index}.js`]: ' '.repeat(500_000) });
    const { files } = await readProject(folder);
    expect(files.length).toBeLessThanOrEqual(8);
    expect(files).not.toContain(at('huge.js'));
  });

  test('what no parser reads is read as far as it goes', async () => {
    await lay({
      'package.json': '{"name":"x"}',
      'a.js': `agent.performAction('a:b', ${'('.repeat(50_000)}`,
      'b.js': '\u0000\u0001`${',
    });
    expect(await autoDetectCapabilities({ start: folder, folder })).toEqual(['a:b']);
  });
});

test('a protocol is one of those that there are, and not what every object has', () => {
  expect(detectProtocol({ explicit: 'constructor', env: {} })).toMatchObject({ protocol: 'mcp', confidence: 50 });
});
