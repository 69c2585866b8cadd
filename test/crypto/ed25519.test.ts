// Node's Ed25519 against RFC 8032, the whole file of Wycheproof, and the reference implementation: the same verdict everywhere.

import { readFileSync } from 'node:fs';
import * as noble from '@noble/ed25519';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  generateSigningKey,
  isPublicKey,
  readSigningKey,
  verifySignature,
  verifySignatureAsync,
} from '../../src/crypto/ed25519.ts';
import { newSigningKey } from '../../src/crypto/new-signing-key.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const base64 = (hex: string): string => bytes(hex).toString('base64');

async function verdicts(message: string, signature: string, publicKey: string): Promise<boolean[]> {
  const reference = noble.verifyAsync(bytes(signature), bytes(message), bytes(publicKey), { zip215: false }).catch(() => false); // it throws for what is no signature by its length
  const given = [bytes(message), base64(signature), base64(publicKey)] as const;
  return Promise.all([verifySignature(...given), verifySignatureAsync(...given), reference]);
}

describe('RFC 8032 §7.1', () => {
  test.each<[title: string, secret: string, publicKey: string, message: string, signature: string]>([
    ['TEST 1', '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '', 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
    ['TEST 2', '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72', '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
    ['TEST 3', 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82', '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
    ['TEST SHA(abc)', '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42', 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf', 'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f', 'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704'],
  ])('%s', async (_, secret, publicKey, message, signature) => {
    const key = readSigningKey(base64(secret));
    expect(key.publicKey).toBe(base64(publicKey));
    expect(key.sign(bytes(message))).toBe(base64(signature));
    expect(await verdicts(message, signature, publicKey)).toEqual([true, true, true]);
  }); // biome-ignore format: one table
});

test('a new key is one on which both implementations agree', async () => {
  const key = await newSigningKey();
  const message = Buffer.from('a');
  expect(Buffer.from(key.privateKey, 'base64')).toHaveLength(64);
  const signature = await noble.signAsync(message, Buffer.from(key.privateKey, 'base64').subarray(0, 32));
  expect(key.sign(message)).toBe(Buffer.from(signature).toString('base64'));
  expect((await newSigningKey()).publicKey).not.toBe(key.publicKey);
});

describe('Wycheproof', () => {
  type Case = [title: string, expected: boolean, message: string, signature: string, publicKey: string];
  const cases = readFileSync(new URL('wycheproof-ed25519.tsv', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): Case => {
      const [number, result, publicKey = '', message = '', signature = '', flags, comment] = line.split('\t');
      return [`${number}: ${flags}, ${comment}`, result === 'valid', message, signature, publicKey];
    });

  test('is here whole: 88 that hold, 63 that do not', () => {
    expect([cases.length, cases.filter(([, holds]) => holds).length]).toEqual([151, 88]);
  });

  test.each(cases)('case %s', async (_, expected, message, signature, publicKey) => {
    expect(await verdicts(message, signature, publicKey)).toEqual([expected, expected, expected]);
  });

  // Beyond the file: zero, one, the order of the group, its predecessor, and the prime of the field, as r and as s in every pair.
  const SPECIAL = {
    r: ['0'.repeat(64), `01${'0'.repeat(62)}`, 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', `ed${'f'.repeat(60)}7f`],
    s: ['0'.repeat(64), `01${'0'.repeat(62)}`, 'ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', `ed${'f'.repeat(60)}7f`],
  }; // biome-ignore format: one table

  test('refuses every pair of special values', async () => {
    const publicKey = '7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa';
    for (const r of SPECIAL.r)
      for (const s of SPECIAL.s) expect(await verdicts('3f', r + s, publicKey), r + s).toEqual([false, false, false]);
  });
});

describe('Node and the reference implementation', () => {
  test('agree on every signature, whole or changed in one bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.option(fc.nat(511)), async (message, flipped) => {
        const key = generateSigningKey();
        const signature = Buffer.from(key.sign(message), 'base64');
        if (flipped !== null) signature[flipped >> 3] = (signature[flipped >> 3] ?? 0) ^ (1 << (flipped & 7));
        const hex = Buffer.from(message).toString('hex');
        const expected = flipped === null;
        expect(await verdicts(hex, signature.toString('hex'), Buffer.from(key.publicKey, 'base64').toString('hex'))).toEqual([
          expected,
          expected,
          expected,
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test.each(['', 'AQ==', 'not base64', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
    'neither takes %j for a key',
    (text) => {
      expect(isPublicKey(text)).toBe(false);
    },
  );
});
