// The login page in a real browser: for `aim login`, for the device grant, and for the login of both published Python SDKs.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, program, run, waitUntil } from '../pty/terminal.ts';

const admin = { email: 'ada@example.com', password: 'correct horse battery staple' };
let machine: Machine;
let server: Running;
let url = '';
let browser: Browser;
let page: Page;

beforeAll(async () => {
  machine = freshMachine();
  const env = { ...machine.env, AIM_ADMIN_EMAIL: admin.email, AIM_ADMIN_PASSWORD: admin.password };
  server = start(process.execPath, [program, 'serve', '--listen', '127.0.0.1:0', '--data', join(machine.root, 'data')], env);
  url = await waitUntil(() => /^listening on (http:\S+)$/m.exec(server.output())?.[1], 20_000, server.output);
  browser = await chromium.launch({
    executablePath: process.env['AIM_PEER_CHROMIUM'] ?? '/usr/bin/chromium',
    // As root Chromium starts only without its sandbox; the rest keeps it from calling home.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  machine.remove();
});
beforeEach(async () => {
  // Scripts off: the page must not need any.
  page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
});
afterEach(() => page.context().close());

describe('aim login', () => {
  test('PKCE: the address it prints signs in, and the sign-in works', async () => {
    const home = freshMachine();
    const login = start(process.execPath, [program, 'login', '--server', url, '--no-browser', '--store', 'file'], home.env);
    await page.goto(await waitUntil(() => /^(http:\S*\/auth\/login\?\S+)$/m.exec(login.output())?.[1], 15_000, login.output));
    await signIn('wrong');
    expect(await page.locator('input[name=password]').count()).toBe(1);
    await signIn(admin.password);
    await login.ended;
    expect(login.code(), login.output()).toBe(0);
    const { stdout, code } = await run(['status', '--json'], { env: home.env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ server: url, signedIn: true, email: admin.email });
    home.remove();
  });

  test('device grant: the page shows the code before it asks, and the waiting command is signed in', async () => {
    const home = freshMachine();
    const login = start(process.execPath, [program, 'login', '--server', url, '--device', '--store', 'file'], home.env);
    const code = await waitUntil(() => /\b([A-Z0-9]{4}-[A-Z0-9]{4})\b/.exec(login.output())?.[1], 15_000, login.output);
    await page.goto(`${url}/device?user_code=${code}`);
    const facts = await page.locator('dl').innerText();
    for (const fact of [code, '127.0.0.1', url, 'good for']) expect(facts).toContain(fact);
    await page.fill('input[name=email]', admin.email);
    await page.fill('input[name=password]', admin.password);
    await page.getByRole('button', { name: 'Allow' }).click();
    await waitUntil(async () => (await page.content()).includes('Allowed'));
    await login.ended;
    expect(login.code(), login.output()).toBe(0);
    home.remove();
  }, 90_000);

  test('a page for another place than this machine is refused', async () => {
    const answer = await page.goto(
      `${url}/auth/login?response_type=code&redirect_uri=https%3A%2F%2Fevil.example%2Fcallback&state=x&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`,
    );
    expect(answer?.status()).toBe(400);
    expect(await page.locator('input[name=password]').count()).toBe(0);
  });
});

describe.each([
  ['1.21.0', process.env['AIM_PEER_PYTHON_1'] ?? ''],
  ['2.0.3', process.env['AIM_PEER_PYTHON_2'] ?? ''],
])('aim-sdk %s login, status, logout', (_, python) => {
  test('through the browser', async () => {
    const home = freshMachine({ PYTHONIOENCODING: 'utf-8', BROWSER: 'true', PYTHONUNBUFFERED: '1' });
    const cli = join(dirname(python), 'aim-sdk');
    mkdirSync(join(home.home, '.aim'), { recursive: true });
    const login = start(python, [cli, 'login', '--url', url], home.env);
    await page.goto(await waitUntil(() => /(http:\S*\/auth\/login\?\S+)/.exec(login.output())?.[1], 20_000, login.output));
    await signIn(admin.password);
    await login.ended;
    expect(login.code(), login.output()).toBe(0);
    const stored = JSON.parse(readFileSync(join(home.home, '.aim', 'sdk_credentials.json'), 'utf8')) as Record<string, unknown>;
    expect(stored).toMatchObject({ aimUrl: url, userEmail: admin.email });
    const status = start(python, [cli, 'status'], home.env);
    await status.ended;
    expect(status.code(), status.output()).toBe(0);
    expect(status.output()).toContain(admin.email);
    // The same file is our own sign-in too.
    const ours = await run(['whoami', '--json'], { env: home.env });
    expect(ours.code, ours.stderr).toBe(0);
    const logout = start(python, [cli, 'logout'], home.env);
    await logout.ended;
    expect(logout.code(), logout.output()).toBe(0);
    home.remove();
  });
});

async function signIn(password: string): Promise<void> {
  await page.fill('input[name=email]', admin.email);
  await page.fill('input[name=password]', password);
  await page.locator('button[type=submit], input[type=submit]').first().click();
  await page.waitForLoadState();
}

type Running = { output(): string; code(): number | null; ended: Promise<void>; stop(): Promise<void> };

function start(command: string, args: string[], env: Record<string, string>): Running {
  const child: ChildProcess = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    output: () => said,
    code: () => child.exitCode,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
