// Long text on a terminal goes to the pager that a person chose, and short text, pipes and JSON never do.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, run } from '../pty/terminal.ts';

let machine: Machine;
beforeAll(() => {
  machine = freshMachine();
});
afterAll(() => machine.remove());

const on = (env: Record<string, string>, ...args: string[]) =>
  openTerminal(args, { env: { ...machine.env, ...env }, columns: 100, rows: 20 });

describe('the pager', () => {
  const marked = `sh -c "sed 's/^/PAGED /'"`;
  test.each<[title: string, env: Record<string, string>, args: string[], isPaged: boolean]>([
    ['is PAGER', { PAGER: marked }, ['help', 'environment'], true],
    ['is AIM_PAGER before that', { PAGER: 'false', AIM_PAGER: marked }, ['help', 'environment'], true],
    ['is not asked for what fits', { PAGER: marked }, ['config', 'get', 'fps'], false],
    ['is not asked where nobody may be kept waiting', { PAGER: marked }, ['help', 'environment', '--no-input'], false],
    ['is not there, and the text is printed all the same', { PAGER: '/nowhere/at/all' }, ['help', 'environment'], false],
  ])('%s', async (_, env, args, isPaged) => {
    const terminal = on(env, ...args);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.raw().includes('PAGED')).toBe(isPaged);
    if (args[0] === 'help') expect(terminal.raw()).toContain('AIM_TOKEN');
  });

  test('is left without reading on, and the command ends', async () => {
    const terminal = on({ PAGER: 'true' }, 'help', 'environment');
    expect((await terminal.exited).exitCode).toBe(0);
  });

  test('is not asked in a pipe', async () => {
    const seen = join(machine.root, 'seen');
    const { stdout } = await run(['help', 'environment'], { env: { ...machine.env, PAGER: `touch ${seen}` } });
    expect(stdout).toContain('AIM_TOKEN');
    expect(() => readFileSync(seen)).toThrow();
  });
});

test('a screen reader that is announced is served with lines', async () => {
  const terminal = on({ INK_SCREEN_READER: 'true' });
  await terminal.waitFor(/aim>|help/i, 30_000);
  expect(terminal.raw()).not.toContain('\u001b[?1049h');
  terminal.write('quit\r');
  expect((await terminal.exited).exitCode).toBe(0);
});
