// Signatures on agent cards: JWS over the canonical card without its signatures (RFC 7515, RFC 8785, A2A 1.0 §8.4).

import canonicalize from 'canonicalize';
import { verifySignature } from '../crypto/ed25519.ts';
import type { AgentCard } from './agent-card.ts';

type Signer = { publicKey: string; sign(message: Uint8Array | string): string };
export type CardSignature = NonNullable<AgentCard['signatures']>[number];

/** The card with one more signature. `kid` names the key to whoever looks for it. */
export function signCard(card: AgentCard, signer: Signer, { kid = signer.publicKey }: { kid?: string } = {}): AgentCard {
  const header = base64url(JSON.stringify({ alg: 'EdDSA', typ: 'JOSE', kid }));
  const signature = Buffer.from(signer.sign(signingInput(header, card)), 'base64').toString('base64url');
  return { ...card, signatures: [...(card.signatures ?? []), { protected: header, signature }] };
}

/** Which of the signatures are good under which key: `keyFor` gives the base64 public key of a `kid`, or null for one it does not trust. */
export function verifyCard(
  card: AgentCard,
  keyFor: (kid: string) => string | null,
): { valid: boolean; verified: string[]; failed: string[] } {
  const verified: string[] = [];
  const failed: string[] = [];
  for (const one of card.signatures ?? []) {
    const kid = kidOf(one);
    const key = kid === null ? null : keyFor(kid);
    const isGood =
      key !== null &&
      verifySignature(signingInput(one.protected, card), Buffer.from(one.signature, 'base64url').toString('base64'), key);
    (isGood ? verified : failed).push(kid ?? '');
  }
  return { valid: verified.length > 0 && failed.length === 0, verified, failed };
}

function signingInput(header: string, { signatures: _, ...card }: AgentCard): string {
  return `${header}.${base64url(canonicalize(card) ?? '')}`;
}

// Only EdDSA, and nothing that a reader would have to understand to be safe (`crit`).
function kidOf({ protected: header }: CardSignature): string | null {
  try {
    const { alg, kid, crit } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<string, unknown>;
    return alg === 'EdDSA' && typeof kid === 'string' && crit === undefined ? kid : null;
  } catch {
    return null;
  }
}

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
