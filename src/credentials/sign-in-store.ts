// Where a sign-in is kept: in the keychain where one is usable and allowed, else in the file that all AIM SDKs share.

import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { withLock } from '../settings/lock.ts';
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
  /** The sign-in to `server`, or without one the latest. With `email` that of this account, where a server has several. */
  load(server?: string, email?: string): Promise<KeptSignIn | null>;
  /** A new sign-in. One of another account or to another server that is in the way is put aside, not lost. */
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

  async function load(server?: string, email?: string): Promise<KeptSignIn | null> {
    const isMeant = (found: SdkCredentials | null): found is SdkCredentials =>
      found !== null && (server === undefined || isOf(found, { aimUrl: server, userEmail: email }));
    const main = await loadSdkCredentials({ folder });
    if (isMeant(main)) return { credentials: main, keptIn: 'file' };
    for (const path of server === undefined ? [] : asideFiles(folder, server, email)) {
      const aside = readSignIn(await readPrivateObject(path));
      if (isMeant(aside)) return { credentials: aside, keptIn: 'file' };
    }
    const chain = await keychain();
    const latest = server ?? (await chain?.read('latest')) ?? null;
    for (const entry of latest === null ? [] : entriesOf(latest, email)) {
      const credentials = await inKeychain(chain, entry);
      if (isMeant(credentials)) return { credentials, keptIn: 'keychain' };
    }
    return null;
  }

  async function keep(credentials: SdkCredentials): Promise<KeptIn> {
    const chain = await keychain();
    if (chain === null && store === 'keychain') throw noKeychain();
    try {
      if (chain !== null) return await keepInKeychain(chain, credentials);
    } catch (error) {
      // It could be opened and takes nothing: a collection that is locked answers only who reads.
      if (store === 'keychain') throw noKeychain(error);
    }
    await forgetInKeychain(credentials);
    const main = await loadSdkCredentials({ folder });
    if (main !== null && !isOf(main, credentials)) await putAside(main);
    await saveSdkCredentials(credentials, { folder });
    await removeAside(credentials);
    return 'file';
  }

  // Never in both, not even where the process ends between: the older copy, which would win, goes first, and comes back where the keychain refuses.
  async function keepInKeychain(chain: Keychain, credentials: SdkCredentials): Promise<KeptIn> {
    const main = await loadSdkCredentials({ folder });
    const isInTheWay = main?.aimUrl === credentials.aimUrl;
    if (isInTheWay) {
      if (!isOf(main, credentials)) await putAside(main);
      await removeSdkCredentials({ folder });
    }
    try {
      const before = await inKeychain(chain, credentials.aimUrl);
      if (before?.userEmail !== undefined && !isOf(before, credentials)) await write(chain, before, entryOf(before));
      await removeAside(credentials);
      await write(chain, credentials, credentials.aimUrl);
      await chain.remove(entryOf(credentials));
      await chain.write('latest', credentials.aimUrl);
    } catch (error) {
      if (isInTheWay) await saveSdkCredentials(main, { folder });
      throw error;
    }
    return 'keychain';
  }

  /** The latest of a server under its name, those of other accounts there under theirs as well. */
  async function putAside(signIn: SdkCredentials): Promise<void> {
    const [latest = '', own = latest] = asideFiles(folder, signIn.aimUrl, signIn.userEmail).reverse();
    const there = readSignIn(await readPrivateObject(latest));
    if (there?.userEmail !== undefined && !isOf(there, signIn)) {
      await writePrivateObject(asideFile(folder, there.aimUrl, there.userEmail), fileOf(there));
    }
    await writePrivateObject(latest, fileOf(signIn));
    if (own !== latest) await removePrivateFile(own);
  }

  async function removeAside(signIn: SdkCredentials): Promise<void> {
    for (const path of asideFiles(folder, signIn.aimUrl, signIn.userEmail)) {
      const there = readSignIn(await readPrivateObject(path));
      if (there !== null && isOf(there, signIn)) await removePrivateFile(path);
    }
  }

  async function renew({ credentials, keptIn }: KeptSignIn): Promise<void> {
    if (keptIn === 'memory') return;
    const chain = keptIn === 'keychain' ? await keychain() : null;
    if (chain !== null) {
      const latest = await inKeychain(chain, credentials.aimUrl);
      const isLatest = latest === null || isOf(latest, credentials);
      return write(chain, credentials, isLatest ? credentials.aimUrl : entryOf(credentials));
    }
    const main = await loadSdkCredentials({ folder });
    if (main === null || isOf(main, credentials)) return saveSdkCredentials(credentials, { folder });
    const paths = asideFiles(folder, credentials.aimUrl, credentials.userEmail);
    for (const path of paths) {
      const there = readSignIn(await readPrivateObject(path));
      if (there !== null && isOf(there, credentials)) return writePrivateObject(path, fileOf(credentials));
    }
    await writePrivateObject(paths[0] ?? '', fileOf(credentials));
  }

  async function remove({ credentials, keptIn }: KeptSignIn): Promise<void> {
    if (keptIn === 'memory') return;
    await forgetInKeychain(credentials, keptIn === 'keychain');
    await removeAside(credentials);
    const main = await loadSdkCredentials({ folder });
    if (main !== null && isOf(main, credentials)) await removeSdkCredentials({ folder });
  }

  // With `--store file` an earlier sign-in may still be in the keychain: there is one place of truth, and never two.
  async function forgetInKeychain(signIn: SdkCredentials, mustWork = false): Promise<void> {
    try {
      const chain = await (store === 'file' ? open() : keychain());
      for (const entry of entriesOf(signIn.aimUrl, signIn.userEmail)) {
        const there = await inKeychain(chain, entry);
        if (there === null || isOf(there, signIn)) await chain?.remove(entry);
      }
    } catch (error) {
      if (mustWork) throw error; // else it is locked, or not there: it will not be read either
    }
  }

  const inKeychain = async (chain: Keychain | null, entry: string): Promise<SdkCredentials | null> => {
    const secret = await chain?.read(entry);
    return secret ? readSignIn(parseObject(secret)) : null;
  };
  const write = (chain: Keychain, credentials: SdkCredentials, entry: string): Promise<void> =>
    chain.write(entry, JSON.stringify(fileOf(credentials)));
  // Against another sign-in, a sign-out and a renewal at the same time; a renewal holds the lock already.
  const lockPath = join(folder, 'sdk_credentials.json');
  return {
    load,
    keep: (credentials) => withLock(lockPath, () => keep(credentials)),
    renew,
    remove: (signIn) => withLock(lockPath, () => remove(signIn)),
    lockPath,
  };
}

const noKeychain = (cause?: unknown) =>
  new ConfigurationError('credentials.no-keychain', {
    message: 'There is no keychain here that can be used.',
    next: 'Use --store file, or unlock the keychain.',
    field: 'store',
    cause,
  });

type Whose = { aimUrl: string; userEmail?: string | undefined };

/** Of the same account, as far as it is said: sign-ins of other SDKs may not say it. */
const isOf = (signIn: Whose, other: Whose): boolean =>
  signIn.aimUrl === other.aimUrl &&
  (signIn.userEmail === undefined ||
    other.userEmail === undefined ||
    signIn.userEmail.toLowerCase() === other.userEmail.toLowerCase());

/** Sign-ins beside the one in sdk_credentials.json, which the other SDKs cannot hold more than one of. */
const asideFile = (folder: string, server: string, email?: string): string => {
  const words = [server.replace(/^https?:\/\//, ''), ...(email === undefined ? [] : [email.toLowerCase()])];
  return join(folder, 'sign-ins', `${words.map((word) => word.replace(/[^A-Za-z0-9.-]/g, '_')).join('~')}.json`);
};

/** Where one may be, the exact place first. */
const asideFiles = (folder: string, server: string, email?: string): string[] => [
  ...(email === undefined ? [] : [asideFile(folder, server, email)]),
  asideFile(folder, server),
];

const entryOf = ({ aimUrl, userEmail }: Whose): string =>
  userEmail === undefined ? aimUrl : `${aimUrl} ${userEmail.toLowerCase()}`;
const entriesOf = (server: string, email?: string): string[] =>
  email === undefined ? [server] : [entryOf({ aimUrl: server, userEmail: email }), server];

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
