// Passwords: what is kept of them, and that looking at many leaves room for everything else.

import { expect, test } from 'vitest';
import { hashPassword, isPassword } from '../../src/control-plane/auth/password.ts';
import { generateSigningKey, verifySignatureAsync } from '../../src/crypto/ed25519.ts';

test('a hash names how it was made, and holds for its password alone', async () => {
  const hash = await hashPassword('correct horse battery staple');
  expect(hash).toMatch(/^\$(argon2id\$v=19\$m=19456,t=2,p=1|scrypt\$ln=17,r=8,p=1)\$/);
  expect(await isPassword('correct horse battery staple', hash)).toBe(true);
  expect(await isPassword('correct horse battery stapl', hash)).toBe(false);
  expect(await isPassword('correct horse battery staple', null)).toBe(false);
});

test('sixteen guesses at once do not keep a signature waiting that is checked meanwhile', async () => {
  const key = generateSigningKey();
  const signature = key.sign('x');
  const hash = await hashPassword('correct horse battery staple');
  const done: string[] = [];
  const guesses = Array.from({ length: 16 }, () => isPassword('a guess', hash).then(() => done.push('guess')));
  const check = verifySignatureAsync('x', signature, key.publicKey).then(() => done.push('signature'));
  await Promise.all([...guesses, check]);
  // Two are looked at meanwhile at most.
  expect(done.indexOf('signature')).toBeLessThanOrEqual(2);
});
