// What the server signs about a card: its hash, its agent, and how long it vouches for them (wire-mcp-logs-a2a §6.2).

import { createHash } from 'node:crypto';
import type { A2ACardTable } from '../database/tables/a2a.ts';
import { timeView } from '../views/time.ts';
import type { ServerKeys } from './server-keys.ts';

const VALID_FOR = 24 * 60 * 60 * 1000;
export const ISSUER = 'aim-server';

type Attested = Pick<A2ACardTable, 'agentId' | 'cardHash'>;

export const cardHash = (text: string): string => createHash('sha256').update(text).digest('hex');

export function attestCard(keys: ServerKeys, card: Attested, now: number) {
  // Whole seconds, so that what is stored is what was signed, in every language that writes the time again.
  const issuedAt = now - (now % 1000);
  const expiresAt = issuedAt + VALID_FOR;
  const signature = keys.attestation.sign(attestationHash({ ...card, issuedAt, expiresAt }));
  return { attestationSignature: signature, attestationIssuedAt: issuedAt, attestationExpiresAt: expiresAt };
}

/** The 32 bytes that are signed. */
export function attestationHash({
  agentId,
  cardHash: hash,
  issuedAt,
  expiresAt,
}: Attested & { issuedAt: number; expiresAt: number }): Buffer {
  const text = JSON.stringify({
    cardHash: hash,
    agentId,
    issuer: ISSUER,
    issuedAt: timeView(issuedAt),
    expiresAt: timeView(expiresAt),
  });
  return createHash('sha256').update(text).digest();
}

export const isAttested = ({ attestationExpiresAt }: Pick<A2ACardTable, 'attestationExpiresAt'>, now: number): boolean =>
  attestationExpiresAt !== null && attestationExpiresAt > now;
