// Organisations, people and their ways in.

import type { Generated } from 'kysely';
import type { Flag, Json, Milliseconds, Owned } from '../columns.ts';

export type InstanceTable = { key: string; value: string };

export type OrganizationTable = {
  id: string;
  name: string;
  enforcementMode: 'strict' | 'monitoring';
  /** When monitoring ends by itself; null for strict. */
  modeUntil: Generated<number | null>;
  /** Everything else that an administrator may set. */
  settings: Json;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
  /** Grows with every change of what decisions rest on. */
  revision: Generated<number>;
};

export type UserTable = Owned & {
  id: string;
  email: string;
  name: string;
  role: string;
  /** `active`, `pending`, `rejected` or `deactivated`. */
  status: string;
  /** Why somebody was turned away, in the words of whoever did it. */
  statusReason: string | null;
  /** Self-describing; null for accounts of an identity provider. */
  passwordHash: string | null;
  forcePasswordChange: Flag;
  /** JSON list of the groups that approval policies speak of. */
  groups: Json;
  /** The newest key that signs this reviewer's receipts, base64, for lists: `reviewKeys` has all of them. */
  reviewKey: string | null;
  reviewKeyAt: Milliseconds | null;
  /** Issuer and subject at an identity provider. */
  externalId: string | null;
  lastLoginAt: Milliseconds | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

/** A key that signs a reviewer's receipts. Revoked ones are kept: they never hold again, for nobody. */
export type ReviewKeyTable = Owned & {
  publicKey: string;
  userId: string;
  registeredAt: Milliseconds;
  revokedAt: Milliseconds | null;
  revokedByName: string | null;
  /** An administrator let the person begin anew. */
  isReset: Flag;
};

/** A sign-in and every token that came of it: the family that `sid` names. */
export type SessionTable = Owned & {
  id: string;
  userId: string;
  startedAt: Milliseconds;
  expiresAt: Milliseconds;
  endedAt: Milliseconds | null;
  endReason: string | null;
  /** The refresh token that was issued last, and the one before it, which still yields it until it is used. */
  currentTokenId: string;
  currentIssuedAt: Milliseconds;
  previousTokenId: string | null;
  lastUsedAt: Milliseconds;
  userAgent: string | null;
  /** Worth nothing after the server is started anew. */
  endsWithRun: Flag;
  /** When the person proved who they are (`auth_time`). Null where a key of the machine was enough. */
  provedAt: Milliseconds | null;
  /** Whence it came; null for sessions from before that was written down. */
  network: string | null;
};

export type SignInCodeTable = Owned & {
  codeHash: string;
  userId: string;
  redirectUri: string;
  challenge: string;
  expiresAt: Milliseconds;
  usedAt: Milliseconds | null;
  provedAt: Milliseconds | null;
};

export type DeviceCodeTable = {
  deviceCodeHash: string;
  userCode: string;
  clientId: string;
  scope: string | null;
  status: string;
  requestedFrom: string | null;
  userAgent: string | null;
  organizationId: string | null;
  userId: string | null;
  createdAt: Milliseconds;
  expiresAt: Milliseconds;
  lastPolledAt: Milliseconds | null;
  /** When the person who let it in proved who they are. */
  provedAt: Milliseconds | null;
};

/** A sign-in that is under way at an identity provider. */
export type OidcFlowTable = {
  stateHash: string;
  /** Of the cookie of the browser that began it. */
  visitorHash: string;
  verifier: string;
  nonce: string;
  purpose: Json;
  expiresAt: Milliseconds;
};

export type ApiKeyTable = Owned & {
  id: string;
  userId: string;
  agentId: string | null;
  name: string;
  prefix: string;
  keyHash: string;
  isActive: Flag;
  expiresAt: Milliseconds | null;
  lastUsedAt: Milliseconds | null;
  createdAt: Milliseconds;
};
