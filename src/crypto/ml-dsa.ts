// ML-DSA signatures (FIPS 204) as AIM's post-quantum keys use them: raw bytes in standard base64, the empty context.

import { createPublicKey, type KeyObject, verify as nodeVerify } from 'node:crypto';

export const mlDsaAlgorithms = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const;
export type MlDsaAlgorithm = (typeof mlDsaAlgorithms)[number];

/** Bytes of a public key and of a signature (FIPS 204, table 2), the security category, and the last byte of the object identifier. */
export const mlDsaSizes = {
  'ML-DSA-44': { publicKey: 1312, signature: 2420, level: 2, identifier: 0x11 },
  'ML-DSA-65': { publicKey: 1952, signature: 3309, level: 3, identifier: 0x12 },
  'ML-DSA-87': { publicKey: 2592, signature: 4627, level: 5, identifier: 0x13 },
} as const satisfies Record<MlDsaAlgorithm, object>;

export const isMlDsaKey = (algorithm: MlDsaAlgorithm, publicKey: string): boolean =>
  decoded(publicKey, mlDsaSizes[algorithm].publicKey) !== null;

/** Whether `signature` is of this key over `message`. False for anything malformed. */
export async function verifyMlDsa(
  algorithm: MlDsaAlgorithm,
  message: string,
  signature: string,
  publicKey: string,
): Promise<boolean> {
  const sizes = mlDsaSizes[algorithm];
  const key = decoded(publicKey, sizes.publicKey);
  const signed = decoded(signature, sizes.signature);
  if (key === null || signed === null) return false;
  const native = nativeKey(sizes, key);
  if (native === null) return byNoble(algorithm, Buffer.from(message), signed, key);
  return new Promise((resolve) => {
    nodeVerify(null, Buffer.from(message), native, signed, (error, valid) => resolve(error === null && valid));
  });
}

/** By the library alone: what a Node without ML-DSA does, and what the other is checked against. */
export async function byNoble(
  algorithm: MlDsaAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  const { ml_dsa44, ml_dsa65, ml_dsa87 } = await import('@noble/post-quantum/ml-dsa.js');
  const scheme = { 'ML-DSA-44': ml_dsa44, 'ML-DSA-65': ml_dsa65, 'ML-DSA-87': ml_dsa87 }[algorithm];
  try {
    return scheme.verify(signature, message, publicKey);
  } catch {
    return false;
  }
}

// Node has it from OpenSSL 3.5 on (Node 24.6): twenty times as fast, and off the main thread.
function nativeKey({ identifier, publicKey }: { identifier: number; publicKey: number }, key: Buffer): KeyObject | null {
  // SubjectPublicKeyInfo: a sequence of the algorithm (2.16.840.1.101.3.4.3.x, no parameters) and the key as a bit string.
  const algorithm = Buffer.from([0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, identifier]);
  const bits = Buffer.concat([Buffer.from([0x03, 0x82]), uint16(publicKey + 1), Buffer.from([0]), key]);
  const content = Buffer.concat([algorithm, bits]);
  try {
    const der = Buffer.concat([Buffer.from([0x30, 0x82]), uint16(content.length), content]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

// One spelling only: Buffer.from skips what is not base64.
function decoded(text: string, length: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : null;
}
