// A secret sealed for one agent: X25519 with the agent's own Ed25519 key converted, SHA-256, ChaCha20-Poly1305 (wire-mcp-logs-a2a §8).

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { isPublicKey } from './ed25519.ts';

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

/** A secret as a broker keeps it: only the holder of the private key can open it. */
export type SealedSecret = { encryptedBlob: Buffer; encryptionAlgorithm: string; ephemeralPublicKey: Buffer };

/**
 * Seals a secret for an agent's Ed25519 public key (base64), with a key of its own that nobody keeps.
 * @throws RangeError where that is no Ed25519 public key.
 */
export function sealSecret(secret: string | Uint8Array, publicKey: string): SealedSecret {
  if (!isPublicKey(publicKey)) throw new RangeError('A secret is sealed for 32 bytes of an Ed25519 public key, in base64.');
  const ephemeral = generateKeyPairSync('x25519');
  const ephemeralPublicKey = Buffer.from(ephemeral.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: exchangePublicKey(montgomery(publicKey)) });
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('chacha20-poly1305', createHash('sha256').update(shared).digest(), nonce, {
    authTagLength: TAG,
  });
  const body = Buffer.concat([cipher.update(secret), cipher.final()]);
  return {
    encryptedBlob: Buffer.concat([nonce, body, cipher.getAuthTag()]),
    encryptionAlgorithm: 'X25519-ChaCha20-Poly1305',
    ephemeralPublicKey,
  };
}

const P = 2n ** 255n - 19n;

// The same point on the other curve: u = (1 + y) / (1 - y) (RFC 7748 §4.1). Public, so that it need not take constant time.
function montgomery(publicKey: string): Buffer {
  const bytes = Buffer.from(publicKey, 'base64').reverse();
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  const y = BigInt(`0x${bytes.toString('hex')}`);
  const u = ((1n + y) * power(P + 1n - y, P - 2n)) % P;
  return Buffer.from(u.toString(16).padStart(64, '0'), 'hex').reverse();
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % P;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
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
