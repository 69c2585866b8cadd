// The dashboard where terminals are not what they seem: inside tmux, on one that reads slowly, on one that only prints.

import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, processesOf, program, type Terminal, waitUntil } from './terminal.ts';

let machine: Machine;
let holder: Terminal;
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

// One control plane for all of them: it lives as long as somebody holds it.
beforeAll(async () => {
  machine = freshMachine();
  holder = openTerminal([], { env: machine.env });
  await holder.waitFor('live', 30_000);
});
afterAll(async () => {
  await holder.keys('q');
  await waitUntil(
    () => (processesOf(machine).length === 0 ? true : null),
    20_000,
    () => 'processes are left',
  );
  machine.remove();
});

describe('the dashboard', () => {
  test.skipIf(!hasTmux)('is whole inside tmux', { timeout: 60_000 }, async () => {
    const socket = `aim-${process.pid}`;
    const tmux = (...args: string[]) =>
      execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', env: { ...machine.env } });
    tmux('new-session', '-d', '-x', '100', '-y', '30', `${process.execPath} ${program}`);
    try {
      const shown = () => tmux('capture-pane', '-p');
      await waitUntil(() => /^▌aim .*live/m.test(shown()), 30_000, shown);
      tmux('send-keys', '2');
      await waitUntil(() => shown().includes('[Agents]'), 10_000, shown);
      tmux('resize-window', '-x', '60', '-y', '16');
      await waitUntil(() => shown().trimEnd().split('\n').length === 16 && /\? help/.test(shown()), 10_000, shown);
      tmux('send-keys', '?');
      await waitUntil(() => shown().includes('keys:'), 10_000, shown);
      tmux('send-keys', 'Escape');
      await waitUntil(() => !shown().includes('keys:'), 10_000, shown);
      tmux('send-keys', 'q');
      await waitUntil(() => spawnSync('tmux', ['-L', socket, 'list-sessions'], { env: machine.env }).status !== 0, 10_000);
    } finally {
      spawnSync('tmux', ['-L', socket, 'kill-server'], { env: machine.env });
    }
  });

  test('leaves out frames for a terminal that reads slowly, and then shows the latest', { timeout: 60_000 }, async () => {
    const terminal = openTerminal([], { env: machine.env, columns: 200, rows: 50 });
    await terminal.waitFor('live', 30_000);
    terminal.hold();
    for (let round = 0; round < 120; round++) {
      terminal.write(String((round % 3) + 1));
      if (round % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    terminal.write('2');
    const before = terminal.raw().length;
    terminal.release();
    await terminal.waitFor('2 [Agents]');
    // A frame of each key would be far more than what a terminal that takes nothing has room for.
    expect(terminal.raw().length - before).toBeLessThan(500_000);
    await terminal.keys('q');
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  });

  test('is lines on a terminal that only prints, with no sequence among them', { timeout: 60_000 }, async () => {
    const terminal = openTerminal([], { env: { ...machine.env, TERM: 'dumb' } });
    await terminal.waitFor('aim>', 30_000);
    terminal.write('agents\r');
    await terminal.waitFor(/No agents yet/);
    terminal.write('quit\r');
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
    expect(terminal.raw()).not.toContain('\u001b');
  });

  test('is driven by a script, and says what a person would see', { timeout: 60_000 }, async () => {
    const driven = spawnSync(process.execPath, [program, 'ui', '--script', '-', '--snapshot', 'text', '--size', '80x20'], {
      env: machine.env, input: 'wait live\npress 2\nwait No agents yet\n', encoding: 'utf8', timeout: 45_000,
    }); // biome-ignore format: one call
    expect(driven.stderr).toBe('');
    expect(driven.status).toBe(0);
    expect(driven.stdout).toMatch(/^▌aim {2}EMBEDDED/);
    expect(driven.stdout).toContain('2 [Agents]');
  });
});
