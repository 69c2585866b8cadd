// A secret sealed for one agent: X25519 with the agent's own Ed25519 key converted, SHA-256, ChaCha20-Poly1305 (wire-mcp-logs-a2a §8).

import { createDecipheriv, createHash, createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/**
 * Opens what a server has sealed for the agent's key. `blob` is nonce, ciphertext and tag; both texts are base64.
 * @throws RangeError where it is cut off, was sealed for another key, or was changed.
 */
export function openSealedSecret(blob: string, ephemeralPublicKey: string, privateKey: string): Buffer {
  const sealed = Buffer.from(blob, 'base64');
  const ephemeral = Buffer.from(ephemeralPublicKey, 'base64');
  if (sealed.length < NONCE + TAG || ephemeral.length !== 32) throw new RangeError('The sealed secret is cut off.');
  try {
    const shared = diffieHellman({ privateKey: exchangeKey(privateKey), publicKey: exchangePublicKey(ephemeral) });
    const key = createHash('sha256').update(shared).digest();
    const decipher = createDecipheriv('chacha20-poly1305', key, sealed.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
  } catch {
    throw new RangeError('The sealed secret does not open: it was changed, or sealed for another key.');
  }
}

// The X25519 scalar of an Ed25519 key is the first half of its seed's SHA-512 (RFC 8032 §5.1.5); the curve clamps it.
function exchangeKey(privateKey: string): KeyObject {
  const seed = Buffer.from(privateKey, 'base64').subarray(0, 32);
  const scalar = createHash('sha512').update(seed).digest().subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, scalar]), format: 'der', type: 'pkcs8' });
}

const exchangePublicKey = (bytes: Buffer): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: bytes.toString('base64url') }, format: 'jwk' });

// PKCS #8 with the fixed X25519 header of RFC 8410 §7.
const PKCS8_HEADER = Buffer.from('302e020100300506032b656e04220420', 'hex');
