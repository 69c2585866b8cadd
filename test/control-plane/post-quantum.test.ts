// Agents with a second, post-quantum key: who gives it to them, what it signs, and that hybrid mode has no way around it.

import { createPrivateKey, randomBytes, randomUUID } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attestationMessage } from '../../src/control-plane/mcp/attestation-message.ts';
import { agentRequestMessage, pollHeaders } from '../../src/crypto/agent-request.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { mlDsaAlgorithms } from '../../src/crypto/ml-dsa.ts';
import { openWorld, signedAction, type TestAgent, type World } from './support/world.ts';

const schemes = { 'ML-DSA-44': ml_dsa44, 'ML-DSA-65': ml_dsa65, 'ML-DSA-87': ml_dsa87 };
type Algorithm = keyof typeof schemes;
type Key = { algorithm: Algorithm; publicKey: string; sign(message: string): string };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

function newKey(algorithm: Algorithm = 'ML-DSA-65'): Key {
  const { secretKey, publicKey } = schemes[algorithm].keygen(randomBytes(32));
  const sign = (message: string) => Buffer.from(schemes[algorithm].sign(Buffer.from(message), secretKey)).toString('base64');
  return { algorithm, publicKey: Buffer.from(publicKey).toString('base64'), sign };
}

/** The headers of a request that is signed with both keys, or with the post-quantum one alone. */
function headersOf(agent: TestAgent, key: Key, method: string, path: string, body?: unknown, { alone = false } = {}) {
  const seconds = String(Math.floor(Date.now() / 1000));
  const message = agentRequestMessage(method, path, seconds, body === undefined ? '' : JSON.stringify(body));
  const common = { 'X-Agent-ID': agent.id, 'X-Timestamp': seconds, 'X-PQC-Public-Key': key.publicKey };
  if (alone) return { ...common, 'X-Algorithm': key.algorithm, 'X-Signature': key.sign(message) };
  return {
    ...common,
    'X-Algorithm': `Ed25519+${key.algorithm}`,
    'X-Public-Key': agent.key.publicKey,
    'X-Signature-Ed25519': agent.key.sign(message),
    'X-Signature-MLDSA': key.sign(message),
  };
}

const withBoth = (agent: TestAgent, key: Key, method: string, path: string, body?: unknown) =>
  world.call(method, path, body, headersOf(agent, key, method, path, body));

/** An agent whose requests need both signatures. */
async function hybridAgent(capabilities: string[] = ['db:read']): Promise<{ agent: TestAgent; key: Key }> {
  const agent = await world.agent(capabilities);
  const key = newKey();
  const body = { publicKey: key.publicKey, algorithm: key.algorithm, enableHybrid: true };
  const { status } = await world.admin.call('POST', `/api/v1/agents/${agent.id}/pqc-key`, body);
  expect(status).toBe(200);
  return { agent, key };
}

describe('a post-quantum key', () => {
  test('is registered, shown, replaced, and on the record each time', async () => {
    const agent = await world.agent();
    const at = `/api/v1/agents/${agent.id}/pqc-key`;
    expect((await agent.call('GET', at)).body).toMatchObject({ pqcStatus: 'not_configured', effectiveAlgorithm: 'Ed25519' });
    const [one, two] = [newKey(), newKey('ML-DSA-87')];
    expect((await agent.call('PUT', at, { newPublicKey: one.publicKey, algorithm: one.algorithm })).status).toBe(404);
    const { body } = await agent.call('POST', at, { publicKey: one.publicKey, algorithm: one.algorithm });
    expect(body).toMatchObject({ success: true, pqcKeyAlgorithm: 'ML-DSA-65', hybridModeEnabled: false });
    expect((await agent.call('POST', at, { publicKey: two.publicKey, algorithm: two.algorithm })).status).toBe(409);
    const next = await agent.call('PUT', at, { newPublicKey: two.publicKey, algorithm: two.algorithm });
    expect(next.body).toMatchObject({ pqcKeyAlgorithm: 'ML-DSA-87', hasPreviousPqcKey: true });
    expect((await world.admin.call('GET', at)).body).toMatchObject({
      pqcStatus: 'pqc_only',
      pqcPublicKey: two.publicKey,
      hasPreviousPqcKey: true,
      pqcKeyExpiresAt: expect.any(String),
    });
    expect((await agent.call('GET', `/api/v1/agents/${agent.id}`)).body).toMatchObject({ pqcPublicKey: two.publicKey });
    const { body: log } = await world.admin.call('GET', `/api/v1/agents/${agent.id}/audit-logs`);
    const actions = log.logs.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(['register-pqc-key', 'rotate-pqc-key']));
  });

  test('is taken in the words of the published SDKs as well; hybrid mode then waits for both signatures', async () => {
    const agent = await world.agent();
    const key = newKey();
    const sent = { pqcPublicKey: key.publicKey, algorithm: key.algorithm, enableHybridMode: true };
    const { body } = await agent.call('POST', `/api/v1/agents/${agent.id}/pqc-key`, sent);
    expect(body).toMatchObject({ hybridModeEnabled: false, message: expect.stringContaining('stays off') });
    const at = `/api/v1/agents/${agent.id}/hybrid-mode`;
    expect((await agent.call('POST', at, { enabled: true })).body.reasonCode).toBe('hybridSignatureRequired');
    expect((await agent.call('GET', `/api/v1/agents/${agent.id}`)).status).toBe(200);
    const switched = await withBoth(agent, key, 'POST', at, { enabled: true });
    expect(switched.body).toMatchObject({ hybridModeEnabled: true });
  });

  test.each<[title: string, body: (key: Key) => unknown]>([
    ['of another size', (key) => ({ publicKey: key.publicKey.slice(4), algorithm: key.algorithm })],
    ['of another algorithm', (key) => ({ publicKey: key.publicKey, algorithm: 'ML-DSA-44' })],
    ['of an algorithm that nobody knows', (key) => ({ publicKey: key.publicKey, algorithm: 'constructor' })],
    ['that is no base64', (key) => ({ publicKey: `!${key.publicKey}`, algorithm: key.algorithm })],
    ['that is not there', () => ({ algorithm: 'ML-DSA-65' })],
  ])('%s is refused', async (_, body) => {
    const agent = await world.agent();
    const answer = await agent.call('POST', `/api/v1/agents/${agent.id}/pqc-key`, body(newKey()));
    expect([answer.status, answer.body.reasonCode]).toEqual([400, 'invalidRequest']);
  });

  test('is nobody’s to give but the agent’s own and its people’s', async () => {
    const [agent, other] = [await world.agent(), await world.agent()];
    const [viewer, stranger] = [await world.person('viewer'), await world.stranger()];
    const at = `/api/v1/agents/${agent.id}/pqc-key`;
    const body = { publicKey: newKey().publicKey, algorithm: 'ML-DSA-65' };
    expect((await other.call('POST', at, body)).status).toBe(403);
    expect((await viewer.call('POST', at, body)).status).toBe(403);
    expect((await stranger.call('POST', at, body)).status).toBe(404);
    const { body: made } = await world.admin.call('POST', '/api/v1/api-keys', { name: 'k', agentId: agent.id });
    expect((await world.call('POST', at, body, { 'X-API-Key': made.apiKey })).status).toBe(401);
  });

  test('the one before does not choose the next one, of either kind', async () => {
    const agent = await world.agent();
    const at = `/api/v1/agents/${agent.id}/pqc-key`;
    const [one, two, three] = [newKey(), newKey(), newKey()];
    await agent.call('POST', at, { publicKey: one.publicKey, algorithm: one.algorithm });
    await agent.call('PUT', at, { newPublicKey: two.publicKey, algorithm: two.algorithm });
    const attempts = [
      ['PUT', at, { newPublicKey: three.publicKey, algorithm: three.algorithm }],
      ['PUT', `/api/v1/agents/${agent.id}/keys`, { publicKey: generateSigningKey().publicKey }],
    ] as const;
    for (const [method, path, body] of attempts) {
      // The Ed25519 key that stands beside it is only a public key: it proves nothing.
      const headers = { ...headersOf(agent, one, method, path, body, { alone: true }), 'X-Public-Key': agent.key.publicKey };
      expect((await world.call(method, path, body, headers)).body.reasonCode).toBe('currentKeyNeeded');
    }
    expect((await world.call('GET', at, undefined, headersOf(agent, one, 'GET', at, undefined, { alone: true }))).status).toBe(
      200,
    );
  });
});

describe('a request', () => {
  test.each(mlDsaAlgorithms)('signed with %s, alone and beside Ed25519, comes in', async (algorithm) => {
    const agent = await world.agent();
    const key = newKey(algorithm);
    await agent.call('POST', `/api/v1/agents/${agent.id}/pqc-key`, { publicKey: key.publicKey, algorithm });
    const path = `/api/v1/sdk-api/agents/${agent.id}/heartbeat`;
    expect((await withBoth(agent, key, 'POST', path, {})).status).toBe(200);
    const alone = headersOf(agent, key, 'GET', `/api/v1/agents/${agent.id}`, undefined, { alone: true });
    expect((await world.call('GET', `/api/v1/agents/${agent.id}`, undefined, alone)).status).toBe(200);
  });

  test.each<[title: string, change: (headers: Record<string, string>) => Record<string, string | undefined>, code: string]>([
    ['with an ML-DSA signature over something else', ({ ...all }) => ({ ...all, 'X-Signature-MLDSA': newKey().sign('x') }), 'signatureInvalid'],
    ['without the ML-DSA signature', ({ ...all }) => ({ ...all, 'X-Signature-MLDSA': undefined }), 'signatureInvalid'],
    ['without the Ed25519 signature', ({ ...all }) => ({ ...all, 'X-Signature-Ed25519': undefined }), 'signatureInvalid'],
    ['with another ML-DSA key', ({ ...all }) => ({ ...all, 'X-PQC-Public-Key': newKey().publicKey }), 'agentKeyNotRecognized'],
    ['with another algorithm than the key’s', ({ ...all }) => ({ ...all, 'X-Algorithm': 'Ed25519+ML-DSA-44' }), 'agentKeyNotRecognized'],
    ['with an algorithm that nobody knows', ({ ...all }) => ({ ...all, 'X-Algorithm': 'none' }), 'algorithmNotSupported'],
    ['taken down to Ed25519', ({ ...all }) => ({ ...all, 'X-Algorithm': 'Ed25519', 'X-Signature': all['X-Signature-Ed25519'] }), 'hybridSignatureRequired'],
    ['taken down to ML-DSA', ({ ...all }) => ({ ...all, 'X-Algorithm': 'ML-DSA-65' }), 'hybridSignatureRequired'],
  ])('%s does not', async (_, change, code) => {
    const { agent, key } = await hybridAgent();
    const path = `/api/v1/agents/${agent.id}`;
    const headers = Object.entries(change(headersOf(agent, key, 'GET', path))).filter(([, value]) => value !== undefined);
    const { status, body } = await world.call('GET', path, undefined, Object.fromEntries(headers) as Record<string, string>);
    expect([status >= 400 && status < 402, body.reasonCode]).toEqual([true, code]);
  }); // biome-ignore format: one table
});

describe('hybrid mode', () => {
  test('needs a key, and is turned off by both signatures or a person', async () => {
    const plain = await world.agent();
    const none = await world.admin.call('POST', `/api/v1/agents/${plain.id}/hybrid-mode`, { enable: true });
    expect(none.status).toBe(400);
    const { agent, key } = await hybridAgent();
    const at = `/api/v1/agents/${agent.id}/hybrid-mode`;
    expect((await agent.call('POST', at, { enable: false })).body.reasonCode).toBe('hybridSignatureRequired');
    expect((await withBoth(agent, key, 'POST', at, { enable: false })).body.hybridModeEnabled).toBe(false);
    expect((await agent.call('GET', `/api/v1/agents/${agent.id}`)).status).toBe(200);
    expect((await world.admin.call('POST', at, { enable: true })).body.hybridModeEnabled).toBe(true);
    expect((await agent.call('GET', `/api/v1/agents/${agent.id}`)).status).toBe(401);
  });

  test('an action is asked for in a request that carries both', async () => {
    const { agent, key } = await hybridAgent();
    expect((await agent.ask('db:read')).body.reasonCode).toBe('hybridSignatureRequired');
    const path = '/api/v1/sdk-api/verifications';
    const answer = await withBoth(agent, key, 'POST', path, signedAction(agent, 'db:read'));
    expect([answer.status, answer.body.status]).toEqual([201, 'approved']);
    // The signatures of another agent around it prove nothing.
    const other = await hybridAgent();
    const borrowed = await withBoth(other.agent, other.key, 'POST', path, signedAction(agent, 'db:read', { resource: 'b' }));
    expect(borrowed.body.reasonCode).toBe('hybridSignatureRequired');
    const poll = `${path}/${answer.body.id}`;
    const signed = pollHeaders({ agentId: agent.id, key: agent.key }, answer.body.id, Math.floor(Date.now() / 1000));
    expect((await world.call('GET', poll, undefined, signed)).body.reasonCode).toBe('hybridSignatureRequired');
    expect((await withBoth(agent, key, 'GET', poll)).body.status).toBe('approved');
  });

  test('also for an agent that was known before it was turned on', async () => {
    const agent = await world.agent(['db:read']);
    expect((await agent.ask('db:read')).body.status).toBe('approved');
    const body = { publicKey: newKey().publicKey, algorithm: 'ML-DSA-65', enableHybrid: true };
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/pqc-key`, body);
    expect((await agent.ask('db:read')).body.reasonCode).toBe('hybridSignatureRequired');
  });

  test('an assertion with one signature gets no token, and a token from before is worth nothing', async () => {
    const agent = await world.agent();
    const asked = async () =>
      world.call('POST', '/api/v1/oauth/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        client_id: agent.id,
        client_assertion: await new SignJWT({ jti: randomUUID() })
          .setProtectedHeader({ alg: 'EdDSA' })
          .setSubject(agent.id)
          .setIssuer(agent.id)
          .setAudience(`${world.url}/api/v1/oauth/token`)
          .setExpirationTime('2m')
          .sign(keyOf(agent)),
      });
    const bearer = { authorization: `Bearer ${(await asked()).body.access_token}` };
    expect((await world.call('GET', `/api/v1/agents/${agent.id}`, undefined, bearer)).status).toBe(200);
    const body = { publicKey: newKey().publicKey, algorithm: 'ML-DSA-65', enableHybrid: true };
    await world.admin.call('POST', `/api/v1/agents/${agent.id}/pqc-key`, body);
    const late = await world.call('GET', `/api/v1/agents/${agent.id}`, undefined, bearer);
    expect(late.body.reasonCode).toBe('hybridSignatureRequired');
    expect((await asked()).status).toBe(401);
  });

  test('an attestation of an MCP server is sent in a request that carries both', async () => {
    const { agent } = await hybridAgent();
    const { body: server } = await world.admin.call('POST', '/api/v1/mcp-servers', { name: `m-${agent.name}`, url: 'mcp://m' });
    const challenge = await world.call('GET', `/api/v1/mcp-servers/${server.id}/challenge?agent_id=${agent.id}`);
    expect(challenge.status).toBe(200);
    const attestation = {
      agentId: agent.id,
      mcpUrl: 'mcp://m',
      mcpName: server.name,
      capabilitiesFound: ['read'],
      connectionSuccessful: true,
      healthCheckPassed: true,
      connectionLatencyMs: 3,
      sdkVersion: '1',
      timestamp: new Date().toISOString(),
      challenge: challenge.body.challenge,
    };
    const signature = agent.key.sign(attestationMessage(attestation));
    const { status, body } = await world.call('POST', `/api/v1/mcp-servers/${server.id}/attest`, { attestation, signature });
    expect([status, body.reasonCode]).toEqual([401, 'hybridSignatureRequired']);
  });
});

test('what may be signed with is told in the words of both: the SDKs’ and the server’s', async () => {
  const { body } = await world.call('GET', '/api/v1/crypto/algorithms');
  expect(body.algorithms).toHaveLength(7);
  expect(body.postQuantum[1]).toMatchObject({
    name: 'ML-DSA-65',
    algorithm: 'ML-DSA-65',
    publicKeySize: 1952,
    recommended: true,
  });
});

function keyOf({ key }: TestAgent) {
  const seed = Buffer.from(key.privateKey, 'base64').subarray(0, 32);
  return createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
}
