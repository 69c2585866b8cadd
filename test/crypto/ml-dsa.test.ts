// ML-DSA by this Node, where it has it, and by the library: the same verdict everywhere, on NIST's keys too.

import { createHash, randomBytes } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { describe, expect, test } from 'vitest';
import { byNoble, isMlDsaKey, type MlDsaAlgorithm, mlDsaAlgorithms, mlDsaSizes, verifyMlDsa } from '../../src/crypto/ml-dsa.ts';

const schemes = { 'ML-DSA-44': ml_dsa44, 'ML-DSA-65': ml_dsa65, 'ML-DSA-87': ml_dsa87 };
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

async function verdicts(algorithm: MlDsaAlgorithm, message: string, signature: Uint8Array, key: Uint8Array) {
  return [
    await verifyMlDsa(algorithm, message, base64(signature), base64(key)),
    await byNoble(algorithm, Buffer.from(message), signature, key),
  ];
}

describe.each(mlDsaAlgorithms)('%s', (algorithm) => {
  const scheme = schemes[algorithm];
  const { secretKey, publicKey } = scheme.keygen(randomBytes(32));
  const signature = scheme.sign(Buffer.from('POST\n/api'), secretKey);

  test('has the sizes of FIPS 204', () => {
    expect([publicKey.length, signature.length]).toEqual([mlDsaSizes[algorithm].publicKey, mlDsaSizes[algorithm].signature]);
  });

  test('a signature holds for its own message and key, and for nothing else', async () => {
    const changed = Uint8Array.from(signature);
    changed[7] = (changed[7] ?? 0) ^ 1;
    const other = scheme.keygen(randomBytes(32)).publicKey;
    expect(await verdicts(algorithm, 'POST\n/api', signature, publicKey)).toEqual([true, true]);
    expect(await verdicts(algorithm, 'POST\n/apj', signature, publicKey)).toEqual([false, false]);
    expect(await verdicts(algorithm, 'POST\n/api', changed, publicKey)).toEqual([false, false]);
    expect(await verdicts(algorithm, 'POST\n/api', signature, other)).toEqual([false, false]);
    expect(await verdicts(algorithm, 'POST\n/api', signature.subarray(1), publicKey)).toEqual([false, false]);
    expect(await verdicts(algorithm, 'POST\n/api', signature, publicKey.subarray(1))).toEqual([false, false]);
  });

  test('a key and a signature have one spelling', async () => {
    const spelled = base64(publicKey);
    expect(isMlDsaKey(algorithm, spelled)).toBe(true);
    for (const odd of [` ${spelled}`, spelled.replaceAll('=', ''), `${spelled}\n`, Buffer.from(publicKey).toString('hex'), ''])
      expect(odd !== spelled && isMlDsaKey(algorithm, odd)).toBe(false);
    expect(await verifyMlDsa(algorithm, 'POST\n/api', `${base64(signature)} `, spelled)).toBe(false);
  });

  test('a signature made with a context is another one', async () => {
    const inContext = scheme.sign(Buffer.from('POST\n/api'), secretKey, { context: Buffer.from('x') });
    expect(await verdicts(algorithm, 'POST\n/api', inContext, publicKey)).toEqual([false, false]);
  });
});

// The first of each parameter set in NIST's ACVP file ML-DSA-keyGen-FIPS204, the public key as its SHA-256.
test.each<[algorithm: MlDsaAlgorithm, seed: string, digest: string]>([
  ['ML-DSA-44', 'd71361c000f9a7bc99dfb425bcb6bb27c32c36ab444ff3708b2d93b4e66d5b5b', '451a808c522218fadbdab146fc12004b0741c7d069f238f43ad77216159f6a34'],
  ['ML-DSA-65', '1bd67dc782b2958e189e315c040dd1f64c8ab232a6a170e1a7a52c33f10851b1', '6fb1146b85539fb5c53d35b66dae94202fcd5575a537172cf1156220476f7920'],
  ['ML-DSA-87', 'f7052fbb921759cd8716773ba6355630121d6927899fdda5768e2bc240fccb7b', '40298270777d3306d2fcb6b4691d7a7ab799cd1069eea88f843cf0ec26d4b01f'],
])('%s: the key that NIST makes of a seed signs for both', async (algorithm, seed, digest) => {
  const { secretKey, publicKey } = schemes[algorithm].keygen(Buffer.from(seed, 'hex'));
  expect(createHash('sha256').update(publicKey).digest('hex')).toBe(digest);
  const signature = schemes[algorithm].sign(Buffer.from('x'), secretKey);
  expect(await verdicts(algorithm, 'x', signature, publicKey)).toEqual([true, true]);
}); // biome-ignore format: one table
