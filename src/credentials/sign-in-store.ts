// Where a sign-in is kept: in the keychain where one is usable and allowed, else in the file that all AIM SDKs share.

import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { Paths, SettingValues } from '../settings/settings.ts';
import { type Keychain, openKeychain } from './keychain.ts';
import { readPrivateObject, removePrivateFile, writePrivateObject } from './private-file.ts';
import {
  fileOf,
  loadSdkCredentials,
  readSignIn,
  removeSdkCredentials,
  type SdkCredentials,
  saveSdkCredentials,
} from './sdk-credentials.ts';

export type KeptIn = 'keychain' | 'file' | 'memory';
export type KeptSignIn = { credentials: SdkCredentials; keptIn: KeptIn };

export type SignInStore = {
  /** The sign-in to `server`, or without one the latest. */
  load(server?: string): Promise<KeptSignIn | null>;
  /** A new sign-in. One to another server that is in the way is put aside, not lost. */
  keep(credentials: SdkCredentials): Promise<KeptIn>;
  /** New tokens of a sign-in, kept where it is kept. */
  renew(signIn: KeptSignIn): Promise<void>;
  remove(signIn: KeptSignIn): Promise<void>;
  /** What a lock guards: one path for all sign-ins of this user. */
  readonly lockPath: string;
};

export type StoreOptions = {
  paths: Pick<Paths, 'aim'>;
  store?: SettingValues['store'] | undefined;
  keychain?: (() => Promise<Keychain | null>) | undefined;
};

/** Opens nothing yet: the keychain is asked when it is needed. */
export function openSignInStore({
  paths: { aim: folder },
  store = 'auto',
  keychain: open = openKeychain,
}: StoreOptions): SignInStore {
  let opened: Promise<Keychain | null> | undefined;
  const keychain = (): Promise<Keychain | null> => {
    opened ??= store === 'file' ? Promise.resolve(null) : open();
    return opened;
  };

  async function load(server?: string): Promise<KeptSignIn | null> {
    const main = await loadSdkCredentials({ folder });
    if (main !== null && (server === undefined || main.aimUrl === server)) return { credentials: main, keptIn: 'file' };
    if (server !== undefined) {
      const aside = readSignIn(await readPrivateObject(asideFile(folder, server)));
      if (aside !== null && aside.aimUrl === server) return { credentials: aside, keptIn: 'file' };
    }
    const chain = await keychain();
    const account = server ?? (await chain?.read('latest')) ?? null;
    const secret = account === null ? null : await chain?.read(account);
    const credentials = secret ? readSignIn(parseObject(secret)) : null;
    return credentials === null ? null : { credentials, keptIn: 'keychain' };
  }

  async function keep(credentials: SdkCredentials): Promise<KeptIn> {
    const chain = await keychain();
    if (chain === null && store === 'keychain') {
      throw new ConfigurationError('credentials.no-keychain', {
        message: 'There is no keychain here that can be used.',
        next: 'Use --store file, or unlock the keychain.',
        field: 'store',
      });
    }
    if (chain !== null) {
      await write(chain, credentials);
      await chain.write('latest', credentials.aimUrl);
      // An older copy in the file would win over the keychain, and soon hold a token that was rotated away.
      const main = await loadSdkCredentials({ folder });
      if (main?.aimUrl === credentials.aimUrl) await removeSdkCredentials({ folder });
      return 'keychain';
    }
    await forgetInKeychain(credentials.aimUrl);
    const main = await loadSdkCredentials({ folder });
    if (main !== null && main.aimUrl !== credentials.aimUrl)
      await writePrivateObject(asideFile(folder, main.aimUrl), fileOf(main));
    await saveSdkCredentials(credentials, { folder });
    await removePrivateFile(asideFile(folder, credentials.aimUrl));
    return 'file';
  }

  async function renew({ credentials, keptIn }: KeptSignIn): Promise<void> {
    if (keptIn === 'memory') return;
    const chain = keptIn === 'keychain' ? await keychain() : null;
    if (chain !== null) return write(chain, credentials);
    const main = await loadSdkCredentials({ folder });
    if (main === null || main.aimUrl === credentials.aimUrl) await saveSdkCredentials(credentials, { folder });
    else await writePrivateObject(asideFile(folder, credentials.aimUrl), fileOf(credentials));
  }

  async function remove({ credentials, keptIn }: KeptSignIn): Promise<void> {
    if (keptIn === 'memory') return;
    const { aimUrl } = credentials;
    if (keptIn === 'keychain') await (await keychain())?.remove(aimUrl);
    else await forgetInKeychain(aimUrl);
    await removePrivateFile(asideFile(folder, aimUrl));
    if ((await loadSdkCredentials({ folder }))?.aimUrl === aimUrl) await removeSdkCredentials({ folder });
  }

  // With `--store file` an earlier sign-in may still be in the keychain: there is one place of truth, and never two.
  async function forgetInKeychain(aimUrl: string): Promise<void> {
    const chain = await (store === 'file' ? open() : keychain()).catch(() => null);
    await chain?.remove(aimUrl).catch(() => {}); // locked, or not there: it will not be read either
  }

  const write = (chain: Keychain, credentials: SdkCredentials): Promise<void> =>
    chain.write(credentials.aimUrl, JSON.stringify(fileOf(credentials)));
  return { load, keep, renew, remove, lockPath: join(folder, 'sdk_credentials.json') };
}

/** Sign-ins to other servers than the one in sdk_credentials.json, which the other SDKs cannot hold more than one of. */
const asideFile = (folder: string, server: string): string =>
  join(folder, 'sign-ins', `${server.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9.-]/g, '_')}.json`);

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
