// Agent to agent: signatures against the vector, cards of both ages, receivers that check what they really received, and the client's bodies.

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { readAgentCard } from '../../src/a2a/read-agent-card.ts';
import { generateSigningKey, readSigningKey } from '../../src/crypto/ed25519.ts';
import {
  A2AAgentCard,
  A2AClient,
  AIMClient,
  a2aExpress,
  a2aFastify,
  a2aHono,
  a2aNode,
  createA2AReceiver,
  signA2ARequest,
  signCard,
  verifyA2ARequest,
  verifyCard,
} from '../../src/index.ts';
import { answerJson, smallServer } from '../http/small-server.ts';

const key = readSigningKey(Buffer.alloc(32, 1).toString('base64'));
const signer = { agentId: '11111111-1111-4111-8111-111111111111', publicKey: key.publicKey, sign: key.sign };
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('a signed request', () => {
  test('has the bytes of the vector', () => {
    const signed = signA2ARequest(
      signer,
      { method: 'POST', path: '/tasks/send', body: '{"message":"hi"}' },
      { now: () => 1767323045_000, nonce: '00112233445566778899aabbccddeeff' },
    );
    expect(signed.requestHash).toBe('c1562403e2428bcf783a311737e3a7abeb4c1c2d32a6b7fb29803b53a90b3e10');
    expect(signed.signature).toBe('Ifxy5SDq/0PNpCX2fyJkCBLQb4Zpxw78+8R9unWZt6x6YOvRT2xE62MVtx/kAD7mAJU8WrH/8iVLzslRzitKCA==');
  });

  test.each<[title: string, change: object]>([
    ['another body', { body: '{"message":"ho"}' }],
    ['another path', { path: '/tasks/send?x=1' }],
    ['another method', { method: 'PUT' }],
  ])('does not pass for %s', (_, change) => {
    const request = { method: 'POST', path: '/tasks/send', body: '{"message":"hi"}' };
    const signed = signA2ARequest(signer, request);
    expect(verifyA2ARequest(request, signed)).toBe(true);
    expect(verifyA2ARequest({ ...request, ...change }, signed)).toBe(false);
  });
});

describe('a receiver', () => {
  const time = 1_767_323_045_000;
  const receiver = () => createA2AReceiver({ keyFor: (id) => (id === signer.agentId ? key.publicKey : null), now: () => time });
  const request = { method: 'POST', path: '/tasks', body: 'hi' };
  const sign = (now = time, by = signer) => signA2ARequest(by, request, { now: () => now }).headers;

  test('accepts a request once', async () => {
    const receive = receiver();
    const headers = { ...sign() };
    await expect(receive({ ...request, headers })).resolves.toMatchObject({ peer: { agentId: signer.agentId } });
    await expect(receive({ ...request, headers })).resolves.toMatchObject({ refused: { status: 409 } });
  });

  test('accepts it once among several processes that keep nonces in one place', async () => {
    const taken = new Map<string, number>();
    const takeNonce = async (nonce: string, until: number): Promise<boolean> => {
      const isNew = !taken.has(nonce);
      taken.set(nonce, until);
      return isNew;
    };
    const [one, other] = [1, 2].map(() => createA2AReceiver({ keyFor: () => key.publicKey, now: () => time, takeNonce }));
    const received = { ...request, headers: { ...sign() } };
    const outcomes = await Promise.all([one?.(received), other?.(received), one?.(received)]);
    expect(outcomes.map((outcome) => outcome && 'peer' in outcome)).toEqual([true, false, false]);
    expect([...taken.values()]).toEqual([time / 1000 + 300]);
  });

  test('does not take the nonces of an agent for a request that it has not signed', async () => {
    const receive = receiver();
    const headers = { ...sign() };
    await receive({ ...request, body: 'ho', headers });
    await expect(receive({ ...request, headers })).resolves.toMatchObject({ peer: { agentId: signer.agentId } });
  });

  test.each<[title: string, received: () => Parameters<ReturnType<typeof createA2AReceiver>>[0], reason: RegExp]>([
    ['is not signed', () => ({ ...request, headers: {} }), /not signed/],
    ['was changed on the way', () => ({ ...request, body: 'ho', headers: sign() }), /does not fit/],
    ['is too old', () => ({ ...request, headers: sign(time - 301_000) }), /too old/],
    ['is from the future', () => ({ ...request, headers: sign(time + 301_000) }), /future/],
    [
      'is of an agent that is not known',
      () => ({ ...request, headers: sign(time, { ...signer, agentId: 'other' }) }),
      /not known/,
    ],
    [
      'is signed with a key that it brings along',
      () => {
        const own = generateSigningKey();
        return { ...request, headers: sign(time, { agentId: signer.agentId, publicKey: own.publicKey, sign: own.sign }) };
      },
      /does not fit/,
    ],
    ['has a nonce of another form', () => ({ ...request, headers: { ...sign(), 'X-A2A-Nonce': 'x' } }), /form/],
  ])('refuses a request that %s', async (_, received, reason) => {
    const outcome = await receiver()(received());
    expect('refused' in outcome && outcome.refused.reason).toMatch(reason);
  });

  const live = () => createA2AReceiver({ keyFor: () => key.publicKey });
  async function call(url: string, body: string, headers: Record<string, string>): Promise<number> {
    return (await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })).status;
  }
  const signedFor = (path: string, body: string): Record<string, string> => ({
    ...signA2ARequest(signer, { method: 'POST', path, body }).headers,
  });

  test('stands before node:http', async () => {
    const server = http.createServer(
      a2aNode(live(), (_request, response, peer, body) => response.end(`${peer.agentId} ${body.length}`)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks?a=1`;
    expect(await call(url, '{"a": 1}', signedFor('/tasks?a=1', '{"a": 1}'))).toBe(200);
    expect(await call(url, '{"a": 2}', signedFor('/tasks?a=1', '{"a": 1}'))).toBe(401);
  });

  test('stands before Fastify', async () => {
    const app = Fastify();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post('/tasks', { preHandler: a2aFastify(live()) as never }, async () => 'done');
    const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/tasks`;
    ends.push(() => app.close());
    expect(await call(url, '{}', signedFor('/tasks', '{}'))).toBe(200);
    expect(await call(url, '{}', {})).toBe(401);
  });

  test('stands before Express, and does not take a parsed body for the real one', async () => {
    const middleware = a2aExpress(live());
    const request = { method: 'POST', originalUrl: '/tasks', headers: { ...signedFor('/tasks', '{}'), 'content-length': '2' } };
    const answers: unknown[] = [];
    const response = { status: (code: number) => ({ json: (body: unknown) => answers.push([code, body]) }) };
    const passed: unknown[] = [];
    await middleware({ ...request, body: Buffer.from('{}') }, response, (error) => passed.push(error));
    await middleware({ ...request, body: {} }, response, (error) => passed.push(error));
    expect(passed).toEqual([undefined, expect.any(TypeError)]);
  });

  test('stands before Hono', async () => {
    const middleware = a2aHono(live());
    const raw = new Request('http://agent.example/tasks', { method: 'POST', body: '{}', headers: signedFor('/tasks', '{}') });
    const values = new Map<string, unknown>();
    let ran = false;
    await middleware(
      {
        req: { method: 'POST', url: raw.url, raw, arrayBuffer: () => raw.arrayBuffer() },
        json: (body, status) => Response.json(body, { status }),
        set: (name, value) => void values.set(name, value),
      },
      async () => {
        ran = true;
      },
    );
    expect([ran, values.get('a2aPeer')]).toEqual([true, expect.objectContaining({ agentId: signer.agentId })]);
  });
});

describe('an agent card', () => {
  const card = new A2AAgentCard({
    agentId: signer.agentId,
    name: 'admin-agent',
    url: 'https://agent.example/a2a',
    capabilities: ['db:read', 'api:call'],
  }).card;

  test('has what A2A 1.0 asks for, and what older readers look for', () => {
    expect(card).toMatchObject({
      name: 'admin-agent',
      supportedInterfaces: [{ url: 'https://agent.example/a2a', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
      url: 'https://agent.example/a2a',
      skills: [{ id: 'db:read', name: 'db:read', description: '', tags: [] }, { id: 'api:call' }],
      aim: { agentId: signer.agentId },
    });
  });

  test('is signed over its canonical form, and shows each change', () => {
    const signed = signCard(card, signer, { kid: 'k1' });
    const keyFor = (kid: string) => (kid === 'k1' ? key.publicKey : null);
    expect(verifyCard(signed, keyFor)).toEqual({ valid: true, verified: ['k1'], failed: [] });
    expect(verifyCard(JSON.parse(JSON.stringify(signed)), keyFor).valid).toBe(true);
    expect(verifyCard({ ...signed, description: 'changed' }, keyFor).valid).toBe(false);
    expect(verifyCard(signed, () => null).valid).toBe(false);
    expect(verifyCard(card, keyFor).valid).toBe(false);
  });

  test('is not taken with another algorithm in its header', () => {
    const signed = signCard(card, signer);
    const header = Buffer.from(JSON.stringify({ alg: 'none', kid: 'k1' })).toString('base64url');
    const forged = { ...signed, signatures: [{ protected: header, signature: '' }] };
    expect(verifyCard(forged, () => key.publicKey).valid).toBe(false);
  });

  test('is read in its older form too, and refused with the member that is wrong', () => {
    expect(readAgentCard({ name: 'old', url: 'https://a.example', capabilities: ['x'] })).toMatchObject({
      name: 'old',
      supportedInterfaces: [{ protocolVersion: '0.3' }],
    });
    expect(() => readAgentCard({ name: '', url: 'https://a.example' })).toThrow(/name/);
  });
});

describe('A2AClient', () => {
  async function client(body: unknown = { id: 'x' }) {
    const server = await smallServer((_request, response) => answerJson(response, body));
    const agent = new AIMClient({ agentId: signer.agentId, privateKey: key.privateKey, aimUrl: server.url });
    ends.push(() => agent.close(), server.stop);
    return { a2a: new A2AClient(agent), received: server.received };
  }

  test('comes from the environment, as the manual says', () => {
    const a2a = A2AClient.fromEnv({ AIM_AGENT_ID: signer.agentId, AIM_PRIVATE_KEY: key.privateKey });
    expect(a2a.agentId).toBe(signer.agentId);
    expect(() => A2AClient.fromEnv({})).toThrow('AIM_AGENT_ID is not set.');
  });

  test('signs requests here, and asks nobody', async () => {
    const { a2a, received } = await client();
    const signed = a2a.signRequest('POST', '/tasks', '{}');
    expect(verifyA2ARequest({ method: 'POST', path: '/tasks', body: '{}' }, signed)).toBe(true);
    expect(received).toEqual([]);
  });

  test.each<[title: string, call: (a2a: A2AClient) => Promise<unknown>, request: string, body: object | null]>([
    [
      'registers a card',
      (a) => a.registerAgentCard('https://a.example/card.json'),
      `POST /api/v1/a2a/agents/${signer.agentId}/card`,
      { cardUrl: 'https://a.example/card.json' },
    ],
    [
      'attests a skill',
      (a) => a.attestSkill({ attestedAgentId: 'b', skillId: 's' }),
      'POST /api/v1/a2a/attestations',
      {
        attestingAgentId: signer.agentId,
        attestedAgentId: 'b',
        skillId: 's',
        attestationType: 'SKILL_VERIFICATION',
        confidence: 1,
        evidence: {},
      },
    ],
    [
      'finds an agent for an intent',
      (a) => a.routeByIntent('send email & more', { minTrustScore: 0.5 }),
      'GET /api/v1/a2a/route?intent=send+email+%26+more&minTrustScore=0.5',
      null,
    ],
    [
      'records an interaction that failed',
      (a) => a.recordFailedInteraction('b', 'timeout'),
      'POST /api/v1/a2a/trust/b/interaction',
      { success: false, errorReason: 'timeout' },
    ],
    [
      'logs a task',
      (a) => a.logTask({ externalTaskId: 't', remoteAgentId: 'b' }),
      'POST /api/v1/a2a/tasks',
      { clientAgentId: signer.agentId, externalTaskId: 't', remoteAgentId: 'b' },
    ],
    ['moves a task', (a) => a.updateTaskState('t', 'COMPLETED'), 'PUT /api/v1/a2a/tasks/t/state', { state: 'COMPLETED' }],
    ['lists skills', (a) => a.listSkills(), `GET /api/v1/a2a/agents/${signer.agentId}/skills`, null],
  ])('%s', async (_, call, request, body) => {
    const { a2a, received } = await client();
    await call(a2a);
    expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual([request]);
    if (body !== null) expect(JSON.parse(received[0]?.body ?? '')).toEqual(body);
  });

  test('verifies with the hash of what was received, and takes a refusal for a no', async () => {
    const { a2a, received } = await client({ valid: false, error: 'nonce already used' });
    const request = { method: 'POST', path: '/tasks', body: '{}' };
    const signed = a2a.signRequest('POST', '/tasks', '{}');
    await expect(a2a.verifyRequest(request, signed)).resolves.toMatchObject({ valid: false });
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ requestHash: signed.requestHash });
  });
});
