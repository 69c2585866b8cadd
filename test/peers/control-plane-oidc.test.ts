// Signing in at a real OpenID Connect provider, in a real browser: new people, invited ones, groups that give roles, and forged returns.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { roleFrom } from '../../src/control-plane/auth/external-account.ts';
import { type ControlPlane, startControlPlane } from '../../src/control-plane/start.ts';
import { caller, signIn as passwordSignIn, until } from '../control-plane/support/world.ts';
import { npmPeers } from './npm-peers.ts';

type Claims = { email: string; email_verified: boolean; name: string; groups: string[] };
const people: Record<string, Claims> = {
  ada: { email: 'ada@example.test', email_verified: true, name: 'Ada', groups: ['aim-admins'] },
  bob: { email: 'bob@example.test', email_verified: true, name: 'Bob', groups: ['staff', 'on-call'] },
  eve: { email: 'eve@example.test', email_verified: true, name: 'Eve', groups: [] },
  mallory: { email: 'root@example.test', email_verified: false, name: 'Mallory', groups: ['staff'] },
  ivy: { email: 'root@example.test', email_verified: true, name: 'Ivy', groups: [] },
};

let providerServer: Server;
/** What a program on this machine waits at: the address that the browser is sent to holds the code. */
let callbackServer: Server;
let redirectUri: string;
let issuer: string;
let plane: ControlPlane;
let browser: Browser;
let page: Page;
const root = { email: 'root@example.test', password: 'correct horse battery staple' };

beforeAll(async () => {
  const { default: Provider } = await npmPeers('oidc', ['oidc-provider@9.13.3'])('oidc-provider');
  providerServer = createServer().listen(0, '127.0.0.1');
  await once(providerServer, 'listening');
  issuer = `http://127.0.0.1:${(providerServer.address() as { port: number }).port}`;
  plane = await startControlPlane({
    adminEmail: root.email,
    adminPassword: root.password,
    oidc: {
      issuer,
      clientId: 'aim',
      clientSecret: 'a secret of the client',
      scope: 'openid email profile groups',
      roles: [
        { role: 'admin', group: 'aim-admins' },
        { role: 'member', group: 'staff' },
        { role: 'manager', group: 'on-call' },
      ],
    },
  });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'aim',
        client_secret: 'a secret of the client',
        redirect_uris: [`${plane.url}/auth/oidc/callback`],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    pkce: { required: () => true },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  providerServer.on('request', provider.callback());
  // The program that waits: it answers, so that no error page is still on its way when the next sign-in begins.
  callbackServer = createServer((_, response) => response.end('Back.')).listen(0, '127.0.0.1');
  await once(callbackServer, 'listening');
  redirectUri = `http://127.0.0.1:${(callbackServer.address() as { port: number }).port}/callback`;
  browser = await chromium.launch({
    executablePath: process.env['AIM_PEER_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  });
});
afterAll(async () => {
  await browser?.close();
  await plane?.stop();
  callbackServer?.closeAllConnections();
  callbackServer?.close();
  providerServer?.closeAllConnections();
  providerServer?.close();
});
beforeEach(async () => {
  page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(15_000);
});
afterEach(() => page.context().close());

const verifier = 'v'.repeat(64);

async function begin(more: Record<string, string> = {}): Promise<void> {
  const { createHash } = await import('node:crypto');
  const query = new URLSearchParams({
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'a state of ours',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  await page.goto(`${plane.url}/auth/login?${query}`);
  await page.getByRole('button', { name: /Sign in with 127/ }).click();
  await page.waitForURL(`${issuer}/**`);
}

async function atProvider(person: string): Promise<void> {
  await page.fill('input[name=login]', person);
  await page.fill('input[name=password]', 'whatever');
  await page.locator('button[type=submit]').click();
  await page.waitForLoadState();
  const consent = page.getByRole('button', { name: 'Continue' });
  if (await consent.count()) await consent.click();
}

/** Signs in as the person, in a browser that nobody is signed in with. The session, or what the page says instead. */
async function signInAs(person: string) {
  await page.context().clearCookies();
  const came = new Promise<URL>((resolve) => {
    page.on('request', (request) => {
      if (request.url().startsWith(redirectUri)) resolve(new URL(request.url()));
    });
  });
  await begin();
  await atProvider(person);
  const outcome = await Promise.race([came, page.waitForSelector('[role=alert]').then((alert) => alert.innerText())]);
  if (typeof outcome === 'string') return { says: outcome, role: null };
  expect(outcome.searchParams.get('state')).toBe('a state of ours');
  const { body } = await caller(plane.url, {})('POST', '/api/v1/auth/token', {
    grantType: 'authorization_code',
    code: outcome.searchParams.get('code'),
    codeVerifier: verifier,
    redirectUri,
  });
  const me = await caller(plane.url, { authorization: `Bearer ${body.access_token}` })('GET', '/api/v1/auth/me');
  return { says: null, role: me.body.role as string, email: me.body.email as string };
}

describe('with PKCE, for a program that waits', () => {
  test('somebody of a group that gives a role is let in with it', async () => {
    expect(await signInAs('ada')).toMatchObject({ role: 'admin', email: 'ada@example.test' });
    expect(await signInAs('bob')).toMatchObject({ role: 'manager' });
  });

  test('a role follows the groups at the next sign-in', async () => {
    await signInAs('bob');
    (people['bob'] as Claims).groups = ['staff'];
    expect(await signInAs('bob')).toMatchObject({ role: 'member' });
  });

  test('somebody of no group waits until an administrator lets them in', async () => {
    expect((await signInAs('eve')).says).toMatch(/administrator has to let you in/);
    const admin = await passwordSignIn(plane.url, root.email, root.password);
    const { body } = await admin.call('GET', '/api/v1/admin/users/pending');
    expect(body.users).toMatchObject([{ email: 'eve@example.test', role: 'viewer' }]);
    await admin.call('POST', `/api/v1/admin/users/${body.users[0].id}/approve`);
    expect(await signInAs('eve')).toMatchObject({ role: 'viewer' });
    await admin.call('POST', `/api/v1/admin/users/${body.users[0].id}/deactivate`);
    expect((await signInAs('eve')).says).toMatch(/not active/);
  });

  test('an account here is taken over only by an address that the provider has checked', async () => {
    expect((await signInAs('mallory')).says).toMatch(/administrator has to look at it/);
    expect(await signInAs('ivy')).toMatchObject({ role: 'admin', email: 'root@example.test' });
  });

  test('who is asked to prove it anew is asked by the provider, though signed in there', async () => {
    await signInAs('ada');
    await begin({ prompt: 'login', max_age: '0' });
    expect(await page.locator('input[name=login]').count()).toBe(1);
  });

  test('who cancels at the provider is told so', async () => {
    await begin();
    await page.getByRole('link', { name: /Cancel/ }).click();
    await page.waitForSelector('[role=alert]');
    expect(await page.locator('[role=alert]').innerText()).toMatch(/did not let you in/);
  });
});

test('the device page shows what it is about before it sends anybody to the provider', async () => {
  const call = caller(plane.url, {});
  const { body } = await call('POST', '/api/v1/oauth/device/code', { clientId: 'x' });
  await page.goto(body.verificationUriComplete);
  expect(await page.locator('dl').innerText()).toContain(body.userCode);
  await page.getByRole('button', { name: /Allow with/ }).click();
  await page.waitForURL(`${issuer}/**`);
  await atProvider('ada');
  await until(async () => (await page.content()).includes('The device is signed in'));
  const tokens = await call('POST', '/api/v1/oauth/device/token', {
    grantType: 'urn:ietf:params:oauth:grant-type:device_code',
    deviceCode: body.deviceCode,
  });
  expect(tokens.status).toBe(200);
});

describe('a return that is not ours', () => {
  test('with a state that nobody has is refused', async () => {
    const answer = await page.goto(`${plane.url}/auth/oidc/callback?code=x&state=y&iss=${encodeURIComponent(issuer)}`);
    expect(answer?.status()).toBe(400);
  });

  test('into another browser than the one that began is refused, and the state is used up', async () => {
    const returns: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/auth/oidc/callback?')) returns.push(request.url());
    });
    await begin();
    // The cookie is what the other browser does not have.
    await page.context().clearCookies({ name: 'aim_oidc' });
    await atProvider('ada');
    await page.waitForSelector('[role=alert]');
    expect(await page.locator('[role=alert]').innerText()).toMatch(/not begun in this browser/);
    expect((await page.goto(returns[0] ?? ''))?.status()).toBe(400);
  });
});

test('a provider that is away is said on the page, and passwords still work', async () => {
  const alone = await startControlPlane({
    adminEmail: root.email,
    adminPassword: root.password,
    oidc: { issuer: 'http://127.0.0.1:9', clientId: 'aim' },
  });
  const before = plane;
  plane = alone;
  const query = new URLSearchParams({
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'a state of ours',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
  });
  await page.goto(`${alone.url}/auth/login?${query}`);
  await page.getByRole('button', { name: /Sign in with 127/ }).click();
  await page.waitForSelector('[role=alert]');
  expect(await page.locator('[role=alert]').innerText()).toMatch(/cannot be reached/);
  expect((await passwordSignIn(alone.url, root.email, root.password)).accessToken).toBeTruthy();
  plane = before;
  await alone.stop();
});

test.each<[title: string, groups: string[], role: string | null]>([
  ['the highest of several', ['staff', 'aim-admins'], 'admin'],
  ['none', ['others'], null],
  ['a group is not a prefix', ['staff2'], null],
])('roles from groups: %s', (_, groups, role) => {
  const roles = [
    { role: 'member' as const, group: 'staff' },
    { role: 'admin' as const, group: 'aim-admins' },
  ];
  expect(roleFrom(groups, { issuer: 'x', clientId: 'x', roles })).toBe(role);
});
