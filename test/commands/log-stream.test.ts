// `aim logs tail` for a program: it ends where it is told to, and goes on where an earlier run ended.

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';

let machine: Machine;
let log: string;
const lineOf = (number: number) =>
  `${JSON.stringify({ timestamp: `2026-11-23T10:00:0${number}.000Z`, severity: 'INFO', message: `m${number}` })}\n`;
beforeAll(() => {
  machine = freshMachine();
  log = join(machine.root, 'security.log');
  writeFileSync(log, [1, 2, 3, 4, 5].map(lineOf).join(''));
});
afterAll(() => machine.remove());

type Item = { entry: { message: string; source: { inode: number; end: number } } };
async function tail(...args: string[]): Promise<Item[]> {
  const { code, stdout, stderr } = await runHere(['logs', 'tail', log, '--json', ...args], { env: machine.env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Item]));
}
const messages = (items: readonly Item[]) => items.map(({ entry }) => entry.message);

test('ends after so many that fit', async () => {
  expect(messages(await tail('--limit', '2', '--filter', '!m1'))).toEqual(['m2', 'm3']);
});

test('ends after the first that it was to wait for', async () => {
  expect(messages(await tail('--exit-on', 'message:m3'))).toEqual(['m1', 'm2', 'm3']);
});

test('goes on behind the last line of an earlier run', async () => {
  const last = (await tail('--limit', '5')).at(-1)?.entry.source;
  appendFileSync(log, lineOf(6));
  expect(messages(await tail('--no-follow', '--cursor', `${last?.inode}:${last?.end}`))).toEqual(['m6']);
});

test.each([
  ['a position that is none', ['--cursor', 'x'], /it is no position/],
  ['a position of one log for two', ['--cursor', '1:2', '/tmp/other.log'], /belongs to one log/],
])('refuses %s', async (_, args, words) => {
  const { code, stderr } = await runHere(['logs', 'tail', log, ...args], { env: machine.env });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) });
});
