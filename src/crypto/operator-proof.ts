// How an embedded control plane and its operator prove to each other that they hold the same key, without sending it.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What both sides sign with the key: who listens where, and what each of them made up for this one exchange. */
export type OperatorExchange = {
  /** As the client dials it. A proof for one listener is worth nothing at another, so that nobody can stand in between. */
  url: string;
  clientNonce: string;
  serverNonce: string;
};

export const newNonce = (): string => randomBytes(24).toString('base64url');

/** The server's proof covers another word than the operator's: neither can be sent back as the other. */
export function operatorProof(key: string, side: 'server' | 'operator', exchange: OperatorExchange): string {
  return createHmac('sha256', key)
    .update(['aim-embedded-1', side, exchange.url, exchange.clientNonce, exchange.serverNonce].join('\n'))
    .digest('base64url');
}

/** In constant time. */
export function isOperatorProof(proof: string, key: string, side: 'server' | 'operator', exchange: OperatorExchange): boolean {
  const expected = Buffer.from(operatorProof(key, side, exchange));
  const given = Buffer.from(proof);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
