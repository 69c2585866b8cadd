// Ed25519 keys and signatures as AIM writes them: raw bytes in standard base64 (RFC 8032, wire-agents §1.3).

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';

/** A private key that can sign, with its public half. The key objects are made once: importing costs more than signing. */
export type SigningKey = {
  /** Standard base64 of the 32 public bytes. */
  readonly publicKey: string;
  /** Standard base64 of seed and public key, 64 bytes: the form that every AIM SDK stores. Never log it. */
  readonly privateKey: string;
  sign(message: string | Uint8Array): string;
};

/** A new random key pair. */
export function generateSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return fromKeyObject(privateKey);
}

/**
 * Reads a private key in either stored form: base64 of the 32-byte seed, or of 64 bytes, seed then public key.
 * @throws RangeError where the text is neither, or the two halves do not belong together.
 */
export function readSigningKey(privateKey: string): SigningKey {
  const bytes = decodeBase64(privateKey);
  if (bytes.length !== 32 && bytes.length !== 64) throw new RangeError('A private key is 32 or 64 bytes in base64.');
  const key = fromKeyObject(privateKeyObject(bytes.subarray(0, 32)));
  if (bytes.length === 64 && key.publicKey !== bytes.subarray(32).toString('base64')) {
    throw new RangeError('The two halves of the private key do not belong together.');
  }
  return key;
}

/** Whether `signature` (base64) is this key's signature over `message`. False for anything malformed. Blocks for about 0.1 ms. */
export function verifySignature(message: string | Uint8Array, signature: string, publicKey: string): boolean {
  const parts = checkable(signature, publicKey);
  return parts !== null && nodeVerify(null, toBytes(message), parts.key, parts.signature);
}

/** The same on the thread pool, for a server that must not stop for each check. */
export function verifySignatureAsync(message: string | Uint8Array, signature: string, publicKey: string): Promise<boolean> {
  const parts = checkable(signature, publicKey);
  if (parts === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    nodeVerify(null, toBytes(message), parts.key, parts.signature, (error, valid) => resolve(error === null && valid));
  });
}

/** Whether the text is base64 of 32 bytes that are a point OpenSSL accepts. */
export function isPublicKey(publicKey: string): boolean {
  return readPublicKey(publicKey) !== null;
}

// A fleet of agents comes back with the same few keys, and importing one costs a third of a check. Bounded, oldest out.
const imported = new Map<string, KeyObject>();
const IMPORTED_KEPT = 4096;

function readPublicKey(publicKey: string): KeyObject | null {
  const known = imported.get(publicKey);
  if (known !== undefined) return known;
  const bytes = decodeBase64(publicKey);
  if (bytes.length !== 32) return null;
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
    if (imported.size >= IMPORTED_KEPT) imported.delete(imported.keys().next().value ?? '');
    imported.set(publicKey, key);
    return key;
  } catch {
    return null;
  }
}

function checkable(signature: string, publicKey: string): { key: KeyObject; signature: Buffer } | null {
  const bytes = decodeBase64(signature);
  const key = bytes.length === 64 ? readPublicKey(publicKey) : null;
  return key === null ? null : { key, signature: bytes };
}

function fromKeyObject(key: KeyObject): SigningKey {
  const { d, x } = key.export({ format: 'jwk' });
  if (d === undefined || x === undefined) throw new RangeError('Not an Ed25519 private key.');
  const seed = Buffer.from(d, 'base64url');
  const publicBytes = Buffer.from(x, 'base64url');
  return {
    publicKey: publicBytes.toString('base64'),
    privateKey: Buffer.concat([seed, publicBytes]).toString('base64'),
    sign: (message) => nodeSign(null, toBytes(message), key).toString('base64'),
  };
}

// PKCS #8 with the fixed Ed25519 header of RFC 8410 §7: a JWK import would want the public half, which a bare seed lacks.
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });
}

const toBytes = (message: string | Uint8Array): Uint8Array =>
  typeof message === 'string' ? Buffer.from(message, 'utf8') : message;

// Buffer.from skips what is not base64, and forgets bits after the last byte: one key must not have several spellings.
function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : Buffer.alloc(0);
}
