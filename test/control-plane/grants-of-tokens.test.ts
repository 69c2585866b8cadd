// Tokens for what has no browser and what is no person: the device grant, service tokens, signed statements.

import { randomBytes } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSigningKey, type SigningKey } from '../../src/crypto/ed25519.ts';
import { openWorld, type TestAgent, type World } from './support/world.ts';

let world: World;
let now = Date.now();
beforeAll(async () => {
  world = await openWorld({ clock: () => now });
});
afterAll(() => world.stop());

describe('the device grant', () => {
  const begin = async () => (await world.call('POST', '/api/v1/oauth/device/code', { clientId: 'aim-sdk' })).body;
  const poll = (deviceCode: string) =>
    world.call('POST', '/api/v1/oauth/device/token', { deviceCode, grantType: 'urn:ietf:params:oauth:grant-type:device_code' });

  test('pending, slowed down, approved, and used once', async () => {
    const code = await begin();
    expect(code).toMatchObject({
      deviceCode: expect.stringMatching(/^[0-9a-f]{80}$/),
      userCode: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ2-9]{4}-[BCDFGHJKLMNPQRSTVWXZ2-9]{4}$/),
      expiresIn: 900,
      interval: 5,
    });
    expect(code.verificationUriComplete).toBe(`${world.url}/device?user_code=${code.userCode}`);
    const first = await poll(code.deviceCode);
    expect([first.status, first.body]).toEqual([403, { error: 'authorization_pending' }]);
    expect((await poll(code.deviceCode)).body).toEqual({ error: 'slow_down' });
    expect((await world.admin.call('POST', '/api/v1/oauth/device/approve', { userCode: code.userCode })).status).toBe(200);
    const tokens = await poll(code.deviceCode);
    expect(tokens.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 7200 });
    const me = await world.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${tokens.body.accessToken}` });
    expect(me.body.email).toBe(world.admin.email);
    const again = await poll(code.deviceCode);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('refused, expired, unknown', async () => {
    const refused = await begin();
    await world.admin.call('POST', '/api/v1/oauth/device/deny', { userCode: refused.userCode });
    expect((await poll(refused.deviceCode)).body).toEqual({ error: 'access_denied' });
    expect((await poll('nonsense')).body.error).toBe('invalid_request');
    const late = await begin();
    now += 16 * 60 * 1000;
    expect((await poll(late.deviceCode)).body).toEqual({ error: 'expired_token' });
    expect((await world.call('GET', `/api/v1/oauth/device/verify?user_code=${late.userCode}`)).status).toBe(410);
  });

  test('the page shows code, machine, server and expiry before it asks, and lets the device in', async () => {
    const code = await begin();
    const page = await fetch(code.verificationUriComplete);
    const html = await page.text();
    for (const shown of [code.userCode, '127.0.0.1', world.url, 'more minutes', 'name="password"'])
      expect(html).toContain(shown);
    const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? '';
    const form = (change: Record<string, string>) =>
      new URLSearchParams({
        user_code: code.userCode,
        csrf,
        email: world.admin.email,
        password: world.admin.password,
        decision: 'allow',
        ...change,
      });
    const send = (body: URLSearchParams, headers: Record<string, string> = { cookie }) =>
      fetch(`${world.url}/device`, { method: 'POST', body, headers });
    await send(form({}), {});
    expect((await poll(code.deviceCode)).body.error).toBe('authorization_pending');
    expect(await (await send(form({ password: 'wrong' }))).text()).toContain('wrong');
    expect(await (await send(form({}))).text()).toContain('The device is signed in');
    expect((await poll(code.deviceCode)).status).toBe(200);
  });
});

describe('service tokens', () => {
  const assertion = async (
    agent: { id: string; key: SigningKey },
    change: { audience?: string; seconds?: number; id?: string } = {},
  ) => {
    const x = Buffer.from(agent.key.publicKey, 'base64').toString('base64url');
    const d = Buffer.from(agent.key.privateKey, 'base64').subarray(0, 32).toString('base64url');
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x, d }, 'EdDSA');
    const seconds = Math.floor(now / 1000);
    return new SignJWT({ jti: randomBytes(8).toString('hex') })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject(change.id ?? agent.id)
      .setAudience(change.audience ?? world.url)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + (change.seconds ?? 60))
      .sign(key);
  };
  const exchange = (id: string, client_assertion: string) =>
    world.call(
      'POST',
      '/api/v1/oauth/token',
      new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        client_id: id,
        client_assertion,
      }).toString(),
      { 'content-type': 'application/x-www-form-urlencoded' },
    );

  test('act for the own agent and for nobody else', async () => {
    const [agent, other] = [await world.agent(), await world.agent()];
    const { status, body } = await exchange(agent.id, await assertion(agent));
    expect([status, body.token_type, body.expires_in]).toEqual([200, 'Bearer', 3600]);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await world.call('POST', `/api/v1/sdk-api/agents/${agent.id}/heartbeat`, {}, headers)).status).toBe(200);
    expect((await world.call('POST', `/api/v1/sdk-api/agents/${other.id}/heartbeat`, {}, headers)).body.reasonCode).toBe(
      'agent_path_mismatch',
    );
    expect((await world.call('GET', '/api/v1/auth/me', undefined, headers)).status).toBe(401);
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/suspend`);
    expect((await world.call('GET', '/api/v1/agents', undefined, headers)).status).toBe(401);
  });

  test('an assertion is good once, for this server, for a short time, from the key of the agent', async () => {
    const agent = await world.agent();
    const good = await assertion(agent);
    expect((await exchange(agent.id, good)).status).toBe(200);
    for (const bad of [
      good,
      await assertion(agent, { audience: 'https://other.example' }),
      await assertion(agent, { seconds: 3600 }),
      await assertion({ ...agent, key: generateSigningKey() }),
    ]) {
      const { status, body } = await exchange(agent.id, bad);
      expect([status, body.error, typeof body.error_description]).toEqual([401, 'invalid_client', 'string']);
    }
  });
});

describe('signed statements', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await world.agent(['db:read']);
  });
  const TYPE = 'application/vnd.opena2a.action-request.v1+json';
  const base64url = (bytes: Uint8Array | string, encoding: BufferEncoding = 'utf8') =>
    Buffer.from(bytes as string, encoding).toString('base64url');
  function statement(change: object = {}, by = agent.key) {
    const payload = Buffer.from(
      JSON.stringify({
        action_type: 'db:read',
        agent_id: agent.id,
        resource: null,
        timestamp: new Date(now).toISOString(),
        nonce: randomBytes(16).toString('base64url'),
        context: { n: 1.0 },
        ...change,
      }),
    );
    const signature = by.sign(Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]));
    return {
      signedBytes: payload.toString('base64url'),
      signature: base64url(signature, 'base64'),
      publicKey: base64url(agent.key.publicKey, 'base64'),
    };
  }
  const send = (body: unknown) => world.call('POST', '/api/v1/sdk-api/verifications', body);

  test('are decided like the original form', async () => {
    const { status, body } = await send(statement());
    expect([status, body.status]).toEqual([201, 'approved']);
    expect((await send(statement({ action_type: 'db:drop' }))).body.status).toBe('denied');
  });

  test.each<[string, () => object, number, string]>([
    ['a nonce of another width', () => statement({ nonce: 'short' }), 400, 'nonceRequired'],
    ['no nonce', () => statement({ nonce: undefined }), 400, 'nonceRequired'],
    ['an old timestamp', () => statement({ timestamp: new Date(now - 40_000).toISOString() }), 401, 'timestampOutsideWindow'],
    ['a forged signature', () => statement({}, generateSigningKey()), 401, 'signatureInvalid'],
    ['too many bytes', () => statement({ context: { text: 'x'.repeat(66_000) } }), 422, 'limitExceeded'],
    [
      'too deep a nesting',
      () => statement({ context: JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) }),
      422,
      'limitExceeded',
    ],
    ['a member too many', () => ({ ...statement(), nonce: 'x' }), 400, 'invalidRequest'],
    ['padding', () => ({ ...statement(), signedBytes: 'e30=' }), 400, 'invalidRequest'],
  ])('%s is refused', async (_, make, status, reasonCode) => {
    const answer = await send(make());
    expect([answer.status, answer.body.reasonCode]).toEqual([status, reasonCode]);
  });

  test('a nonce works once, whatever else changes', async () => {
    const nonce = randomBytes(16).toString('base64url');
    const first = statement({ nonce });
    expect((await send(first)).status).toBe(201);
    expect((await send(first)).body.reasonCode).toBe('nonceReused');
    expect((await send(statement({ nonce, resource: 'other' }))).body.reasonCode).toBe('nonceReused');
  });
});
