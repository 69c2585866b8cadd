// Keys of the server itself, derived from one secret: for attesting cards, and for signing where an agent asks it to.

import { hkdfSync, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { readSigningKey, type SigningKey } from '../../crypto/ed25519.ts';
import { instanceValue } from '../database/instance.ts';
import type { Schema } from '../database/schema.ts';

export type ServerKeys = {
  attestation: SigningKey;
  attestationKeyId: string;
  /** Signs for one agent what it asks to have signed; not the agent's registered key, which never leaves the agent. */
  delegated(agentId: string): SigningKey;
};

/** All instances of one database have the same. */
export async function openServerKeys(queries: Kysely<Schema>): Promise<ServerKeys> {
  const secret = Buffer.from(
    await instanceValue(queries, 'signing-secret', () => randomBytes(32).toString('base64url')),
    'base64url',
  );
  const derive = (purpose: string): SigningKey =>
    readSigningKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)).toString('base64'));
  const attestation = derive('a2a card attestation');
  return {
    attestation,
    attestationKeyId: `aim-${Buffer.from(attestation.publicKey, 'base64').toString('hex').slice(0, 16)}`,
    delegated: (agentId) => derive(`a2a requests of ${agentId}`),
  };
}
