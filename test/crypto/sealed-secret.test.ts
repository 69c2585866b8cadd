// A secret that was sealed for one agent opens with its key, whole, and in no other way (wire-mcp-logs-a2a §8).

import { expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { openSealedSecret, sealSecret } from '../../src/crypto/sealed-secret.ts';

const key = generateSigningKey();
const secret = 's3cret ü\0';
const sealed = sealSecret(secret, key.publicKey);
const ephemeral = sealed.ephemeralPublicKey.toString('base64');
const open = (blob: Buffer, privateKey = key.privateKey, ephemeralKey = ephemeral): string =>
  openSealedSecret(blob.toString('base64'), ephemeralKey, privateKey).toString();

test('opens with the key it was sealed for, whatever it holds', () => {
  for (const text of ['', 'x', secret, 'y'.repeat(100_000)]) {
    // Keys differ in the sign and size of their coordinates; one that opens says little of the next.
    const other = generateSigningKey();
    const { encryptedBlob, ephemeralPublicKey, encryptionAlgorithm } = sealSecret(text, other.publicKey);
    expect(open(encryptedBlob, other.privateKey, ephemeralPublicKey.toString('base64'))).toBe(text);
    expect(encryptionAlgorithm).toBe('X25519-ChaCha20-Poly1305');
  }
});

test('that was made with the libraries of the Python SDK opens here', () => {
  const blob = Buffer.from('AAECAwQFBgcICQoLRnlqirhV2DnyvJnISGjEiHpn0rbPdg==', 'base64');
  const seed = Buffer.alloc(32, 1).toString('base64');
  expect(open(blob, seed, 'E75P6uryBMf9M1j8nAByGIHRdCeBKCJ+xnTzf3/pe20=')).toBe('s3cret');
});

test('is another one each time', () => {
  expect(sealSecret(secret, key.publicKey).encryptedBlob).not.toEqual(sealed.encryptedBlob);
});

test('does not open once any byte of it was changed', () => {
  for (let at = 0; at < sealed.encryptedBlob.length; at += 1) {
    const changed = Buffer.from(sealed.encryptedBlob);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => open(changed)).toThrow('does not open');
  }
});

test('does not open with another key', () => {
  expect(() => open(sealed.encryptedBlob, generateSigningKey().privateKey)).toThrow('does not open');
});

test.each([0, 11, 27])('of %d bytes is cut off', (length) => {
  expect(() => open(sealed.encryptedBlob.subarray(0, length))).toThrow('cut off');
});

test.each([0, 31, 33])('with a public key of %d bytes is cut off', (length) => {
  expect(() => open(sealed.encryptedBlob, key.privateKey, Buffer.alloc(length, 9).toString('base64'))).toThrow('cut off');
});

test('is not made for what is no key', () => {
  expect(() => sealSecret(secret, 'AAAA')).toThrow('32 bytes');
});
