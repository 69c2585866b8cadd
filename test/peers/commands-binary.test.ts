// The single executable on a machine without Node: the commands, the control plane, the sign-in and the dashboard are all in it.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, processesOf, waitUntil } from '../pty/terminal.ts';
import { type Binary, buildBinary } from './support-binary.ts';

let built: Binary;
let binary: string;
let machine: Machine;

beforeAll(() => {
  built = buildBinary();
  binary = built.path;
  machine = freshMachine();
  const path = join(built.folder, 'path');
  mkdirSync(path);
  for (const tool of ['sh', 'true', 'git']) symlinkSync(which(tool), join(path, tool));
  machine.env['PATH'] = path;
}, 300_000);
afterAll(async () => {
  await waitUntil(() => processesOf(machine).length === 0, 20_000);
  machine.remove();
  built.remove();
});

const which = (tool: string) => execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();

function aim(args: readonly string[], input = ''): { code: number | null; stdout: string; stderr: string } {
  try {
    const stdout = execFileSync(binary, args, { env: machine.env, cwd: machine.home, input, encoding: 'utf8', stdio: 'pipe' });
    return { code: 0, stdout, stderr: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, stdout, stderr };
  }
}

test('there is no node on the path', () => {
  expect(() => execFileSync('node', ['--version'], { env: machine.env })).toThrow();
});

describe('the single executable', () => {
  test('says which version it is', () => {
    expect(JSON.parse(aim(['version', '--json']).stdout)).toMatchObject({
      node: process.versions.node,
      ink: expect.any(String),
    });
  });

  test('starts the control plane that is in it, and asks it', () => {
    expect(JSON.parse(aim(['status', '--json']).stdout)).toMatchObject({ embedded: true, reachable: true, role: 'admin' });
    expect(aim(['agents', 'ls', '--jq', '.total'])).toMatchObject({ code: 0, stdout: '0\n' });
    expect(aim(['exec', '--capability', 'files:write', '--', 'true']).code).toBe(5);
  });

  test('completes, explains, and prints its schema', () => {
    expect(aim(['__complete', '--', 'ag']).stdout).toMatch(/^agents\t/);
    expect(aim(['help', 'exit-codes']).stdout).toContain('retryAfter');
    expect(JSON.parse(aim(['schema', 'agents', 'ls']).stdout)).toMatchObject({ type: 'object' });
  });

  test('serves, and signs in to what it serves', async () => {
    const password = 'correct horse battery staple';
    const server = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--data', join(machine.root, 'data')], {
      env: { ...machine.env, AIM_ADMIN_EMAIL: 'ada@example.com', AIM_ADMIN_PASSWORD: password },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const url = await waitUntil(() => /listening on (\S+)/.exec(said)?.[1], 20_000);
    const login = ['login', '--server', url, '--email', 'ada@example.com', '--password-stdin', '--store', 'file'];
    expect(aim(login, password)).toMatchObject({ code: 0 });
    expect(JSON.parse(aim(['whoami', '--json', '--server', url]).stdout)).toMatchObject({ email: 'ada@example.com' });
    expect(readFileSync(join(machine.home, '.aim', 'sdk_credentials.json'), 'utf8')).toContain(url);
    expect(aim(['logout', '--server', url]).code).toBe(0);
    const ended = new Promise((resolve) => server.once('close', resolve));
    server.kill('SIGTERM');
    await ended;
  });

  test('opens the dashboard', async () => {
    const { PATH = '' } = machine.env;
    const terminal = openTerminal([], { env: { ...machine.env, PATH }, command: binary, columns: 100, rows: 30 });
    try {
      await terminal.waitFor(/Overview|Agents/i, 30_000);
      await terminal.keys('q');
      expect((await terminal.exited).exitCode).toBe(0);
    } finally {
      terminal.kill();
    }
  });
});
