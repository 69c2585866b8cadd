// A dry run of what happens on this machine alone.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/control-plane/database/open.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { sampleLines } from '../security-log/samples.ts';
import { runHere } from './in-process.ts';

let machine: Machine;
const at = (...path: string[]) => join(machine.root, ...path);
const aim = (...argv: string[]) => runHere(argv, { env: machine.env, cwd: machine.root });

beforeAll(async () => {
  machine = freshMachine();
  writeFileSync(at('security.log'), sampleLines.map((line) => `${line}\n`).join(''));
  writeFileSync(
    at('notes.json'),
    JSON.stringify({ tools: [{ name: 'read', description: 'Reads', inputSchema: { type: 'object' } }] }),
  );
  mkdirSync(at('home', '.cursor'), { recursive: true });
  writeFileSync(at('home', '.cursor', 'mcp.json'), JSON.stringify({ mcpServers: { notes: { command: 'notes' } } }));
  mkdirSync(at('data'));
  await (await openDatabase({ location: at('data', 'aim.db') })).close();
  expect(await aim('serve', 'backup', 'a.db', '--data', 'data')).toMatchObject({ code: 0 });
  expect(await aim('mcp', 'quarantine', 'notes', '--yes')).toMatchObject({ code: 0 });
});
afterAll(() => machine.remove());

describe('--dry-run of what happens on this machine says what would happen, and nothing does', () => {
  test.each<[args: string, words: RegExp, untouched: string[]]>([
    ['mcp lock --from notes=notes.json', /notes would be added/, ['mcp-lock.json', 'aim-mcp.lock.json']],
    ['mcp release notes', /Cursor: notes is put back in .*mcp\.json, as it is in /, []],
    [
      'logs export security.log --to file:out.log --format cef',
      /security\.log would be read\n.*file:out\.log, as cef/,
      ['out.log'],
    ],
    ['serve backup b.db --data data', /b\.db would be written, with everything in /, ['b.db']],
    ['serve backup a.db --data data --replace', /a\.db would be replaced/, []],
    ['serve restore a.db --data other', /aim\.db would be made from .*a\.db\n.*the backup holds 0 agents/, ['other']],
    ['serve restore a.db --data data --replace', /aim\.db would be set aside/, []],
  ])('%s', async (line, words, untouched) => {
    const before = [at('home', '.cursor', 'mcp.json'), at('a.db')].map((path) => readFileSync(path).toString('base64'));
    const { code, stdout, stderr } = await aim(...line.split(' '), '--dry-run');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringMatching(words), stderr: '' });
    expect(stdout).toContain('Nothing was written. It would be:');
    expect(untouched.filter((path) => existsSync(at(path)))).toEqual([]);
    expect([at('home', '.cursor', 'mcp.json'), at('a.db')].map((path) => readFileSync(path).toString('base64'))).toEqual(
      before,
    );
    const { dryRun, changes } = JSON.parse((await aim(...line.split(' '), '--dry-run', '--json')).stdout);
    expect({ dryRun, changes }).toEqual({ dryRun: true, changes: expect.arrayContaining([expect.any(String)]) });
  });

  test.each<[args: string, code: number, words: string]>([
    ['serve stop --data data', 6, 'No control plane uses'],
    ['serve backup a.db --data data', 2, 'exists already'],
    ['serve backup c.db --data nowhere', 2, 'nowhere'],
    ['serve restore a.db --data data', 2, 'holds a control plane already'],
    ['serve restore none.db --data other', 2, 'There is no file'],
    ['mcp release other', 2, 'These are: notes'],
    ['logs export security.log --to gopher:x', 2, 'is no target'],
    ['logs export none.log', 6, 'There is no log'],
  ])('what would be refused is refused: %s', async (line, code, words) => {
    const finished = await aim(...line.split(' '), '--dry-run');
    expect(finished).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
  });
});
