// The proof that both ends of an embedded control plane hold one key: for one exchange, one side and one listener.

import { expect, test } from 'vitest';
import { isOperatorProof, newNonce, type OperatorExchange, operatorProof } from '../../src/crypto/operator-proof.ts';

const exchange: OperatorExchange = { url: 'http://127.0.0.1:4000', clientNonce: 'c1', serverNonce: 's1' };
const proof = operatorProof('key', 'operator', exchange);

test('a proof holds for what it was made for', () => {
  expect(isOperatorProof(proof, 'key', 'operator', exchange)).toBe(true);
});

test.each<[title: string, key: string, side: 'server' | 'operator', change: Partial<OperatorExchange>]>([
  ['another key', 'other', 'operator', {}],
  ['the other side', 'key', 'server', {}],
  ['another listener', 'key', 'operator', { url: 'http://127.0.0.1:4001' }],
  ['another nonce of the client', 'key', 'operator', { clientNonce: 'c2' }],
  ['another nonce of the server', 'key', 'operator', { serverNonce: 's2' }],
  ['the same letters, divided otherwise', 'key', 'operator', { clientNonce: 'c', serverNonce: '1s1' }],
])('it does not hold for %s', (_, key, side, change) => {
  expect(isOperatorProof(proof, key, side, { ...exchange, ...change })).toBe(false);
});

test.each(['', 'x', `${proof}x`, proof.slice(1), 'ü'.repeat(43)])('%j is no proof', (text) => {
  expect(isOperatorProof(text, 'key', 'operator', exchange)).toBe(false);
});

test('a nonce has 24 bytes and never comes twice', () => {
  const nonces = Array.from({ length: 100 }, newNonce);
  expect(new Set(nonces).size).toBe(100);
  for (const nonce of nonces) expect(Buffer.from(nonce, 'base64url')).toHaveLength(24);
});
