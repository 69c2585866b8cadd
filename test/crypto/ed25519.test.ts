// Node's Ed25519 against RFC 8032, the cases of Wycheproof, and the reference implementation: the same verdict everywhere.

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

describe('Wycheproof', () => {
  const publicKey = '7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa';
  const VALID: [message: string, signature: string][] = [
    ['', 'd4fbdb52bfa726b44d1786a8c0d171c3e62ca83c9e5bbe63de0bb2483f8fd6cc1429ab72cafc41ab56af02ff8fcc43b99bfe4c7ae940f60f38ebaa9d311c4007'],
    ['78', 'd80737358ede548acb173ef7e0399f83392fe8125b2ce877de7975d8b726ef5b1e76632280ee38afad12125ea44b961bf92f1178c9fa819d020869975bcbe109'],
    ['54657374', '7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab07a9155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b30d'],
    ['48656c6c6f', '1c1ad976cbaae3b31dee07971cf92c928ce2091a85f5899f5e11ecec90fc9f8e93df18c5037ec9b29c07195ad284e63d548cd0a6fe358cc775bd6c1608d2c905'],
    ['313233343030', '657c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281c2bf0cf5b3a289976458a1be6277a5055545253b45b07dcc1abd96c8b989c00f301'],
    ['000000000000000000000000', 'd46543bfb892f84ec124dcdfc847034c19363bf3fc2fa89b1267833a14856e52e60736918783f950b6f1dd8d40dc343247cd43ce054c2d68ef974f7ed0f3c60f'],
    ['ffffffffffffffffffffffffffffffff', '5dbd7360e55aa38e855d6ad48c34bd35b7871628508906861a7c4776765ed7d1e13d910faabd689ec8618b78295c8ab8f0e19c8b4b43eb8685778499e943ae04'],
  ]; // biome-ignore format: one table

  test.each(VALID)('accepts its known answer for %j', async (message, signature) => {
    expect(await verdicts(message, signature, publicKey)).toEqual([true, true, true]);
  });

  // Zero, one, the order of the group, its predecessor, and the prime of the field, as r and as s.
  const SPECIAL = {
    r: ['0'.repeat(64), `01${'0'.repeat(62)}`, 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', `ed${'f'.repeat(60)}7f`],
    s: ['0'.repeat(64), `01${'0'.repeat(62)}`, 'ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', `ed${'f'.repeat(60)}7f`],
  }; // biome-ignore format: one table

  test('refuses every pair of special values', async () => {
    for (const r of SPECIAL.r)
      for (const s of SPECIAL.s) expect(await verdicts('3f', r + s, publicKey), r + s).toEqual([false, false, false]);
  });

  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const little = (number: bigint): string => bytes(number.toString(16).padStart(64, '0').slice(-64)).reverse().toString('hex');
  const [message, signature] = VALID[2] as [string, string];
  const [r, s] = [signature.slice(0, 64), signature.slice(64)];
  const scalar = BigInt(`0x${bytes(s).reverse().toString('hex')}`);

  test.each<[title: string, changed: string]>([
    ...[1n, 2n, 4n, 7n].map((times): [string, string] => [
      `s and ${times} times the order`,
      r + little(scalar + times * ORDER),
    ]),
    ['s negated', r + little(ORDER - scalar)],
    ['a byte too many', `${signature}00`],
    ['a byte too few', signature.slice(0, -2)],
    ['only r', r],
    ['nothing', ''],
    ['r and s exchanged', s + r],
    ['r twice', r + r],
    ['the sign of r turned', r.slice(0, 62) + (Number.parseInt(r.slice(62), 16) ^ 0x80).toString(16).padStart(2, '0') + s],
  ])('refuses a known answer with %s', async (_, changed) => {
    expect(await verdicts(message, changed, publicKey)).toEqual([false, false, false]);
  });

  test('refuses a known answer for another message', async () => {
    expect(await verdicts('54657375', signature, publicKey)).toEqual([false, false, false]);
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
