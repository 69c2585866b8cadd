// Signing in that is broken off, at every stage: the exit code says so, nothing is kept, nobody listens any more, the terminal is as it was.

import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { smallServer } from '../http/small-server.ts';
import { freshMachine, type Machine, openTerminal, program, run, waitUntil } from '../pty/terminal.ts';

let plane: TestControlPlane;
let machine: Machine;
beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(() => plane.stop());
beforeEach(() => {
  machine = freshMachine();
});
afterEach(() => machine.remove());

const kept = () => (existsSync(join(machine.home, '.aim')) ? readdirSync(join(machine.home, '.aim')) : []);
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => socket.destroy()).once('connect', () => socket.end());
  });
/** In a shell on a terminal, which afterwards says how it ended and whether the terminal shows what is typed. */
const inShell = (words: string, env: Record<string, string> = {}) =>
  openTerminal(
    ['-c', `trap : INT; ${process.execPath} ${program} login --server ${plane.url} ${words}; echo "ended with $?"; stty -a`],
    {
      env: { ...machine.env, ...env },
      command: 'sh',
      columns: 500,
    },
  );

describe('a sign-in that is broken off', () => {
  const ssh = { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22' };
  test.each<[stage: string, words: string, env: Record<string, string>, shown: RegExp, stop: string, code: number]>([
    ['while the browser is waited for', '--no-browser', {}, /localhost%3A\d+/, 'ctrl-c', 130],
    ['while another device is waited for', '--device', {}, /[A-Z0-9]{4}-[A-Z0-9]{4}/, 'ctrl-c', 130],
    ['over SSH, where nobody asked for a device', '', ssh, /[A-Z0-9]{4}-[A-Z0-9]{4}/, 'ctrl-c', 130],
    ['while the password is typed', '--email a@b.example', {}, /Password:/, 'ctrl-c', 130],
    ['by the end of the input', '--email a@b.example', {}, /Password:/, '\u0004', 130],
  ])('%s', async (_, words, env, shown, stop, code) => {
    const terminal = inShell(words, env);
    const screen = await terminal.waitFor(shown);
    const port = /localhost%3A(\d+)/.exec(screen)?.[1];
    if (port !== undefined) expect(await listens(Number(port))).toBe(true);
    await terminal.keys(stop);
    await terminal.waitFor(/speed \d+ baud/);
    expect(terminal.text()).toContain(`ended with ${code}`);
    expect(terminal.text()).toMatch(/[^-]icanon[\s\S]*[^-]echo /);
    expect(kept()).toEqual([]);
    if (port !== undefined) expect(await listens(Number(port))).toBe(false);
    await terminal.exited;
  });

  test.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('by %s', async (signal, code) => {
    const terminal = openTerminal(['login', '--server', plane.url, '--no-browser'], { env: machine.env, columns: 300 });
    await terminal.waitFor(/localhost%3A\d+/);
    terminal.signal(signal);
    expect((await terminal.exited).exitCode).toBe(code);
    expect(kept()).toEqual([]);
  });
});

describe('the browser', () => {
  test('is the one that BROWSER names, with its words, without a shell', async () => {
    const script = join(machine.root, 'browser');
    const seen = join(machine.root, 'seen');
    writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$@" > ${seen}.part && mv ${seen}.part ${seen}\n`);
    chmodSync(script, 0o755);
    const env = { ...machine.env, BROWSER: `/nowhere/at/all:${script} --private 'a b' %s` };
    const terminal = openTerminal(['login', '--server', plane.url], { env, columns: 300 });
    await terminal.waitFor('Sign in in the browser that has opened');
    await waitUntil(() => existsSync(seen));
    expect(readFileSync(seen, 'utf8').split('\n')).toEqual([
      '--private',
      'a b',
      expect.stringContaining('code_challenge='),
      '',
    ]);
    terminal.kill();
    await terminal.exited;
  });

  test('that cannot be started leaves the address, and the way to do without', async () => {
    const env = { ...machine.env, BROWSER: '/nowhere/at/all' };
    const terminal = openTerminal(['login', '--server', plane.url], { env, columns: 300 });
    await terminal.waitFor('aim login --device');
    expect(terminal.text()).toContain('Open this address in a browser on this machine:');
    terminal.kill();
    await terminal.exited;
  });
});

describe('a server that is none', () => {
  const html = '<!doctype html><title>Welcome</title>';
  test.each<[title: string, answer: (response: ServerResponse) => unknown, code: number]>([
    ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html), 10],
    ['not found', (response) => response.writeHead(404).end(), 10],
    ['an end in the middle', (response) => response.destroy(), 10],
    ['an answer of another kind', (response) => response.end('[1, 2'), 10],
  ])('that answers with %s is named, and nothing is kept', async (_, answer, code) => {
    const server = await smallServer((_request, response) => void answer(response));
    for (const words of [['--device'], ['--email', 'a@b.example', '--password-stdin']]) {
      const ended = await run(['login', '--server', server.url, ...words], { env: machine.env, input: 'secret' });
      expect(ended).toMatchObject({ code, stderr: expect.stringContaining(server.url) });
      expect(ended.stderr).not.toContain('secret');
    }
    expect(kept()).toEqual([]);
    await server.stop();
  });
});
