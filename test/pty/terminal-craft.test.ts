// The dashboard and its terminal: resized, pasted into, suspended, hung up on, and given back as it was.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, processesOf, program, type Terminal, waitUntil } from './terminal.ts';

let machine: Machine;
let holder: Terminal;
const terminals: Terminal[] = [];

// One control plane for all of them: it lives as long as somebody holds it.
beforeAll(async () => {
  machine = freshMachine();
  holder = openTerminal([], { env: machine.env });
  await holder.waitFor('live', 30_000);
});
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.kill();
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

function open(env: Record<string, string> = {}): Terminal {
  const terminal = openTerminal([], { env: { ...machine.env, ...env } });
  terminals.push(terminal);
  return terminal;
}

/** What the program switched on in the terminal and did not switch off again. */
function leftOn(raw: string): string[] {
  const modes = ['7', '1000', '1004', '1006', '1049', '2004'];
  return modes.filter((mode) => {
    const on = raw.lastIndexOf(`\u001b[?${mode}${mode === '7' ? 'l' : 'h'}`);
    return on !== -1 && on > raw.lastIndexOf(`\u001b[?${mode}${mode === '7' ? 'h' : 'l'}`);
  });
}

describe('the terminal of the dashboard', () => {
  test('is drawn whole after a storm of resizes', { timeout: 60_000 }, async () => {
    const terminal = open();
    await terminal.waitFor('live', 30_000);
    await terminal.keys('2');
    for (let round = 0; round < 12; round++) {
      terminal.resize(40 + ((round * 37) % 80), 12 + ((round * 11) % 30));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    terminal.resize(100, 30);
    await terminal.waitFor((text) => {
      const rows = text.split('\n');
      return (
        /^▌aim/.test(rows[0] ?? '') &&
        /^1 Overview/.test(rows[1] ?? '') &&
        /\? help/.test(rows[29] ?? '') &&
        rows.filter((row) => row.includes('1 Overview')).length === 1
      );
    });
    await terminal.keys('q');
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
    expect(leftOn(terminal.raw())).toEqual([]);
  });

  test('takes a paste for text and never for keys', { timeout: 60_000 }, async () => {
    const terminal = open();
    await terminal.waitFor('live', 30_000);
    terminal.write('\u001b[200~q\r2\u001b[201~');
    await terminal.keys('2', '/');
    terminal.write('\u001b[200~status:\nverified\u001b[201~');
    await terminal.waitFor('/status: verified');
    await terminal.keys('escape', 'q');
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('is given back on %s', { timeout: 60_000 }, async (signal, code) => {
    const terminal = open();
    await terminal.waitFor('live', 30_000);
    terminal.signal(signal);
    expect((await terminal.exited).exitCode).toBe(code);
    expect(leftOn(terminal.raw())).toEqual([]);
    expect(terminal.emulator.buffer.active.type).toBe('normal');
  });

  test('is the shell’s while the dashboard is suspended, and comes back', { timeout: 60_000 }, async () => {
    const terminal = openTerminal(['--norc', '-i'], { env: { ...machine.env, PS1: 'shell$ ' }, command: '/bin/bash' });
    terminals.push(terminal);
    await terminal.waitFor('shell$');
    terminal.write(`${process.execPath} ${program}\r`);
    await terminal.waitFor('live', 30_000);
    await terminal.keys('2', '\u001a');
    await terminal.waitFor(/Stopped/);
    // Bracketed paste is on again: the shell reads a line.
    expect(leftOn(terminal.raw()).filter((mode) => mode !== '2004')).toEqual([]);
    terminal.write('echo hel""lo\r');
    await terminal.waitFor('hello');
    terminal.write('fg\r');
    await terminal.waitFor('2 [Agents]');
    await terminal.keys('3');
    await terminal.waitFor('3 [Events]');
    await terminal.keys('q');
    await terminal.waitFor((text) => text.trimEnd().endsWith('shell$'));
    terminal.write('exit\r');
    await terminal.exited;
  });

  test('is drawn although CI is set and empty', { timeout: 60_000 }, async () => {
    const terminal = open({ CI: '' });
    await terminal.waitFor('live', 30_000);
    await terminal.keys('\u0003');
    expect(await terminal.exited).toMatchObject({ exitCode: 0 });
  });
});
