// What goes wrong around the program: taken ports, unwritable folders, killed processes, small and simple terminals.

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, processesOf, program, run, type Terminal, waitUntil } from './terminal.ts';

let machine: Machine;
const terminals: Terminal[] = [];

beforeEach(() => {
  machine = freshMachine();
});
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.kill();
  // Whoever wants to know whether something stays behind has waited for it; the rest need not wait until a control plane has noticed.
  for (const { pid } of processesOf(machine)) end(pid);
  await quiet();
  machine.remove();
});

describe('the embedded control plane', () => {
  test('two dashboards share one, and it outlives the one that started it', async () => {
    const first = open();
    await first.waitFor('live', 30_000);
    const second = open();
    await second.waitFor('live', 30_000);
    expect(controlPlanes()).toHaveLength(1);
    const url = endpoint();
    await first.keys('q');
    await first.exited;
    await second.keys('2');
    await second.waitFor('Agents');
    expect(endpoint()).toBe(url);
    expect(second.text()).toContain('live');
  });

  test('dies under the dashboard: the header says so, it is started once again, and nothing acknowledged is lost', async () => {
    const terminal = open();
    await terminal.waitFor('live', 30_000);
    const created = await run(['agents', 'create', 'kept', '--json'], { env: machine.env });
    expect(created).toMatchObject({ code: 0 });
    const [victim] = controlPlanes();
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await terminal.waitFor((text) => !/● live/.test(text.split('\n')[0] ?? ''));
    await terminal.waitFor(/● live/, 30_000);
    const [successor] = controlPlanes();
    expect(successor?.pid).not.toBe(victim?.pid);
    await terminal.keys('2');
    await terminal.waitFor('kept');
  });

  test('kill -9 of the dashboard leaves no orphan', async () => {
    const terminal = open();
    await terminal.waitFor('live', 30_000);
    await terminal.keys('d');
    await terminal.waitFor('3 verified', 30_000);
    process.kill(terminal.pid, 'SIGKILL');
    await terminal.exited;
    await quiet();
  });
});

describe('aim serve', () => {
  test('says who may hold a port that is taken, and how to choose another', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const { code, stderr } = await run(['serve', '--listen', `127.0.0.1:${port}`, '--data', join(machine.root, 'data')], {
      env: machine.env,
    });
    holder.close();
    expect(code).not.toBe(0);
    expect(stderr).toContain(String(port));
    expect(stderr).toContain('--listen');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('refuses data of a newer version, and leaves it as it was', async () => {
    const data = join(machine.root, 'data');
    const before = await makeData(data);
    const source = `import { DatabaseSync } from 'node:sqlite'; const d = new DatabaseSync(${JSON.stringify(before)}); const t = d.prepare("select name from sqlite_master where name like '%migration%' and type = 'table' and name not like '%lock%'").get().name; d.exec('insert into "' + t + '" (name, timestamp) values (\\'2999-01-from-the-future\\', \\'2999-01-01T00:00:00.000Z\\')');`;
    const planted = await runNode(source);
    expect(planted).toBe('');
    const { code, stderr } = await run(['serve', '--listen', '127.0.0.1:0', '--data', data], {
      env: machine.env,
      timeout: 15_000,
    });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/newer/i);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  });
});

describe('folders', () => {
  // Root may write anywhere; a path below a file is closed to everybody.
  test('a state folder that cannot be written is one sentence and a next step', async () => {
    const file = join(machine.root, 'a-file');
    writeFileSync(file, '');
    const env = { ...machine.env, XDG_STATE_HOME: join(file, 'state') };
    for (const verb of [['agents', 'ls'], ['status']]) {
      const { code, stdout, stderr } = await run(verb, { env });
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain(file);
      expect(stdout + stderr).not.toMatch(/^\s+at /m);
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
    }
  });

  test('what holds secrets is closed to others', async () => {
    await run(['status'], { env: machine.env });
    const modes = await run(['paths', '--json'], { env: machine.env });
    expect(modes.code).toBe(0);
    const credentials = join(machine.home, '.aim', 'sdk_credentials.json');
    expect(existsSync(credentials)).toBe(true);
    const { statSync } = await import('node:fs');
    expect(statSync(credentials).mode & 0o777).toBe(0o600);
    expect(statSync(join(machine.home, '.aim')).mode & 0o777).toBe(0o700);
  });
});

describe('terminals', () => {
  test('what goes wrong before the dashboard is there is said on the screen that stays', async () => {
    const file = join(machine.root, 'a-file');
    writeFileSync(file, '');
    const terminal = open({}, { XDG_STATE_HOME: join(file, 'state') });
    expect((await terminal.exited).exitCode).not.toBe(0);
    await waitUntil(() => terminal.text().includes('a-file'), 5000, terminal.text);
    expect(terminal.emulator.buffer.active.type).toBe('normal');
    expect(terminal.text()).not.toContain('starting');
  });

  // That each signal gives the terminal back is shown in terminal-craft.
  test('a link that hangs up leaves nothing running', async () => {
    const terminal = open();
    await terminal.waitFor('live', 30_000);
    terminal.signal('SIGHUP');
    await terminal.exited;
    expect(terminal.raw()).toContain('\u001b[?1049l');
    await quiet();
  });
});

// One control plane for all of these, held by a dashboard: what they show is of the terminal.
describe('terminals on a machine where a dashboard is open', () => {
  let shared: Machine;
  let holder: Terminal;
  beforeAll(async () => {
    shared = freshMachine();
    holder = openTerminal([], { env: shared.env });
    await holder.waitFor('live', 30_000);
  }, 60_000);
  afterAll(async () => {
    holder.kill();
    for (const { pid } of processesOf(shared)) end(pid);
    await waitUntil(() => processesOf(shared).length === 0);
    shared.remove();
  });

  test('smaller than 40×12: says so, and recovers', async () => {
    const terminal = open({ columns: 36, rows: 10 }, {}, shared);
    await terminal.waitFor(/40\s*×\s*12|40x12/, 30_000);
    terminal.resize(80, 24);
    await terminal.waitFor('Overview');
    await terminal.waitFor('live');
  });

  test('with CI set the dashboard still works', async () => {
    const terminal = open({}, { CI: 'true' }, shared);
    await terminal.waitFor('live', 30_000);
    await terminal.keys('2');
    await terminal.waitFor('No agents yet');
    await terminal.keys('q');
    expect((await terminal.exited).exitCode).toBe(0);
  });

  test('NO_COLOR: not one colour is sent', async () => {
    const terminal = open({}, { NO_COLOR: '1' }, shared);
    await terminal.waitFor('live', 30_000);
    await terminal.keys('2');
    await terminal.waitFor('No agents yet');
    await terminal.keys('q');
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.raw()).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;)/);
  });

  test('TERM=dumb gets the dashboard in lines', async () => {
    const terminal = open({}, { TERM: 'dumb' }, shared);
    await terminal.waitFor('aim>', 30_000);
    expect(terminal.text()).toContain('operator@localhost');
    terminal.write('quit\r');
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.raw()).not.toContain('\u001b');
  });

  test('a pipe gets the state as text, one line about the terminal, and exit 0', async () => {
    const { code, stdout, stderr } = await run([], { env: shared.env });
    expect(code).toBe(0);
    expect(stdout).toContain('operator@localhost');
    expect(stdout).not.toContain('\u001b');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('needs a terminal');
  });
});

function open(size: { columns?: number; rows?: number } = {}, extra: Record<string, string> = {}, on = machine): Terminal {
  const terminal = openTerminal([], { env: { ...on.env, ...extra }, ...size });
  terminals.push(terminal);
  return terminal;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

const controlPlanes = () => processesOf(machine).filter(({ command }) => / serve /.test(command));
const endpoint = () =>
  (JSON.parse(readFileSync(join(machine.state, 'aim', 'control-plane', 'endpoint.json'), 'utf8')) as { url: string }).url;
const quiet = () =>
  waitUntil(
    () => processesOf(machine).length === 0,
    25_000,
    () => JSON.stringify(processesOf(machine)),
  );

/** A control plane's data, made by running it once. Gives the database file. */
async function makeData(data: string): Promise<string> {
  mkdirSync(data, { recursive: true });
  chmodSync(data, 0o700);
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [program, 'serve', '--listen', '127.0.0.1:0', '--data', data], {
    env: machine.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await waitUntil(() => said.includes('listening on'), 20_000);
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await ended;
  return join(data, 'aim.db');
}

async function runNode(source: string): Promise<string> {
  const { spawnSync } = await import('node:child_process');
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' }).stderr;
}
