// The control plane that comes with a command: started for it, shared, gone after it, and plain about what goes wrong.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, processesOf, program, run, waitUntil } from '../pty/terminal.ts';

let machine: Machine;
const begin = () => {
  machine = freshMachine();
};
const end = async () => {
  await stopped();
  machine.remove();
};

const aim = (...args: string[]) => run(args, { env: machine.env });
const json = async (...args: string[]) => JSON.parse((await aim(...args, '--json')).stdout) as Record<string, unknown>;
const nothingLeft = () =>
  waitUntil(
    () => processesOf(machine).length === 0,
    20_000,
    () => JSON.stringify(processesOf(machine)),
  );
/** It goes by itself, two seconds after its last user; told to, it goes at once and as cleanly. */
const stopped = () => {
  for (const { pid } of processesOf(machine)) process.kill(pid, 'SIGTERM');
  return nothingLeft();
};
const dataFolder = () => join(machine.state, 'aim', 'control-plane');

describe('with nothing configured', () => {
  beforeAll(begin);
  afterAll(end);

  test('two at once share one', async () => {
    const found = await Promise.all([json('status'), json('status'), json('status')]);
    expect(new Set(found.map(({ server }) => server)).size).toBe(1);
  });

  test('a command finds a control plane, an account and no questions', async () => {
    expect(await json('status')).toMatchObject({
      embedded: true,
      reachable: true,
      signedIn: true,
      role: 'admin',
      problem: null,
    });
    expect(await json('agents', 'ls')).toEqual({ items: [], nextCursor: null, total: 0 });
  });

  test('agents of this machine find a sign-in, readable by their owner alone', async () => {
    const { server } = await json('status');
    const path = join(machine.home, '.aim', 'sdk_credentials.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      aimUrl: server,
      type: 'sdk_oauth',
      refreshToken: expect.any(String),
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('without a terminal, aim alone prints the status and says what it needs', async () => {
    const { code, stdout, stderr } = await aim();
    expect(stdout).toMatch(/^server\thttp:\/\/127\.0\.0\.1:\d+ \(embedded\)\n/);
    expect(stderr).toContain('The dashboard needs a terminal');
    expect(code).toBe(0);
  });

  test('the same address and agents are there the next time', async () => {
    const { server } = await json('status');
    await aim('api', 'POST', '/api/v1/agents', '--body', '{"name":"kept","displayName":"kept","agentType":"custom"}');
    await nothingLeft(); // by itself
    expect(await json('status')).toMatchObject({ server, agents: 1 });
  });

  test('a killed user leaves none behind', async () => {
    const tail = spawn(process.execPath, [program, 'events', 'tail', '--link', '--json'], {
      env: machine.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => tail.stdout.once('data', resolve));
    expect(processesOf(machine).length).toBe(2);
    tail.kill('SIGKILL');
    await nothingLeft();
    expect(existsSync(join(dataFolder(), 'endpoint.json'))).toBe(false);
  });
});

describe('what goes wrong is one sentence and a next step', () => {
  beforeEach(begin);
  afterEach(end);

  test('a sign-in to another server is left alone, and counts', async () => {
    const path = join(machine.home, '.aim', 'sdk_credentials.json');
    const file = JSON.stringify({ aimUrl: 'http://127.0.0.1:9', refreshToken: 'a.b.c', accessToken: 'a.b.c' });
    mkdirSync(join(machine.home, '.aim'), { recursive: true });
    writeFileSync(path, file, { mode: 0o600 });
    expect((await aim('agents', 'ls')).code).toBe(10);
    expect(readFileSync(path, 'utf8')).toBe(file);
    expect(existsSync(dataFolder())).toBe(false);
  });

  test('a port that is taken is no obstacle: another is chosen', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as { port: number };
    mkdirSync(dataFolder(), { recursive: true });
    writeFileSync(join(dataFolder(), 'port'), `${port}\n`);
    const { server } = await json('status');
    squatter.close();
    expect(server).not.toContain(`:${port}`);
  });

  test('somebody else at the port of a crashed one, who even says to be it, learns nothing and is passed over', async () => {
    const { instanceId, server } = await json('status');
    await stopped();
    const heard: string[] = [];
    const { port } = new URL(String(server));
    const squatter = createHttpServer((request, response) => {
      request.on('data', (chunk) => heard.push(String(chunk)));
      request.on('end', () => response.end(JSON.stringify({ instanceId, serverNonce: 'x'.repeat(40), proof: 'x'.repeat(43) })));
    }).listen(Number(port), '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const left = { url: server, pid: 1, instanceId, version: '0' };
    writeFileSync(join(dataFolder(), 'endpoint.json'), JSON.stringify(left));
    const status = await json('status');
    squatter.close();
    expect([status['signedIn'], status['server'] === server]).toEqual([true, false]);
    const key = readFileSync(join(dataFolder(), 'operator.key'), 'utf8').trim();
    expect(heard.map((text) => Object.keys(JSON.parse(text) as object))).toEqual(heard.map(() => ['clientNonce']));
    expect(heard.join('')).not.toContain(key);
  });

  test.skipIf(process.getuid?.() === 0)('a state folder that cannot be written', async () => {
    chmodSync(machine.state, 0o500);
    const { code, stderr } = await aim('agents', 'ls');
    chmodSync(machine.state, 0o700);
    expect(stderr).toMatch(/cannot be written.*\n.*XDG_STATE_HOME/);
    expect(code).toBe(1);
  });

  test('a state folder that is a file', async () => {
    writeFileSync(join(machine.root, 'plain'), '');
    const second = await run(['agents', 'ls'], { env: { ...machine.env, XDG_STATE_HOME: join(machine.root, 'plain') } });
    expect(second.stderr).toMatch(/cannot be written.*\n.*XDG_STATE_HOME/);
    expect(second.code).toBe(1);
  });

  test('a database from a later version stays as it is', async () => {
    await json('status');
    await stopped();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(dataFolder(), 'aim.db'));
    const [table] = database
      .prepare("select name from sqlite_master where name like '%migration%' and name not like '%lock%'")
      .all() as { name: string }[];
    database.prepare(`insert into ${table?.name} select 'later', max(timestamp) from ${table?.name}`).run();
    database.close();
    const { code, stderr } = await aim('agents', 'ls', '--json');
    expect(JSON.parse(stderr)).toMatchObject({ message: expect.stringMatching(/version/i), hint: expect.any(String) });
    expect(code).not.toBe(0);
  });
});
