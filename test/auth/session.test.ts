// Signing in to the real control plane in each way, renewing, and signing out.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loginWithBrowser } from '../../src/auth/login-browser.ts';
import { loginWithPassword } from '../../src/auth/login-password.ts';
import { openSession } from '../../src/auth/session.ts';
import type { Keychain } from '../../src/credentials/keychain.ts';
import type { AIMError } from '../../src/errors.ts';
import { createApi } from '../../src/http/create-api.ts';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { answerJson, smallServer } from '../http/small-server.ts';
import { signInAsBrowser } from './browser.ts';

let controlPlane: TestControlPlane;
let folder: string;
const signIn = () =>
  loginWithPassword({ server: controlPlane.url, ...controlPlane.admin, paths: { aim: folder }, store: 'file' });
const whoAmI = (session: { server: string; credentials: Parameters<typeof createApi>[0]['credentials'] }) =>
  createApi({ server: session.server, credentials: session.credentials, retries: 0 }).me();
const stored = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, 'sdk_credentials.json'), 'utf8'));

beforeAll(async () => {
  controlPlane = await startTestControlPlane();
});
afterAll(() => controlPlane.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-auth-'));
  return () => rm(folder, { recursive: true, force: true });
});

describe('a sign-in with a password', () => {
  test('is kept for every AIM SDK, readable by its owner only', async () => {
    const session = await signIn();
    expect(session).toMatchObject({ server: controlPlane.url, email: controlPlane.admin.email, kept: 'file' });
    expect(await stored()).toMatchObject({
      aimUrl: controlPlane.url,
      userEmail: controlPlane.admin.email,
      schemaVersion: '1.0',
      type: 'sdk_oauth',
    });
    const { mode } = await stat(join(folder, 'sdk_credentials.json'));
    expect((mode & 0o777).toString(8)).toBe('600');
  });

  test('says whose it is', async () => {
    await expect(whoAmI(await signIn())).resolves.toMatchObject({ email: controlPlane.admin.email, role: 'admin' });
  });

  test('fails with a sentence where the password is wrong', async () => {
    const login = loginWithPassword({
      server: controlPlane.url,
      email: controlPlane.admin.email,
      password: 'wrong',
      paths: { aim: folder },
      store: 'file',
    });
    await expect(login).rejects.toMatchObject({ code: 'auth.wrong-password', exitCode: 4 });
  });
});

describe('a stored sign-in', () => {
  test('opens again without a request, for its own server only', async () => {
    await signIn();
    await expect(openSession({ paths: { aim: folder }, store: 'file' })).resolves.toMatchObject({ server: controlPlane.url });
    await expect(openSession({ server: 'https://other.example', paths: { aim: folder }, store: 'file' })).resolves.toBeNull();
  });

  test('is put aside, not lost, by a sign-in to another server', async () => {
    await signIn();
    const other = await startTestControlPlane();
    await loginWithPassword({ server: other.url, ...other.admin, paths: { aim: folder }, store: 'file' });
    expect((await stored())['aimUrl']).toBe(other.url);
    const first = await openSession({ server: controlPlane.url, paths: { aim: folder }, store: 'file' });
    await expect(whoAmI(first ?? raise())).resolves.toMatchObject({ role: 'admin' });
    await other.stop();
  });

  test('goes to the keychain where one is usable, and leaves no copy in the file', async () => {
    const kept = new Map<string, string>();
    const keychain: Keychain = {
      read: async (account) => kept.get(account) ?? null,
      write: async (account, secret) => void kept.set(account, secret),
      remove: async (account) => void kept.delete(account),
    };
    const options = { paths: { aim: folder }, store: 'auto' as const, keychain: async () => keychain };
    await signIn();
    const session = await loginWithPassword({ server: controlPlane.url, ...controlPlane.admin, ...options });
    expect(session.kept).toBe('keychain');
    await expect(stored()).rejects.toThrow();
    await expect(whoAmI((await openSession(options)) ?? raise())).resolves.toMatchObject({ role: 'admin' });
  });
});

describe('renewal', () => {
  test.each<[title: string, renew: () => Promise<void>]>([
    [
      'many calls and several sessions on one file',
      async () => {
        const second = (await openSession({ paths: { aim: folder }, store: 'file' })) ?? raise();
        const third = (await openSession({ paths: { aim: folder }, store: 'file' })) ?? raise();
        await Promise.all([second, second, third, third, second].map(whoAmI));
      },
    ],
    [
      'several processes',
      async () => {
        const at = (path: string): string => new URL(`../../src/${path}`, import.meta.url).href;
        const program = `
          const { openSession } = await import(${JSON.stringify(at('auth/session.ts'))});
          const { createApi } = await import(${JSON.stringify(at('http/create-api.ts'))});
          const session = await openSession({ paths: { aim: ${JSON.stringify(folder)} }, store: 'file' });
          await createApi({ server: session.server, credentials: session.credentials, retries: 0 }).me();`;
        const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
        await Promise.all([run(), run(), run(), run()]);
      },
    ],
  ])('happens once for %s', async (_, renew) => {
    const token = (seconds: number): string =>
      [
        'e30',
        Buffer.from(
          JSON.stringify({
            exp: Math.floor(Date.now() / 1000) + seconds,
            user_id: 'u',
            email: 'a@b.c',
            jti: String(Math.random()),
          }),
        ).toString('base64url'),
        'x',
      ].join('.');
    let rotations = 0;
    let valid = token(7200);
    const server = await smallServer((request, response) => {
      if (request.url === '/api/v1/auth/login/local')
        return answerJson(response, { accessToken: token(-5), refreshToken: valid });
      if (request.url === '/api/v1/auth/refresh') {
        if (JSON.parse(request.body).refreshToken !== valid) return answerJson(response, { error: 'token revoked' }, 401);
        rotations += 1;
        valid = token(7200);
        return answerJson(response, { accessToken: token(3600), refreshToken: valid });
      }
      answerJson(response, { id: 'u', email: 'a@b.c', role: 'viewer' });
    });
    const options = { paths: { aim: folder }, store: 'file' as const };
    await loginWithPassword({ server: server.url, email: 'a@b.c', password: 'x', ...options });
    await renew();
    expect(rotations).toBe(1);
    await server.stop();
  });

  test('ends with a sentence where the server has ended the sign-in', async () => {
    const session = await signIn();
    const again = (await openSession({ paths: { aim: folder }, store: 'file' })) ?? raise();
    const { revoked } = await session.logout();
    expect(revoked).toBe(true);
    const error: AIMError = await whoAmI(again).then(raise, (failure: AIMError) => failure);
    expect([error.kind, error.exitCode]).toEqual(['authentication', 4]);
    expect(error.next).toContain(`aim login --server ${controlPlane.url}`);
  });
});

describe('signing out', () => {
  test('is not undone by a renewal that was on its way', async () => {
    const session = await signIn();
    const other = (await openSession({ paths: { aim: folder }, store: 'file' })) ?? raise();
    const request = { method: 'GET', target: '/', body: '' };
    const headers = await other.credentials.headersFor(request);
    await session.logout();
    await expect(other.credentials.renew?.(headers, request)).resolves.toBe(false);
    await expect(stored()).rejects.toThrow();
  });

  test('removes the sign-in and says whether the server confirmed it', async () => {
    const session = await signIn();
    await expect(session.logout()).resolves.toEqual({ revoked: true });
    await expect(stored()).rejects.toThrow();
  });

  test('removes it here also when the server is away, and says so', async () => {
    const server = await smallServer((_request, response) => answerJson(response, { accessToken: 'a.b.c', refreshToken: 'r' }));
    const session = await loginWithPassword({
      server: server.url,
      email: 'a',
      password: 'b',
      paths: { aim: folder },
      store: 'file',
    });
    await server.stop();
    await expect(session.logout()).resolves.toEqual({ revoked: false });
    await expect(stored()).rejects.toThrow();
  });
});

describe('a sign-in with the browser', () => {
  test('comes back with a code that only this program can exchange', async () => {
    const notes: string[] = [];
    const login = loginWithBrowser({
      server: controlPlane.url,
      openBrowser: false,
      note: (text) => notes.push(text),
      paths: { aim: folder },
      store: 'file',
    });
    const url = await until(() => notes.find((note) => note.startsWith('http')));
    const answer = await signInAsBrowser(url, controlPlane.admin);
    expect(answer).toContain('You are signed in');
    await expect(whoAmI(await login)).resolves.toMatchObject({ email: controlPlane.admin.email });
  });

  test('is not disturbed by an answer that does not carry its state, and tells a refusal in clean words', async () => {
    const notes: string[] = [];
    const login = loginWithBrowser({
      server: controlPlane.url,
      openBrowser: false,
      note: (text) => notes.push(text),
      paths: { aim: folder },
      store: 'file',
    });
    login.catch(() => {});
    const asked = new URL(await until(() => notes.find((note) => note.startsWith('http')))).searchParams;
    const callback = `${asked.get('redirect_uri')}?`;
    expect((await fetch(`${callback}code=stolen&state=guess`)).status).toBe(400);
    await fetch(
      `${callback}${new URLSearchParams({ state: asked.get('state') ?? '', error: 'access_denied', error_description: 'no\u001b[31m' })}`,
    );
    await expect(login).rejects.toMatchObject({ code: 'auth.refused-in-browser', message: 'The sign-in was refused: no␛[31m' });
  });

  test('ends when nobody comes back in time', async () => {
    const login = loginWithBrowser({
      server: controlPlane.url,
      openBrowser: false,
      note: () => {},
      timeoutSeconds: 0.05,
      paths: { aim: folder },
      store: 'file',
    });
    await expect(login).rejects.toMatchObject({ code: 'auth.browser-timeout', exitCode: 11 });
  });
});

const raise = (): never => {
  throw new Error('expected something else');
};

async function until<Value>(look: () => Value | undefined): Promise<Value> {
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
