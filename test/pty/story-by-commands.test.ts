// The main job by commands alone: serve, sign in, watch, approve, deny, edit, suspend, look, and find it all again.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, processesOf, program, run, waitUntil } from './terminal.ts';

const admin = { email: 'ada@example.com', password: 'correct horse battery staple' };
let machine: Machine;
let url = '';
let server: Process;
let demo: Process;

beforeAll(async () => {
  machine = freshMachine({ AIM_DEMO_PACE: '0.2' });
  server = start(['serve', '--listen', '127.0.0.1:0', '--data', join(machine.root, 'data')], {
    AIM_ADMIN_EMAIL: admin.email,
    AIM_ADMIN_PASSWORD: admin.password,
  });
  url = await waitUntil(
    () => /^listening on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(server.stdout())?.[1],
    20_000,
    server.complaint,
  );
});

afterAll(async () => {
  await Promise.all([demo, server].map((started) => started?.stop('SIGKILL')));
  machine.remove();
});

describe('from a fresh machine to an approved action, by commands', () => {
  test('nobody is signed in at first, and the exit code says so', async () => {
    const { code, stderr } = await aim('--server', url, 'agents', 'ls', '--json');
    expect(code).toBe(4);
    expect(JSON.parse(stderr)).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      hint: expect.stringContaining('aim login'),
    });
  });

  test('a wrong password is told as such', async () => {
    const { code, stderr } = await aim.withInput(
      'not it\n',
      'login',
      '--server',
      url,
      '--email',
      admin.email,
      '--password-stdin',
    );
    expect(code).toBe(4);
    expect(stderr).not.toContain('not it');
  });

  test('signs in with a password from standard input', async () => {
    const { code, stderr } = await aim.withInput(
      `${admin.password}\n`,
      'login',
      '--server',
      url,
      '--email',
      admin.email,
      '--password-stdin',
      '--store',
      'file',
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const status = await json('status');
    expect(status).toMatchObject({ server: url });
    expect(JSON.stringify(status)).toContain(admin.email);
  });

  test('the demo brings three agents, each a process of its own', async () => {
    demo = start(['demo', '--json']);
    await waitUntil(
      async () => (await items('agents', 'ls')).filter(({ status }) => status === 'verified').length === 3,
      30_000,
      demo.complaint,
    );
    const names = (await items('agents', 'ls')).map(({ name }) => name);
    expect(names.sort()).toEqual(['demo-bookkeeper', 'demo-librarian', 'demo-scribe']);
  });

  test('events arrive as lines of JSON, allowed and denied ones', async () => {
    const tail = start(['events', 'tail', '--json']);
    const outcomes = () =>
      tail
        .stdout()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.stringify(JSON.parse(line)));
    await waitUntil(
      () => outcomes().some((line) => line.includes('db:read')) && outcomes().some((line) => /denied/.test(line)),
      30_000,
      tail.complaint,
    );
    await tail.stop('SIGINT');
    expect(tail.code()).toBe(130);
  });

  test('an approval makes the action happen', async () => {
    const request = await waitingFor('demo-scribe');
    expect(pushed()).toBe(false);
    const shown = await json('approvals', 'show', request.id);
    expect(shown).toMatchObject({ id: request.id, capability: 'git:push', resource: 'origin/main', status: 'pending' });
    const decided = await json('approvals', 'approve', request.id, '--reason', 'Looks right', '--yes');
    expect(decided).toMatchObject({ status: 'approved' });
    await waitUntil(pushed, 15_000, demo.complaint);
  });

  test('a second decision on the same request is a conflict that says what holds', async () => {
    const [decided] = (await items('approvals', 'ls', '--status', 'approved')) as [{ id: string }];
    const { code, stderr } = await aim('approvals', 'deny', decided.id, '--reason', 'Too late', '--json', '--yes');
    expect(code).toBe(7);
    expect(JSON.stringify(JSON.parse(stderr))).toContain('approved');
  });

  test('a denial needs a reason, and the reason reaches the agent', async () => {
    const request = await waitingFor('demo-bookkeeper');
    const without = await aim('approvals', 'deny', request.id, '--yes');
    expect(without.code).toBe(2);
    const reason = 'No refunds on a Sunday';
    expect(await json('approvals', 'deny', request.id, '--reason', reason, '--yes')).toMatchObject({ status: 'denied' });
    await waitUntil(() => demo.stdout().includes(reason), 15_000, demo.complaint);
    await waitUntil(async () =>
      (await aim('logs', 'tail', '--no-follow', '--backlog', '500', '--json')).stdout.includes(reason),
    );
  });

  test('an unknown id is not found, with its own exit code', async () => {
    expect((await aim('approvals', 'show', '00000000-0000-4000-8000-000000000000')).code).toBe(6);
  });

  test('edits an agent, suspends it, and its next action is refused', async () => {
    await json('agents', 'edit', 'demo-librarian', '--description', 'Keeps the notes in order');
    expect(await json('agents', 'show', 'demo-librarian')).toMatchObject({ description: 'Keeps the notes in order' });
    expect(await json('agents', 'suspend', 'demo-librarian', '--reason', 'Being tidied', '--yes')).toMatchObject({
      status: 'suspended',
    });
    await waitUntil(() => /"demo-librarian".*(suspended|not permitted)/i.test(demo.stdout()), 15_000, demo.complaint);
    expect(await json('agents', 'reactivate', 'demo-librarian', '--yes')).toMatchObject({ status: 'verified' });
  });

  test('finds the planted MCP servers and one’s tools', async () => {
    const servers = await items('mcp', 'ls');
    expect(servers.map(({ name }) => name)).toEqual(expect.arrayContaining(['notes', 'tickets', 'build-bot', 'weather']));
    const shown = await json('mcp', 'show', 'notes', '--inspect', '--yes');
    expect(JSON.stringify(shown)).toContain('delete_note');
  });

  test('no output shows the planted token', async () => {
    const everything = [
      await aim('mcp', 'ls', '--json'),
      await aim('mcp', 'show', 'build-bot', '--json'),
      await aim('mcp', 'ls'),
    ];
    expect(everything.map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain('demo0demo0');
  });

  test('the demo ends with its processes, the server with its own, and the next start has the same agents and history', async () => {
    const before = await items('events', 'ls', '--limit', '20');
    await demo.stop('SIGINT');
    await server.stop('SIGTERM');
    expect(server.code()).toBe(0);
    await waitUntil(
      () => processesOf(machine).length === 0,
      10_000,
      () => JSON.stringify(processesOf(machine)),
    );
    server = start(['serve', '--listen', new URL(url).host, '--data', join(machine.root, 'data')]);
    await waitUntil(() => server.stdout().includes('listening on'), 20_000, server.complaint);
    expect(await json('agents', 'show', 'demo-librarian')).toMatchObject({ description: 'Keeps the notes in order' });
    const after = (await items('events', 'ls', '--limit', '100')).map(({ id }) => id);
    expect(after).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
  });
});

type Row = { id: string; name?: string; agentName?: string; status?: string };

const aim = Object.assign((...args: string[]) => run(args, { env: machine.env }), {
  withInput: (input: string, ...args: string[]) => run(args, { env: machine.env, input }),
});

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, code } = await aim(...args, '--json');
  if (code !== 0 && code !== 8) throw new Error(`aim ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function items(...args: string[]): Promise<Row[]> {
  const page = await json(...args);
  expect(page).toHaveProperty('nextCursor');
  expect(page).toHaveProperty('total');
  return page['items'] as Row[];
}

function waitingFor(agentName: string): Promise<Row> {
  return waitUntil(
    async () => (await items('approvals', 'ls')).find((row) => row.agentName === agentName),
    30_000,
    demo.complaint,
  );
}

function pushed(): boolean {
  const origin = join(machine.state, 'aim', 'demo', 'workspace', 'origin.git');
  if (!existsSync(origin)) return false;
  return execFileSync('git', ['--git-dir', origin, 'branch', '--list', 'main'], { encoding: 'utf8' }).includes('main');
}

type Process = { stdout(): string; complaint(): string; code(): number | null; stop(signal: NodeJS.Signals): Promise<void> };

function start(args: string[], extra: Record<string, string> = {}): Process {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    env: { ...machine.env, ...extra },
    cwd: machine.home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    stdout: () => output.stdout,
    complaint: () =>
      `aim ${args.join(' ')} (exit ${child.exitCode}) said:\n${output.stdout.slice(-3000)}\n${output.stderr.slice(-3000)}`,
    code: () => child.exitCode,
    stop: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}
