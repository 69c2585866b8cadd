// `aim serve` as a person uses it: in the background, asked how it stands, backed up, stopped; and what it refuses.

import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, processesOf, run, waitUntil } from '../pty/terminal.ts';

let machine: Machine;
beforeEach(() => {
  machine = freshMachine();
});
afterEach(async () => {
  await aim('serve', 'stop');
  await waitUntil(
    () => processesOf(machine).length === 0,
    20_000,
    () => JSON.stringify(processesOf(machine)),
  );
  machine.remove();
});
const aim = (...args: string[]) => run(args, { env: machine.env });

test('goes on in the background, says how it stands, is backed up while it runs, and stops', async () => {
  expect((await aim('serve', 'status')).code).toBe(1);
  const started = JSON.parse((await aim('serve', '--detach', '--json')).stdout);
  expect(started).toMatchObject({ pid: expect.any(Number), admin: { password: expect.any(String) } });
  const status = await aim('serve', 'status', '--json');
  expect([status.code, JSON.parse(status.stdout)]).toMatchObject([
    0,
    { running: true, ready: true, url: started.url, pid: started.pid },
  ]);
  expect(await aim('serve', '--detach')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Another control plane uses'),
  });
  const file = join(machine.root, 'backup.db');
  expect(await aim('serve', 'backup', file)).toMatchObject({ code: 0, stdout: expect.stringContaining('is whole') });
  expect((await aim('serve', 'restore', file)).stderr).toContain('Another control plane uses');
  expect((await aim('serve', 'stop')).code).toBe(0);
  expect((await aim('serve', 'stop')).code).toBe(6);
  expect((await aim('serve', 'restore', file)).stderr).toContain('--replace');
  expect((await aim('serve', 'restore', file, '--replace')).stdout).toContain('What was there before is in');
});

// What is said of the process is in a file of the folder: in a folder of somebody else, they choose what it says.
describe('a folder that somebody else made', () => {
  async function stopping(pid: unknown, give: (file: string) => void = () => undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'aim-serve-foreign-'));
    const lock = new DatabaseSync(join(folder, 'lock'));
    lock.exec('begin exclusive');
    const file = join(folder, 'endpoint.json');
    writeFileSync(file, JSON.stringify({ url: 'http://127.0.0.1:1', pid, instanceId: 'x', version: '1' }));
    give(file);
    const { code } = await aim('serve', 'stop', '--data', folder);
    lock.close();
    rmSync(folder, { recursive: true, force: true });
    return code;
  }

  test.each([-1, 0, '1', null])('has nobody ended by the number %j', async (pid) => {
    expect(await stopping(pid)).toBe(11);
  });

  // Only the superuser can give a file away.
  test.runIf(process.getuid?.() === 0)('has no process of another person ended', async () => {
    const bystander = spawn('sleep', ['60']);
    expect(await stopping(bystander.pid, (file) => chownSync(file, 65_534, 65_534))).toBe(5);
    expect(bystander.kill()).toBe(true);
  });
});

test.each<[title: string, args: string[], says: RegExp]>([
  ['plain HTTP on every address', ['--listen', '0.0.0.0:0'], /--allow-plain-http/],
  ['a certificate without its key', ['--tls-cert', 'x.pem'], /--tls-key/],
  ['a public address that is no web address', ['--public-url', 'javascript:alert(1)'], /must begin with https/],
  ['a public address with a password in it', ['--public-url', 'https://a:b@aim.example'], /no name and password/],
  ['an embedded one on the network', ['--embedded', '--listen', '0.0.0.0:0', '--allow-plain-http'], /this machine only/],
])('refuses %s', async (_, args, says) => {
  const { code, stderr } = await aim('serve', ...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
});
