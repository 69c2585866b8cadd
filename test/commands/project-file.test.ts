// A project file comes with a checkout: it does not choose who is asked for permission, nor who gets a password or a token.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';

let plane: TestControlPlane;
let machine: Machine;
const checkout = () => join(machine.home, 'checkout');
beforeAll(async () => {
  plane = await startTestControlPlane();
  machine = freshMachine({ AIM_STORE: 'file' });
  mkdirSync(checkout());
  const login = ['login', '--server', plane.url, '--email', plane.admin.email, '--password-stdin'];
  expect(await runHere(login, { env: machine.env, input: plane.admin.password })).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await plane.stop();
  machine.remove();
});

function there(project: object, argv: readonly string[], env: Record<string, string> = {}) {
  writeFileSync(join(checkout(), '.aim.json'), JSON.stringify(project));
  return runHere(argv, { env: { ...machine.env, ...env }, cwd: checkout(), input: 'secret' });
}
const exec = ['exec', '--capability', 'files:write', '--', 'true'];

describe('a checkout that names a server', () => {
  test.each<[title: string, argv: readonly string[], env: Record<string, string>, code: number]>([
    ['does not decide about a command', exec, {}, 2],
    ['gets no password', ['login', '--email', 'a@b.example', '--password-stdin'], {}, 2],
    ['gets no token', ['whoami'], { AIM_TOKEN: 'a-token' }, 4],
    ['gets no sign-in of another server', ['whoami'], {}, 4],
  ])('%s', async (_, argv, env, code) => {
    const server = code === 2 && argv === exec ? plane.url : 'http://127.0.0.1:1';
    const found = await there({ server }, argv, env);
    expect(found.code).toBe(code);
    expect(found.stderr).toContain(server);
  });

  test('may be looked at, where one is signed in there', async () => {
    expect(await there({ server: plane.url }, ['whoami', '--json=email'])).toMatchObject({ code: 0 });
  });

  test('decides where the person says so', async () => {
    const { code, stderr } = await there({ server: plane.url }, ['exec', '--server', plane.url, ...exec.slice(1)]);
    expect(code).toBe(5);
    expect(stderr).not.toContain('came with the project');
  });
});

test('a checkout that names a profile does not decide about a command either', async () => {
  const added = await runHere(['profile', 'create', 'lax', '--server', plane.url], { env: machine.env });
  expect(added.code, added.stderr).toBe(0);
  expect(await there({ profile: 'lax' }, exec)).toMatchObject({ code: 2, stderr: expect.stringContaining('profile lax') });
});
