// Signing in, staying signed in, signing out: as browsers, SDKs and scripts do it.

import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeByForm, openWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const verifier = randomBytes(64).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const asked = { redirectUri: 'http://localhost:49152/callback', state: randomBytes(32).toString('base64url'), challenge };
const exchange = (code: string, change: object = {}) =>
  world.call('POST', '/api/v1/auth/token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: asked.redirectUri,
    ...change,
  });

describe('PKCE in a browser', () => {
  test('page, form, code and tokens', async () => {
    const { page, html, status, location } = await codeByForm(world.url, world.admin, asked);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).not.toContain('<script');
    expect(html).toContain('name="email"');
    expect(html).toContain('name="password"');
    expect(status).toBe(302);
    const back = new URL(location ?? '');
    expect(back.origin + back.pathname).toBe(asked.redirectUri);
    expect(back.searchParams.get('state')).toBe(asked.state);
    const { status: exchanged, body } = await exchange(back.searchParams.get('code') ?? '');
    expect(exchanged).toBe(200);
    expect(body).toMatchObject({
      email: world.admin.email,
      user_id: world.admin.id,
      organization_id: expect.any(String),
      refresh_token: expect.any(String),
    });
    const me = await world.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${body.access_token}` });
    expect(me.body).toMatchObject({ email: world.admin.email, role: 'admin' });
  });

  test('a code works once, for the program that asked, with its verifier', async () => {
    const code = async () =>
      new URL((await codeByForm(world.url, world.admin, asked)).location ?? '').searchParams.get('code') ?? '';
    const first = await code();
    expect((await exchange(first)).status).toBe(200);
    expect((await exchange(first)).body).toMatchObject({ error: 'invalid_grant', error_description: expect.any(String) });
    expect((await exchange(await code(), { code_verifier: 'x'.repeat(86) })).status).toBe(400);
    expect((await exchange(await code(), { redirect_uri: 'http://localhost:1/callback' })).status).toBe(400);
    expect((await exchange(await code(), { grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
  });

  test('a wrong password stays on the page', async () => {
    const { status, body, location } = await codeByForm(world.url, { ...world.admin, password: 'wrong' }, asked);
    expect(status).toBe(401);
    expect(location).toBeNull();
    expect(body).toContain('E-mail address or password is wrong.');
  });

  test('a form of another page is not taken', async () => {
    const form = new URLSearchParams({
      response_type: 'code',
      redirect_uri: asked.redirectUri,
      state: asked.state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      email: world.admin.email,
      password: world.admin.password,
      csrf: 'guess',
    });
    const answer = await fetch(`${world.url}/auth/login`, { method: 'POST', body: form, redirect: 'manual' });
    expect(answer.headers.get('location')).toBeNull();
  });

  test.each([
    ['another host', { redirect_uri: 'http://evil.example/callback' }],
    ['another scheme', { redirect_uri: 'https://localhost:1/callback' }],
    ['another path', { redirect_uri: 'http://localhost:1/other' }],
    ['a user before the host', { redirect_uri: 'http://localhost:1@evil.example/callback' }],
    ['no challenge', { code_challenge: '' }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['an implicit grant', { response_type: 'token' }],
  ])('%s is refused before anybody types a password', async (_, change) => {
    const query = new URLSearchParams({
      response_type: 'code',
      redirect_uri: asked.redirectUri,
      state: asked.state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...change,
    });
    const page = await fetch(`${world.url}/auth/login?${query}`);
    expect(page.status).toBe(400);
    expect(await page.text()).not.toContain('name="password"');
  });
});

describe('refresh tokens', () => {
  const refresh = (refreshToken: string) => world.call('POST', '/api/v1/auth/refresh', { refreshToken });

  test('are rotated', async () => {
    const { refreshToken } = await world.signIn(world.admin.email, world.admin.password);
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    expect(body).toMatchObject({ tokenType: 'Bearer', rotated: true });
    expect(body.refreshToken).not.toBe(refreshToken);
  });

  test('a rotated one yields its successor until that one is used; an older one ends the session', async () => {
    const { refreshToken: first } = await world.signIn(world.admin.email, world.admin.password);
    const second = (await refresh(first)).body.refreshToken;
    expect((await refresh(first)).body.refreshToken).toBe(second);
    const third = await refresh(second);
    expect(third.status).toBe(200);
    const reused = await refresh(first);
    expect(reused.status).toBe(401);
    expect(reused.body.error).toMatch(/revoked|invalid/i);
    expect((await refresh(third.body.refreshToken)).status).toBe(401);
    const access = await world.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${third.body.accessToken}` });
    expect(access.status).toBe(401);
  });

  test('sign-out revokes access and refresh token, and says so', async () => {
    const person = await world.signIn(world.admin.email, world.admin.password);
    const { body } = await person.call('POST', '/api/v1/auth/logout', { refreshToken: person.refreshToken });
    expect(body.revoked).toEqual({ accessToken: true, refreshToken: true });
    expect((await person.call('GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await refresh(person.refreshToken)).status).toBe(401);
  });

  test('revoke ends the session too, and nonsense ends nothing', async () => {
    const person = await world.signIn(world.admin.email, world.admin.password);
    expect((await world.call('POST', '/api/v1/auth/revoke', { refreshToken: 'nonsense' })).status).toBe(200);
    expect((await person.call('GET', '/api/v1/auth/me')).status).toBe(200);
    await world.call('POST', '/api/v1/auth/revoke', { refreshToken: person.refreshToken });
    expect((await person.call('GET', '/api/v1/auth/me')).status).toBe(401);
  });

  test('an access token is not a refresh token, and the other way round', async () => {
    const person = await world.signIn(world.admin.email, world.admin.password);
    expect((await refresh(person.accessToken)).status).toBe(401);
    const asBearer = await world.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${person.refreshToken}` });
    expect(asBearer.status).toBe(401);
  });

  test('recovery of a revoked token is refused with words that SDKs understand', async () => {
    const { status, body } = await world.call('POST', '/api/v1/auth/sdk/recover', { oldRefreshToken: 'x' });
    expect(status).toBe(401);
    expect(body.error).toEqual(expect.any(String));
  });
});

describe('passwords', () => {
  test('a wrong one is 401, in both routes', async () => {
    const wrong = { email: world.admin.email, password: 'wrong' };
    expect((await world.call('POST', '/api/v1/auth/login/local', wrong)).status).toBe(401);
    expect((await world.call('POST', '/api/v1/public/login', wrong)).body).toMatchObject({
      success: false,
      error: expect.any(String),
    });
  });

  test('changing it ends the other sessions', async () => {
    const person = await world.person('viewer');
    const other = await world.signIn(person.email, person.password);
    const changed = await person.call('POST', '/api/v1/auth/change-password', {
      currentPassword: person.password,
      newPassword: 'another long password',
    });
    expect(changed.status).toBe(200);
    expect((await other.call('GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await person.call('GET', '/api/v1/auth/me')).status).toBe(200);
  });

  test('guessing is slowed down', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      statuses.push(
        (await world.call('POST', '/api/v1/auth/login/local', { email: 'guess@example.test', password: `guess ${index}` }))
          .status,
      );
    }
    expect(statuses.at(0)).toBe(401);
    expect(statuses.at(-1)).toBe(429);
  });

  test('a deactivated account loses its sessions', async () => {
    const person = await world.person('member');
    await world.admin.call('POST', `/api/v1/admin/users/${person.id}/deactivate`);
    expect((await person.call('GET', '/api/v1/auth/me')).status).toBe(401);
  });

  test('the last administrator cannot be taken away', async () => {
    const { status, body } = await world.admin.call('PUT', `/api/v1/admin/users/${world.admin.id}/role`, { role: 'viewer' });
    expect([status, body.reasonCode]).toEqual([409, 'lastAdministrator']);
  });
});
