// A new key pair, made by the reference implementation and read by Node's: what gets registered is a key on which the two agree.

import { readSigningKey, type SigningKey } from './ed25519.ts';

/** From the system's random source. @throws RangeError where the two do not derive the same public half. */
export async function newSigningKey(): Promise<SigningKey> {
  const { getPublicKeyAsync, utils } = await import('@noble/ed25519'); // with the first key: most processes only use one
  const seed = utils.randomSecretKey();
  const publicKey = await getPublicKeyAsync(seed);
  return readSigningKey(Buffer.concat([seed, publicKey]).toString('base64'));
}
