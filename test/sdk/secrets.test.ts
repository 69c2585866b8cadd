// The secrets broker's side of the protocol as a small server: what is sealed for an agent's key opens there and nowhere else.

import { afterEach, describe, expect, test } from 'vitest';
import { generateSigningKey, verifySignature } from '../../src/crypto/ed25519.ts';
import { sealSecret } from '../../src/crypto/sealed-secret.ts';
import { AIMClient, ConfigurationError, PolicyError, SecretsError, sealCredential } from '../../src/index.ts';
import { answerJson, smallServer } from '../http/small-server.ts';

function seal(secret: string, publicKey: string): { encryptedBlob: string; ephemeralPubKey: string; encryptionAlg: string } {
  const { encryptedBlob, ephemeralPublicKey, encryptionAlgorithm } = sealSecret(secret, publicKey);
  return {
    encryptedBlob: encryptedBlob.toString('base64'),
    ephemeralPubKey: ephemeralPublicKey.toString('base64'),
    encryptionAlg: encryptionAlgorithm,
  };
}

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
});

async function broker(answer: (publicKey: string) => { body: unknown; status?: number }) {
  const server = await smallServer(({ body, url, method }, response) => {
    if (url.startsWith('/api/v1/secrets/namespaces?')) return answerJson(response, { namespaces: null });
    if (method === 'DELETE') return void response.writeHead(204).end();
    if (!url.endsWith('/resolve')) return answerJson(response, { id: 'n1', operations: ['read'] });
    const asked = JSON.parse(body) as Record<'namespace' | 'operation' | 'nonce' | 'signature' | 'agentPublicKey', string>;
    const isSigned = verifySignature(
      `${asked.namespace}|${asked.operation}|${asked.nonce}`,
      asked.signature,
      asked.agentPublicKey,
    );
    const { body: said, status } = isSigned ? answer(asked.agentPublicKey) : { body: { error: 'bad signature' }, status: 401 };
    answerJson(response, said, status);
  });
  const key = generateSigningKey();
  const agent = new AIMClient({ agentId: 'a1', privateKey: key.privateKey, aimUrl: server.url });
  opened.push({ stop: () => agent.close() }, server);
  return { agent, server, key };
}

describe('agent.secrets', () => {
  test('resolves a secret that was sealed for its key', async () => {
    const { agent, server } = await broker((publicKey) => ({ body: seal('ghp_token', publicKey) }));
    const { credential, encryptionAlg, namespace } = await agent.secrets.resolve('github-creds', 'read');
    expect([credential.toString(), encryptionAlg, namespace]).toEqual([
      'ghp_token',
      'X25519-ChaCha20-Poly1305',
      'github-creds',
    ]);
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
      nonce: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000000Z:[0-9a-f-]{36}$/),
    });
  });

  test('lends it, and zeroes it afterwards, whatever happens', async () => {
    const { agent } = await broker((publicKey) => ({ body: seal('ghp_token', publicKey) }));
    let kept: Buffer | undefined;
    const using = agent.secrets.use('github-creds', (credential) => {
      kept = credential;
      throw new Error(`used ${credential.length}`);
    });
    await expect(using).rejects.toThrow('used 9');
    expect(kept?.equals(Buffer.alloc(9))).toBe(true);
  });

  test.each<[title: string, body: (publicKey: string) => unknown, kind: unknown]>([
    ['sealed for another key', () => seal('x', generateSigningKey().publicKey), SecretsError],
    ['that was changed', (key) => ({ ...seal('x', key), ephemeralPubKey: seal('x', key).ephemeralPubKey }), SecretsError],
    ['that is cut off', (key) => ({ ...seal('x', key), encryptedBlob: 'AAAA' }), SecretsError],
  ])('does not open one %s, and does not quote it', async (_, body, kind) => {
    const { agent } = await broker((publicKey) => ({ body: body(publicKey) }));
    const error = await agent.secrets.resolve('github-creds').catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(kind);
  });

  test('carries the refusal of the broker', async () => {
    const { agent } = await broker(() => ({ body: { error: 'operation not allowed' }, status: 403 }));
    await expect(agent.secrets.resolve('github-creds', 'write')).rejects.toBeInstanceOf(PolicyError);
  });

  test('signs no name that could be read in two ways', async () => {
    const { agent, server } = await broker(() => ({ body: {} }));
    await expect(agent.secrets.resolve('a|write', 'read')).rejects.toBeInstanceOf(ConfigurationError);
    expect(server.received).toEqual([]);
  });

  test('manages namespaces', async () => {
    const { agent, server } = await broker(() => ({ body: {} }));
    await agent.secrets.createNamespace('a1', 'github-creds', {
      operations: ['read'],
      urlPatterns: ['https://api.github.com/*'],
    });
    await agent.secrets.storeCredential('n1', { encryptedBlob: Buffer.from('sealed') });
    await expect(agent.secrets.listNamespaces('a1')).resolves.toEqual([]);
    await expect(agent.secrets.getNamespace('n1')).resolves.toMatchObject({ id: 'n1' });
    await agent.secrets.deleteNamespace('n1');
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/secrets/namespaces',
      'POST /api/v1/secrets/namespaces/n1/credentials',
      'GET /api/v1/secrets/namespaces?agentId=a1',
      'GET /api/v1/secrets/namespaces/n1',
      'DELETE /api/v1/secrets/namespaces/n1',
    ]);
  });
});

describe('a sealed secret', () => {
  test('is not made for what is no key', () => {
    expect(() => sealCredential('s3cret', 'AAAA')).toThrow(ConfigurationError);
  });
});
