// How agents come in by token, and the sealed secrets that are kept for them.

import type { Json, Milliseconds, Owned } from '../columns.ts';

/** Good once. The token itself is kept by nobody but whom it was given to. */
export type BootstrapTokenTable = Owned & {
  id: string;
  name: string;
  tokenHash: string;
  /** The only name that it may register; null for any. */
  agentName: string | null;
  createdBy: string;
  createdAt: Milliseconds;
  expiresAt: Milliseconds;
  usedAt: Milliseconds | null;
  usedByAgentId: string | null;
  revokedAt: Milliseconds | null;
};

/** What is kept was sealed for the agent before it came here: nobody but the agent can open it. */
export type SecretNamespaceTable = Owned & {
  id: string;
  agentId: string;
  namespace: string;
  operations: Json;
  urlPatterns: Json;
  encryptedBlob: string | null;
  encryptionAlgorithm: string | null;
  ephemeralPublicKey: string | null;
  /** The public key of the agent when it was stored. */
  sealedFor: string | null;
  /** Grows with each credential that was put in. */
  version: number;
  storedAt: Milliseconds | null;
  createdBy: string;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};
