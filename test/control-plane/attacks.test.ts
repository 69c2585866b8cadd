// What somebody tries who wants in: each of these worked once, or would without the thing that holds it.

import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/control-plane/routes/table.ts';
import { agentRequestHeaders } from '../../src/crypto/agent-request.ts';
import { openWorld, signedAction, type TestAgent, type World } from './support/world.ts';

let world: World;
let later = 0;
beforeAll(async () => {
  world = await openWorld({ clock: () => Date.now() + later });
});
afterAll(() => world.stop());

/** The same 64 bytes in other letters: the last sign before the padding has bits that count for nothing. */
function respelled(text: string, alphabet = BASE64): string {
  const at = text.replace(/=+$/, '').length - 1;
  const other = alphabet.charAt(alphabet.indexOf(text.charAt(at)) ^ 1);
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
}
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64URL = BASE64.replace('+/', '-_');

/** Sends the bytes as they are, and gives back what came until the server was silent or gone. */
function sent(text: string): Promise<string> {
  const { port } = new URL(world.url);
  return new Promise((resolve) => {
    let came = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (part) => {
      came += String(part);
      socket.end();
    });
    socket.on('close', () => resolve(came));
  });
}

describe('a signed request that somebody caught', () => {
  test('is not another one when its signature is spelled otherwise', async () => {
    const agent = await world.agent();
    const path = `/api/v1/sdk-api/agents/${agent.id}/heartbeat`;
    const headers = agentRequestHeaders({ agentId: agent.id, key: agent.key }, 'POST', path, Math.floor(Date.now() / 1000), '');
    expect((await world.call('POST', path, undefined, headers)).status).toBe(200);
    later = 4000;
    const again = { ...headers, 'X-Signature': respelled(headers['X-Signature'] ?? '') };
    expect((await world.call('POST', path, undefined, again)).body.reasonCode).toBe('signatureInvalid');
    expect((await world.call('POST', path, undefined, headers)).body.reasonCode).toBe('signatureReplayed');
    later = 0;
  });

  test('a key that is spelled otherwise is no second key', async () => {
    const { key } = await world.agent();
    const { status } = await world.admin.call('PUT', '/api/v1/users/me/review-key', { publicKey: respelled(key.publicKey) });
    expect(status).toBe(400);
  });
});

describe('an assertion for a service token', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  function assertion({ id, key }: TestAgent, claims: object = {}): string {
    const text = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part({ sub: id, iss: id, aud: world.url, exp: Math.floor(Date.now() / 1000) + 60, ...claims })}`;
    return `${text}.${Buffer.from(key.sign(text), 'base64').toString('base64url')}`;
  }
  const exchange = (agent: TestAgent, clientAssertion: string) =>
    world.call('POST', '/api/v1/oauth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      client_id: agent.id,
      client_assertion: clientAssertion,
    });

  test('is good once, however it is spelled', async () => {
    const agent = await world.agent();
    const first = assertion(agent);
    expect((await exchange(agent, first)).status).toBe(200);
    for (const again of [first, respelled(first, BASE64URL), `${first}=`, `${first}==`])
      expect((await exchange(agent, again)).status).toBe(401);
  });

  test.each([5, {}, '', 'a\u0000b', 'x'.repeat(201)])('with the id %j is refused', async (jti) => {
    const agent = await world.agent();
    expect((await exchange(agent, assertion(agent, { jti }))).status).toBe(401);
  });

  test('a token from before a new key does not choose the next one', async () => {
    const agent = await world.agent();
    const { body: token } = await exchange(agent, assertion(agent));
    const authorization = `Bearer ${token.access_token}`;
    later = 2000;
    const { body: rotated } = await world.admin.call('POST', `/api/v1/agents/${agent.id}/rotate-credentials`);
    const path = `/api/v1/agents/${agent.id}/rotate-credentials`;
    // The key beside the token is public, and nothing that anybody proved to hold.
    const taken = await world.call('POST', path, undefined, { authorization, 'x-public-key': rotated.publicKey });
    expect([taken.status, taken.body.reasonCode]).toEqual([403, 'currentKeyNeeded']);
    later = 0;
  });
});

describe('what is of somebody else', () => {
  test('is not reached by an id in the body either', async () => {
    const stranger = await world.stranger();
    const other = (await stranger.call('POST', '/api/v1/agents', { name: 'foreign' })).body.id;
    const own = (await world.agent()).id;
    const a2a = '/api/v1/a2a';
    for (const [path, body] of [
      ['/api/v1/api-keys', { name: 'x', agentId: other }],
      ['/api/v1/secrets/namespaces', { agentId: other, namespace: 'x' }],
      ['/api/v1/admin/standing-rules', { name: 'r', agentId: other, capability: 'db:read', decision: 'approve' }],
      [`${a2a}/tasks`, { externalTaskId: 't', clientAgentId: own, remoteAgentId: other }],
      [`${a2a}/tasks`, { externalTaskId: 't', clientAgentId: other, remoteAgentId: own }],
      [`${a2a}/consent`, { userId: 'u', grantorAgentId: own, recipientAgentId: other, scope: ['read'], purpose: 'x' }],
      [`${a2a}/attestations`, { attestingAgentId: own, attestedAgentId: other, skillId: 's' }],
      [`${a2a}/skills`, { agentId: other, name: 'x' }],
      [`${a2a}/sign`, { agentId: other, method: 'GET', path: '/' }],
      [`${a2a}/security/check`, { requestingAgentId: own, targetAgentId: other }],
      [`${a2a}/trust/${own}/interaction`, { agentId: other, success: true }],
    ] as const)
      expect([path, (await world.admin.call('POST', path, body)).status]).toEqual([path, 404]);
  });

  test('is not set by members that nobody asked for', async () => {
    const member = await world.person('member');
    const wanted = { status: 'verified', trustScore: 1, isCompromised: 0, createdBy: world.admin.id, id: 'chosen' };
    const { body: made } = await member.call('POST', '/api/v1/agents', { name: 'mass', organizationId: 'x', ...wanted });
    expect(made).toMatchObject({ status: 'pending', createdBy: member.id });
    const { body: changed } = await member.call('PUT', `/api/v1/agents/${made.id}`, { ...wanted, publicKey: 'x', name: 'y' });
    expect(changed).toMatchObject({ status: 'pending', createdBy: member.id, publicKey: made.publicKey, name: 'mass' });
    for (const path of [`/api/v1/admin/users/${member.id}/role`, '/api/v1/users/me', '/api/v1/auth/me'])
      expect((await member.call('PUT', path, { role: 'admin' })).status).toBeGreaterThanOrEqual(400);
  });

  test('an API key loses what its person has lost', async () => {
    const member = await world.person('member');
    const { apiKey } = (await member.call('POST', '/api/v1/api-keys', { name: 'k' })).body;
    const register = (name: string) => world.call('POST', '/api/v1/agents', { name }, { 'x-api-key': apiKey });
    expect((await register('by key')).status).toBe(201);
    await world.admin.call('PUT', `/api/v1/admin/users/${member.id}/role`, { role: 'viewer' });
    expect((await register('by key of a viewer')).body.reasonCode).toBe('roleTooLow');
    expect((await world.call('GET', '/api/v1/agents', undefined, { 'x-api-key': apiKey })).status).toBe(200);
  });
});

describe('an account', () => {
  test('of somebody who was kept out meanwhile is not signed in to by a code from before', async () => {
    const { createHash, randomBytes } = await import('node:crypto');
    const { codeByForm } = await import('./support/world.ts');
    const person = await world.person('member');
    const verifier = randomBytes(64).toString('base64url');
    const redirectUri = 'http://localhost:49152/callback';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const { location } = await codeByForm(world.url, person, { redirectUri, state: 'some state', challenge });
    await world.admin.call('POST', `/api/v1/admin/users/${person.id}/deactivate`);
    await world.admin.call('DELETE', `/api/v1/admin/users/${person.id}`);
    const { status, body } = await world.call('POST', '/api/v1/auth/token', {
      grant_type: 'authorization_code',
      code: new URL(location ?? '').searchParams.get('code'),
      code_verifier: verifier,
      redirect_uri: redirectUri,
    });
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  test.each([
    ['ÉVA@example.test', 'éva@example.test'],
    ['e\u0301lise@example.test', 'élise@example.test'],
    ['Zoe\uff20example.test', 'zoe@example.test'],
  ])('%s is the one of %s', async (first, second) => {
    const password = 'correct horse battery staple';
    expect((await world.admin.call('POST', '/api/v1/admin/users', { email: first, password })).status).toBe(201);
    expect((await world.admin.call('POST', '/api/v1/admin/users', { email: second, password })).status).toBe(409);
    expect((await world.call('POST', '/api/v1/auth/login/local', { email: second, password })).status).toBe(200);
  });

  test.each(['a\u200bdmin@example.test', 'a\u001bdmin@example.test', 'a\u202edmin@example.test', 'a@b@example.test'])(
    'is not made for %j',
    async (email) => {
      const { status } = await world.admin.call('POST', '/api/v1/admin/users', { email });
      expect(status).toBe(400);
    },
  );
});

describe('a page in a browser of this machine', () => {
  test.each([
    ['evil.example', 421],
    ['evil.example:80', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['localhost', 200],
    ['127.0.0.1:8080', 200],
    ['[::1]:8080', 200],
    ['192.168.1.5', 200],
  ])('that comes as %s is answered with %i', async (name, status) => {
    expect(await sent(`GET /healthz HTTP/1.1\r\nHost: ${name}\r\n\r\n`)).toContain(`HTTP/1.1 ${status} `);
  });

  test('gets nothing that it could take for another kind of file', async () => {
    for (const path of ['/healthz', '/api/v1/agents', '/nowhere', '/metrics', '/auth/login'])
      expect((await world.call('GET', path)).headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('whoever may add something', () => {
  const all = <Answer>(count: number, make: (index: number) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => make(index)));

  test('does not fill the list of requests that wait for a person', async () => {
    const agent = await world.agent();
    const answers = await all(105, (index) =>
      agent.call('POST', `/api/v1/sdk-api/agents/${agent.id}/capability-requests`, {
        capabilityType: `flood:n${index}`,
        reason: 'needed for the work of today',
      }),
    );
    expect(Map.groupBy(answers, ({ status }) => status).get(201)).toHaveLength(100);
    expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({ reasonCode: 'limitReached', limit: 100 });
  });

  test('does not have each event sent to a thousand addresses', async () => {
    const member = await world.person('member');
    const hook = (index: number) => ({ name: `flood ${index}`, url: 'https://93.184.216.34/x', events: [] });
    const answers = await all(105, (index) => member.call('POST', '/api/v1/webhooks', hook(index)));
    const made = answers.flatMap(({ status, body }) => (status === 201 ? [body.id] : []));
    expect(made.length).toBeLessThanOrEqual(100);
    expect(answers.find(({ status }) => status !== 201)?.status).toBe(429);
    await all(made.length, (index) => member.call('DELETE', `/api/v1/webhooks/${made[index]}`));
  });
});

test('an agent that was revoked is given nothing any more', async () => {
  const agent = await world.agent();
  const asked = await agent.call('POST', `/api/v1/sdk-api/agents/${agent.id}/capability-requests`, {
    capabilityType: 'db:drop',
    reason: 'needed for the work of today',
  });
  await world.admin.call('POST', `/api/v1/agents/${agent.id}/revoke`);
  const given = [
    ['POST', `/api/v1/admin/capability-requests/${asked.body.id}/approve`, {}],
    ['POST', `/api/v1/agents/${agent.id}/capabilities`, { capabilityType: 'db:read' }],
    ['PUT', `/api/v1/agents/${agent.id}/keys`, { publicKey: agent.key.publicKey }],
    ['POST', `/api/v1/agents/${agent.id}/rotate-credentials`, {}],
    ['POST', `/api/v1/agents/${agent.id}/pqc-key`, { publicKey: 'x', algorithm: 'ML-DSA-65' }],
    ['POST', '/api/v1/api-keys', { name: 'k', agentId: agent.id }],
  ] as const;
  for (const [method, path, body] of given) {
    const answer = await world.admin.call(method, path, body);
    expect([path, answer.status, answer.body.reasonCode]).toEqual([path, 409, 'agentRevoked']);
  }
});

describe('odd requests', () => {
  test('a HEAD of what is answered over time gets an answer', async () => {
    const authorization = `Authorization: Bearer ${world.admin.accessToken}`;
    for (const path of ['/api/v1/events/stream', '/api/v1/embedded/hold', '/api/v1/agents'])
      expect(await sent(`HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n\r\n`)).toContain('HTTP/1.1 200 OK');
  });

  test.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an encoding that nobody knows', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ])('%s are no request', async (_, rest) => {
    const came = await sent(`POST /api/v1/auth/logout HTTP/1.1\r\nHost: localhost\r\n${rest}`);
    expect(came).toContain('HTTP/1.1 400 ');
    expect(came.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test.each([
    ['with two hosts', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\n\r\n', '400 ', 'hostNeeded'],
    ['with no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', '400 ', 'hostNeeded'],
    [
      'that expects something else',
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n',
      '417 ',
      'expectationFailed',
    ],
    ['for a proxy', 'CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', '405 ', 'methodNotAllowed'],
  ])('a request %s is told so', async (_, text, status, reasonCode) => {
    const came = await sent(text);
    expect(came).toContain(`HTTP/1.1 ${status}`);
    expect(came).toContain(`"reasonCode":"${reasonCode}"`);
  });

  test('a program that waits at a port that does not exist gets no page', async () => {
    const asked = new URLSearchParams({
      response_type: 'code',
      redirect_uri: 'http://localhost:99999/callback',
      state: 'a'.repeat(16),
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    });
    expect((await world.call('GET', `/auth/login?${asked}`)).status).toBe(400);
  });

  const cursor = (text: string): string => Buffer.from(text).toString('base64url');
  test.each([
    [`/agents?cursor=${cursor('1:\0')}`, 400],
    [`/verification-events?cursor=${cursor('1:\0x')}`, 400],
    [`/agents?cursor=${cursor('9999999999999999:zz')}`, 200],
    ['/verification-events/recent?minutes=1.33333', 200],
    ['/verification-events/statistics?period=constructor', 200],
    ['/verification-events?status=constructor', 200],
    ['/events/stream?types=constructor', 400],
    ['/agents?offset=9007199254740991&limit=1e9', 200],
  ])('GET %s is answered with %i', async (path, status) => {
    expect((await world.admin.call('GET', `/api/v1${path}`)).status).toBe(status);
  });

  test.each([
    ['/api/v1/auth/login/local', 'email=a%00b&password=x', 400],
    ['/api/v1/oauth/device/code', 'clientId=%00a', 400],
    ['/api/v1/auth/login/local', '__proto__=x&constructor=y&email=nobody&password=x', 401],
  ])('a form to %s with %s is answered with %i', async (path, text, status) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await world.call('POST', path, text, headers)).status).toBe(status);
  });

  const nested = (howDeep: number): string => `${'{"a":['.repeat(howDeep)}1${']}'.repeat(howDeep)}`;
  test.each([
    ['nested a hundred thousand deep', nested(50_000), 422],
    ['nested and never closed', '['.repeat(500_000), 422],
    ['a text that never ends', `["${'x'.repeat(500_000)}`, 400],
    ['a text that ends in a backslash', `["${'x'.repeat(5000)}\\`.slice(0, -1), 400],
    ['brackets in a text', JSON.stringify({ key: 'a', value: 'b', description: `${'['.repeat(900)}` }), 201],
    ['a prototype, in escapes', '{"key":"c","value":"d","\\u005f_proto__":{"category":"nonsense"}}', 201],
  ])('a body with %s', async (_, text, status) => {
    expect((await world.admin.call('POST', '/api/v1/tags', text)).status).toBe(status);
    if (status !== 422) return;
    expect((await world.call('POST', '/api/v1/sdk-api/verifications', text)).status).toBe(422);
  });

  test('an address that is none is not written down as one', async () => {
    for (const from of ['<b>here</b>', '=1+1', '127.0.0.1 or so', 'x'.repeat(5000)]) {
      const { email, password } = world.admin;
      await world.call('POST', '/api/v1/auth/login/local', { email, password }, { 'x-forwarded-for': from });
      const { body } = await world.admin.call('GET', '/api/v1/admin/audit-logs?action=sign-in&limit=1');
      expect(body.logs[0].ipAddress).toBe('unknown');
    }
  });

  test('nobody in particular sends more than a sign-in needs', async () => {
    const { status, body } = await world.call('POST', '/api/v1/auth/refresh', { refreshToken: 'x'.repeat(100_000) });
    expect([status, body.reasonCode]).toEqual([413, 'bodyTooLarge']);
  });

  test('a NUL in what an agent signs is refused before anything is looked up', async () => {
    const agent = await world.agent();
    for (const member of ['agentId', 'capability', 'resource', 'timestamp']) {
      const body = { ...signedAction(agent, 'db:read'), [member]: 'a\u0000b' };
      expect((await world.call('POST', '/api/v1/sdk-api/verifications', body)).status).toBe(400);
    }
  });

  test('where nothing is yet, every list says so', async () => {
    const stranger = await world.stranger();
    const lists = routes.filter(
      ({ method, path, access }) => method === 'GET' && !path.includes(':') && access.anyone !== true,
    );
    for (const { path } of lists.filter((each) => !/stream|hold/.test(each.path)))
      expect([path, (await stranger.call('GET', path)).status < 500]).toEqual([path, true]);
  });

  test('a tag does not become another one by a change', async () => {
    const made = async (key: string) => (await world.admin.call('POST', '/api/v1/tags', { key, value: '' })).body.id;
    const [one, other] = [await made('one'), await made('other')];
    expect((await world.admin.call('PUT', `/api/v1/tags/${other}`, { key: 'one' })).body.reasonCode).toBe('tagExists');
    expect((await world.admin.call('PUT', `/api/v1/tags/${one}`, { key: 'one' })).status).toBe(200);
  });

  test('a word that every object knows is no kind of isolation', async () => {
    const agent = await world.agent();
    const path = `/api/v1/sdk-api/agents/${agent.id}/isolation`;
    for (const isolationLevel of ['constructor', 'sandbox=constructor', 'constructor=name', '__proto__']) {
      const { status, body } = await agent.call('POST', path, { isolationLevel });
      expect([status, Number.isFinite(body.trustScore)]).toEqual([200, true]);
    }
  });

  test('a wildcard that somebody searches for is a letter', async () => {
    const agent = await world.agent();
    await agent.ask('db:100%_sure', { context: { jit_access: true } });
    const found = async (search: string): Promise<number> => {
      const path = `/api/v1/admin/verifications/pending?search=${encodeURIComponent(search)}`;
      return (await world.admin.call('GET', path)).body.pagination.total;
    };
    expect([await found('100%_s'), await found('1%e'), await found('d_:'), await found('\\')]).toEqual([1, 0, 0, 0]);
  });
});
