// The agent's own key, replaced; and the API keys of its owner (wire-agents §3.3, wire-auth §2.8).

import { z } from 'zod';
import { loadAgentCredentials, saveAgentCredentials } from '../../credentials/agent-credentials.ts';
import { aimFolder } from '../../credentials/sdk-credentials.ts';
import type { AgentIdentity } from '../../crypto/agent-request.ts';
import { newSigningKey } from '../../crypto/new-signing-key.ts';
import type { CallOptions } from '../../http/api.ts';
import type { Caller } from '../../http/caller.ts';
import { securityLogger } from '../../security-log/configure.ts';
import { wireObject } from '../../wire/casing.ts';
import { listOf, maybeTimestamp, maybeUntrusted } from '../../wire/scalars.ts';

const apiKey = wireObject({
  id: z.string(),
  name: maybeUntrusted,
  prefix: maybeUntrusted,
  agentId: z.string().nullish(),
  expiresAt: maybeTimestamp,
  createdAt: maybeTimestamp,
});
const newApiKey = wireObject({ id: z.string(), apiKey: z.string(), name: maybeUntrusted, expiresAt: maybeTimestamp });
/** An API key as the list has it: never the key itself, only its `prefix`. */
export type ApiKey = z.infer<typeof apiKey>;
/** The only answer that ever holds the key: `apiKey`. Never log it. */
export type NewApiKey = z.infer<typeof newApiKey>;

/** The agent’s own key, replaced; and the API keys of its owner. */
export type KeyManagement = {
  /** Gives this agent a new key pair, made here; signs with it from then on, and keeps it. */
  rotateKeys(options?: CallOptions): Promise<{ publicKey: string; previousPublicKey: string }>;
  listApiKeys(options?: CallOptions): Promise<ApiKey[]>;
  /** The key is shown this once. Needs a sign-in. */
  createApiKey(name: string, options?: CallOptions & { expiresAt?: string }): Promise<NewApiKey>;
  deleteApiKey(id: string, options?: CallOptions): Promise<void>;
};

export function keysOf(
  caller: Caller,
  identity: AgentIdentity,
  agentName: string,
  folder: string = aimFolder(),
): KeyManagement {
  const path = '/api/v1/api-keys';
  const subject = 'api-keys';
  return {
    async rotateKeys({ signal } = {}) {
      const next = await newSigningKey();
      const previousPublicKey = identity.key.publicKey;
      await caller.tell({
        method: 'PUT',
        path: `/api/v1/agents/${encodeURIComponent(identity.agentId)}/keys`,
        body: { publicKey: next.publicKey },
        subject: 'agents',
        signal,
      });
      // From here on the old key is worth nothing: first used, then kept, so that a full disk does not cost the running agent.
      identity.key = next;
      const stored = await loadAgentCredentials(agentName, { folder });
      if (stored !== null && stored.agentId === identity.agentId)
        await saveAgentCredentials({ ...stored, publicKey: next.publicKey, privateKey: next.privateKey }, { folder });
      securityLogger.logCredentialEvent('CREDENTIAL_ROTATED', {
        credentialType: 'agent',
        agentName,
        agentId: identity.agentId,
      });
      return { publicKey: next.publicKey, previousPublicKey };
    },
    listApiKeys: async ({ signal } = {}) =>
      (await caller.ask({ path, schema: wireObject({ apiKeys: listOf(apiKey) }), subject, signal })).apiKeys,
    createApiKey: (name, { expiresAt, signal } = {}) =>
      caller.ask({ method: 'POST', path, body: { name, expiresAt }, schema: newApiKey, subject, signal }),
    async deleteApiKey(id, { signal } = {}) {
      // A key in use cannot be deleted: it is switched off first.
      await caller.tell({ method: 'PATCH', path: `${path}/${encodeURIComponent(id)}/disable`, body: {}, subject, signal });
      await caller.tell({ method: 'DELETE', path: `${path}/${encodeURIComponent(id)}`, subject, signal });
    },
  };
}
