// The sign-in in a real keychain: gnome-keyring on a session bus of its own, asked by the package and by the single executable.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { type Finished, freshMachine, type Machine, run, waitUntil } from '../pty/terminal.ts';
import { type Binary, buildBinary } from './support-binary.ts';

let plane: TestControlPlane;
let machine: Machine;
let bus: ChildProcess;
let built: Binary;
/** Undefined is the built package under this Node. */
let command: string | undefined;

beforeAll(async () => {
  built = buildBinary();
  machine = freshMachine();
  plane = await startTestControlPlane();
  bus = await unlockedKeyring(machine);
}, 300_000);
afterAll(async () => {
  if (bus?.pid !== undefined) process.kill(-bus.pid);
  await plane?.stop();
  machine?.remove();
  built?.remove();
});
beforeEach(() => aim('logout', '--server', plane.url));

/** A session bus with an unlocked keyring. */
const unlockedKeyring = (on: Machine): Promise<ChildProcess> =>
  keyring(on, 'printf secret | gnome-keyring-daemon --foreground --unlock');
const lockedKeyring = (on: Machine): Promise<ChildProcess> => keyring(on, 'gnome-keyring-daemon --foreground');

async function keyring({ env }: Machine, daemon: string): Promise<ChildProcess> {
  const script = `${daemon} --components=secrets >/dev/null 2>&1 & echo "$DBUS_SESSION_BUS_ADDRESS"; wait`;
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

const options = (env = machine.env) => ({ env, ...(command !== undefined && { command }) });
const aim = (...args: string[]) => run(args, options());
const login = (store: string, env = machine.env): Promise<Finished> => {
  const words = ['login', '--server', plane.url, '--email', plane.admin.email, '--password-stdin', '--store', store];
  return run(words, { ...options(env), input: plane.admin.password });
};
const sharedFile = () => join(machine.home, '.aim', 'sdk_credentials.json');

/** What keytar itself finds in the keychain. */
function inKeychain(): string | null {
  const script = `require('keytar').getPassword('aim-terminal', ${JSON.stringify(plane.url)}).then((found) => console.log(JSON.stringify(found)))`;
  const found = execFileSync(process.execPath, ['-e', script], { env: machine.env, cwd: process.cwd(), encoding: 'utf8' });
  return JSON.parse(found) as string | null;
}

describe.each(['the package', 'the single executable'])('a sign-in with %s', (form) => {
  beforeEach(() => {
    command = form === 'the package' ? undefined : built.path;
  });

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

  test('is in the keychain that the doctor finds usable, and else he says what it lacks', async () => {
    const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = machine.env;
    expect(await keychainCheck(machine.env)).toMatchObject({ finding: expect.stringMatching(/^usable/), fix: null });
    expect(await keychainCheck(env)).toMatchObject({
      finding: expect.stringContaining('no session bus'),
      fix: expect.stringContaining('dbus-run-session'),
    });
  });
});

async function keychainCheck(env: Record<string, string>) {
  const { stdout } = await run(['doctor', '--json'], options(env));
  const { items } = JSON.parse(stdout) as { items: { check: string; finding: string; fix: string | null }[] };
  return items.find(({ check }) => check === 'keychain');
}

test('a keychain that is locked answers who looks and takes nothing: the sign-in is in the file, and stays there', async () => {
  command = undefined;
  const elsewhere = freshMachine();
  const locked = await lockedKeyring(elsewhere);
  try {
    expect(await login('auto', elsewhere.env)).toMatchObject({ code: 0, stdout: expect.stringContaining('kept in ~/.aim') });
    const refused = await login('keychain', elsewhere.env);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('unlock the keychain') });
    const { code, stdout } = await run(['status', '--json'], options(elsewhere.env));
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { signedIn: true, store: 'file' }]);
  } finally {
    if (locked.pid !== undefined) process.kill(-locked.pid);
    elsewhere.remove();
  }
});

describe('the native half of the single executable', () => {
  const folder = () => join(machine.root, 'cache', 'aim', 'native');
  const finding = async () => (await keychainCheck(machine.env))?.finding;
  beforeEach(() => {
    command = built.path;
    rmSync(folder(), { recursive: true, force: true });
  });

  test('is kept for this user alone, and once', async () => {
    expect([await finding(), await finding()]).toEqual([expect.stringMatching(/^usable/), expect.stringMatching(/^usable/)]);
    const [name = '', ...others] = readdirSync(folder());
    expect(others).toEqual([]);
    expect([folder(), join(folder(), name)].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  test.each<[title: string, spoil: (path: string) => void]>([
    ['half of one is', (path) => writeFileSync(path, 'half')],
    [
      'a link that somebody planted is',
      (path) => {
        rmSync(path);
        symlinkSync('/bin/true', path);
      },
    ],
  ])('%s replaced', async (_, spoil) => {
    await finding();
    const [name = ''] = readdirSync(folder());
    const path = join(folder(), name);
    const whole = readFileSync(path);
    spoil(path);
    expect(await finding()).toMatch(/^usable/);
    expect(readFileSync(path).equals(whole)).toBe(true);
  });

  test('is not loaded from where it cannot be kept, and that is said', async () => {
    writeFileSync(folder(), 'a file where the folder would be');
    expect(await finding()).toContain('its library did not load');
  });
});
