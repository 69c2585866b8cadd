// The sign-in in a real keychain: gnome-keyring on a session bus of its own, asked by the built program through keytar.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { type Finished, freshMachine, type Machine, run, waitUntil } from '../pty/terminal.ts';

let plane: TestControlPlane;
let machine: Machine;
let bus: ChildProcess;

beforeAll(async () => {
  machine = freshMachine();
  plane = await startTestControlPlane();
  bus = await unlockedKeyring(machine);
});
afterAll(async () => {
  if (bus?.pid !== undefined) process.kill(-bus.pid);
  await plane?.stop();
  machine?.remove();
});
beforeEach(() => aim('logout', '--server', plane.url));

/** A session bus with an unlocked keyring. */
async function unlockedKeyring({ env }: Machine): Promise<ChildProcess> {
  const script =
    'printf secret | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 & echo "$DBUS_SESSION_BUS_ADDRESS"; wait';
  // A group of its own, so that everything in it ends with it.
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  env['DBUS_SESSION_BUS_ADDRESS'] = await waitUntil(() => /^(unix:\S+)$/m.exec(said)?.[1], 20_000);
  return child;
}

const aim = (...args: string[]) => run(args, { env: machine.env });
const login = (store: string, env = machine.env): Promise<Finished> => {
  const words = ['login', '--server', plane.url, '--email', plane.admin.email, '--password-stdin', '--store', store];
  return run(words, { env, input: plane.admin.password });
};
const sharedFile = () => join(machine.home, '.aim', 'sdk_credentials.json');

/** What keytar itself finds in the keychain. */
function inKeychain(): string | null {
  const script = `require('keytar').getPassword('aim-terminal', ${JSON.stringify(plane.url)}).then((found) => console.log(JSON.stringify(found)))`;
  const found = execFileSync(process.execPath, ['-e', script], { env: machine.env, cwd: process.cwd(), encoding: 'utf8' });
  return JSON.parse(found) as string | null;
}

describe('a sign-in', () => {
  test.each(['keychain', 'auto'])('with --store %s is in the keychain, and nowhere else', async (store) => {
    const { code, stdout } = await login(store);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('kept in the keychain') });
    expect(JSON.parse(inKeychain() ?? '{}')).toMatchObject({ aimUrl: plane.url, refreshToken: expect.any(String) });
    expect(existsSync(sharedFile())).toBe(false);
  });

  test('is read back by the next command, which says where it is', async () => {
    await login('keychain');
    const status = JSON.parse((await aim('status', '--json')).stdout) as object;
    expect(status).toMatchObject({ signedIn: true, email: plane.admin.email, store: 'keychain' });
  });

  test('is gone after logout', async () => {
    await login('keychain');
    expect((await aim('logout')).code).toBe(0);
    expect(inKeychain()).toBeNull();
    expect((await aim('whoami', '--server', plane.url)).code).toBe(4);
  });

  test('with --store file is in the file of all AIM SDKs, and no longer in the keychain', async () => {
    await login('keychain');
    const { stdout } = await login('file');
    expect(stdout).toContain('kept in ~/.aim');
    expect(statSync(sharedFile()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(sharedFile(), 'utf8'))).toMatchObject({ aimUrl: plane.url });
    expect(inKeychain()).toBeNull();
  });

  test('moves back, and leaves no second copy', async () => {
    await login('file');
    await login('keychain');
    expect(existsSync(sharedFile())).toBe(false);
    expect(inKeychain()).not.toBeNull();
  });

  test('is kept in the file, and that is said, where the keychain is not usable', async () => {
    const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = machine.env;
    const broken = { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' };
    for (const without of [env, broken]) {
      expect(await login('auto', without)).toMatchObject({ code: 0, stdout: expect.stringContaining('kept in ~/.aim') });
      expect(await login('keychain', without)).toMatchObject({ code: 2, stderr: expect.stringContaining('no keychain') });
    }
  });
});

test('the doctor says that it is usable', async () => {
  const { stdout } = await aim('doctor', '--json');
  const { items } = JSON.parse(stdout) as { items: { check: string; finding: string }[] };
  expect(items.find(({ check }) => check === 'keychain')?.finding).toMatch(/^usable/);
});
