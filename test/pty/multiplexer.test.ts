// The dashboard where terminals are not what they seem: inside tmux, on one that reads slowly, on one that only prints.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, processesOf, program, type Terminal, waitUntil } from './terminal.ts';

let machine: Machine;
let holder: Terminal;
const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const hasMosh = spawnSync('mosh-server', ['--version']).error === undefined;
const hasScreen = spawnSync('screen', ['--version']).error === undefined;

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

  test.skipIf(!hasMosh)('is whole through mosh, after a resize too', { timeout: 60_000 }, async () => {
    // A server whose client was killed by a test that failed ends by itself.
    const env = { ...machine.env, LC_ALL: 'C.UTF-8', MOSH_SERVER_NETWORK_TMOUT: '30' };
    const args = ['new', '-i', '127.0.0.1', '-c', '256', '--', process.execPath, program];
    const said = execFileSync('mosh-server', args, {
      encoding: 'utf8',
      env: { ...env, TERM: 'xterm-256color' },
      stdio: 'pipe',
    });
    const [, port = '', key = ''] = /MOSH CONNECT (\d+) (\S+)/.exec(said) ?? [];
    const terminal = openTerminal(['127.0.0.1', port], { env: { ...env, MOSH_KEY: key }, command: 'mosh-client' });
    try {
      await terminal.waitFor(/^▌aim .*live/m, 30_000);
      await terminal.keys('2');
      await terminal.waitFor('[Agents]');
      terminal.resize(60, 16);
      const isWhole = () => /^1 .*2 \[Agents\]/.test(terminal.rows()[1] ?? '') && /\? help/.test(terminal.rows()[15] ?? '');
      await waitUntil(isWhole, 15_000, terminal.text);
      await terminal.keys('q');
      await waitUntil(() => !terminal.text().includes('▌aim'), 15_000, terminal.text);
    } finally {
      terminal.kill();
    }
  });

  test.skipIf(!hasScreen)('is whole inside GNU screen, and leaves it empty', { timeout: 60_000 }, async () => {
    const env = { ...machine.env, SCREENDIR: join(machine.root, 'screens'), TERM: 'xterm-256color' };
    mkdirSync(env.SCREENDIR, { mode: 0o700 });
    const shell = `${process.execPath} ${program}; echo left; read -r nothing`;
    const terminal = openTerminal(['-U', '-c', '/dev/null', '-T', 'screen-256color', 'sh', '-c', shell], {
      env,
      command: 'screen',
    });
    try {
      await terminal.waitFor(/^▌aim .*live/m, 30_000);
      await terminal.keys('2');
      await terminal.waitFor('[Agents]');
      terminal.resize(60, 16);
      await waitUntil(() => /\? help/.test(terminal.rows()[15] ?? ''), 15_000, terminal.text);
      await terminal.keys('q');
      await terminal.waitFor('left');
      expect(terminal.text()).not.toContain('▌aim');
    } finally {
      terminal.write('\r');
      terminal.kill();
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
