// The key with which a reviewer signs decisions: made once per server and person, private, and never sent anywhere.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readSigningKey, type SigningKey } from '../crypto/ed25519.ts';
import { newSigningKey } from '../crypto/new-signing-key.ts';
import { openKeychain } from './keychain.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export type ReviewerKeyOptions = {
  /** `~/.aim` */
  folder: string;
  server: string;
  userId: string;
  /** `auto` is the keychain where one is usable, else a 0600 file. */
  store: 'auto' | 'file' | 'keychain';
  env?: Readonly<Record<string, string | undefined>>;
  /** The one that is there was revoked: another takes its place. */
  renew?: boolean;
};

/** Opens the key, or makes it. The first receipt that is signed with it registers its public half. @throws ConfigurationError */
export async function openReviewerKey({
  folder,
  server,
  userId,
  store,
  env,
  renew = false,
}: ReviewerKeyOptions): Promise<SigningKey> {
  const account = `reviewer:${userId}@${server}`;
  const file = join(folder, `reviewer-${createHash('sha256').update(account).digest('hex').slice(0, 16)}.key`);
  const kept = await readPrivateFile(file);
  if (kept !== null && !renew) return readSigningKey(kept.trim());
  const keychain = store === 'file' ? null : await openKeychain(env);
  const inKeychain = await keychain?.read(account);
  if (inKeychain && !renew) return readSigningKey(inKeychain);
  const key = await newSigningKey();
  // What is in a file is found first, so what replaces it goes there.
  if (kept !== null || keychain === null || !(await written(keychain.write(account, key.privateKey))))
    await writePrivateFile(file, `${key.privateKey}\n`);
  return key;
}

const written = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
