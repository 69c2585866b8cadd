// A server that runs for months tells malloc so, which only a process that begins can: it begins anew, as the same process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshMachine, type Machine, program } from './terminal.ts';

let machine: Machine;
beforeEach(() => {
  machine = freshMachine();
});
afterEach(() => machine.remove());

test.runIf(process.platform === 'linux').each<[what: string, given: Record<string, string>, arenas: string]>([
  ['with few arenas', {}, '2'],
  ['and does not overrule whoever has told malloc something else', { MALLOC_ARENA_MAX: '7' }, '7'],
])('a server begins %s, and is stopped as the process that was started', async (_, given, arenas) => {
  const child = spawn(process.execPath, [program, 'serve', '--listen', '127.0.0.1:0', '--data', join(machine.root, 'data')], {
    env: { ...machine.env, ...given },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(line.toString()).toContain('listening on');
  const environment = readFileSync(`/proc/${child.pid}/environ`, 'utf8').split('\0');
  expect(environment.filter((each) => each.startsWith('MALLOC_ARENA_MAX='))).toEqual([`MALLOC_ARENA_MAX=${arenas}`]);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
