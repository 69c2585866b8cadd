// Secrets that a broker keeps: asked for by signature, sealed for this agent's key alone, opened here (wire-mcp-logs-a2a §8).

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AgentIdentity } from '../crypto/agent-request.ts';
import { openSealedSecret } from '../crypto/sealed-secret.ts';
import { ConfigurationError, SecretsError } from '../errors.ts';
import type { CallOptions } from '../http/api.ts';
import type { Caller } from '../http/caller.ts';
import { camelMembers, wireObject } from '../wire/casing.ts';
import { listOf } from '../wire/scalars.ts';

/** A secret in the clear. Never log it. */
export type ResolvedSecret = {
  /** The plaintext. Zero it (`credential.fill(0)`) when it was used, or let `use()` do that. */
  credential: Buffer;
  encryptionAlg: string;
  namespace: string;
};
/** A secret that was sealed before it is handed to the broker. */
export type SealedCredential = {
  encryptedBlob: Uint8Array;
  /** Default `X25519-ChaCha20-Poly1305`. */
  encryptionAlgorithm?: string | undefined;
  ephemeralPublicKey?: Uint8Array | undefined;
};
export type SecretRecord = Record<string, unknown>;

/** The secrets broker (wire-mcp-logs-a2a §8): `resolve` and `use` by the agent’s signature, the rest by its owner’s sign-in. */
export type SecretsClient = {
  /** @throws PolicyError where the agent may not; SecretsError where what came does not open. */
  resolve(namespace: string, operation?: string, options?: CallOptions): Promise<ResolvedSecret>;
  /** Hands the secret to `use`, and zeroes it afterwards whatever happens. */
  use<Result>(
    namespace: string,
    use: (credential: Buffer) => Result,
    options?: CallOptions & { operation?: string },
  ): Promise<Awaited<Result>>;
  createNamespace(
    agentId: string,
    namespace: string,
    options: CallOptions & { operations: readonly string[]; urlPatterns?: readonly string[] },
  ): Promise<SecretRecord>;
  listNamespaces(agentId: string, options?: CallOptions): Promise<SecretRecord[]>;
  getNamespace(namespaceId: string, options?: CallOptions): Promise<SecretRecord>;
  deleteNamespace(namespaceId: string, options?: CallOptions): Promise<void>;
  storeCredential(namespaceId: string, credential: SealedCredential, options?: CallOptions): Promise<SecretRecord>;
  rotateCredential(namespaceId: string, credential: SealedCredential, options?: CallOptions): Promise<SecretRecord>;
  getAuditLog(
    agentId: string,
    options?: CallOptions & { since?: string; limit?: number; offset?: number },
  ): Promise<SecretRecord[]>;
};

const resolved = wireObject({
  encryptedBlob: z.string().min(1),
  ephemeralPubKey: z.string().min(1),
  encryptionAlg: z.string().nullish(),
});
const record = z.preprocess(camelMembers, z.record(z.string(), z.unknown()));
const subject = 'secrets';
const route = '/api/v1/secrets';

export function createSecretsClient(caller: Caller, identity: AgentIdentity, now: () => number): SecretsClient {
  async function resolve(namespace: string, operation = 'read', { signal }: CallOptions = {}): Promise<ResolvedSecret> {
    // The signed line is joined by bars: a name that holds one could be read as another name and operation.
    const wrong = [namespace, operation].find((part) => part.trim() === '' || part.includes('|'));
    if (wrong !== undefined)
      throw new ConfigurationError('secrets.name', {
        message: 'A namespace and an operation are names without a "|" in them.',
        field: 'namespace',
      });
    const nonce = `${new Date(now()).toISOString().slice(0, 19)}.000000000Z:${randomUUID()}`;
    const answer = await caller.ask({
      method: 'POST',
      path: `${route}/resolve`,
      body: {
        namespace,
        operation,
        nonce,
        signature: identity.key.sign(`${namespace}|${operation}|${nonce}`),
        agentPublicKey: identity.key.publicKey,
      },
      schema: resolved,
      subject,
      signal,
    });
    try {
      const credential = openSealedSecret(answer.encryptedBlob, answer.ephemeralPubKey, identity.key.privateKey);
      return { credential, encryptionAlg: answer.encryptionAlg ?? '', namespace };
    } catch (error) {
      throw new SecretsError('secrets.sealed', {
        message: `${caller.server} answered with a secret that this agent cannot open. ${(error as Error).message}`,
        next: 'Was the agent’s key replaced since the secret was stored?',
        cause: error,
      });
    }
  }

  const get = (path: string, query: Record<string, string | number | undefined>, { signal }: CallOptions = {}) =>
    caller.ask({ path: route + path, query, schema: record, subject, signal });
  const list = async (path: string, name: string, query: Record<string, string | number | undefined>, options?: CallOptions) =>
    listOf(record).parse((await get(path, query, options))[name]);
  const post = (path: string, body: unknown, { signal }: CallOptions = {}) =>
    caller.ask({ method: 'POST', path: route + path, body, schema: record, subject, signal });
  const keep = (
    path: string,
    { encryptedBlob, encryptionAlgorithm = 'X25519-ChaCha20-Poly1305', ephemeralPublicKey }: SealedCredential,
    options?: CallOptions,
  ) =>
    post(
      path,
      {
        encryptedBlob: base64(encryptedBlob),
        encryptionAlgorithm,
        ephemeralPublicKey: ephemeralPublicKey && base64(ephemeralPublicKey),
      },
      options,
    );

  return {
    resolve,
    async use<Result>(
      namespace: string,
      use: (credential: Buffer) => Result,
      { operation, signal }: CallOptions & { operation?: string } = {},
    ): Promise<Awaited<Result>> {
      const { credential } = await resolve(namespace, operation, { signal });
      try {
        return await use(credential);
      } finally {
        credential.fill(0);
      }
    },
    createNamespace: (agentId, namespace, { operations, urlPatterns = [], signal }) =>
      post('/namespaces', { agentId, namespace, operations, urlPatterns }, { signal }),
    listNamespaces: (agentId, options) => list('/namespaces', 'namespaces', { agentId }, options),
    getNamespace: (id, options) => get(`/namespaces/${encodeURIComponent(id)}`, {}, options),
    deleteNamespace: (id, { signal } = {}) =>
      caller.tell({ method: 'DELETE', path: `${route}/namespaces/${encodeURIComponent(id)}`, subject, signal }),
    storeCredential: (id, credential, options) =>
      keep(`/namespaces/${encodeURIComponent(id)}/credentials`, credential, options),
    rotateCredential: (id, credential, options) => keep(`/namespaces/${encodeURIComponent(id)}/rotate`, credential, options),
    getAuditLog: (agentId, { since, limit = 50, offset = 0, signal } = {}) =>
      list('/audit', 'entries', { agentId, since, limit, offset }, { signal }),
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
