// The system's keychain through keytar, where there is one that works: macOS Keychain, Windows Credential Vault, libsecret.

import { ConfigurationError } from '../errors.ts';

const SERVICE = 'aim-terminal';

export type Keychain = {
  read(account: string): Promise<string | null>;
  write(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
};

type Keytar = {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
};

/** Why there is none: no session bus, no library for it, or nobody who answers (locked, or no such service). */
export type NoKeychain = 'bus' | 'library' | 'answer';

/** Null where no keychain can be used: no library, no bus, locked without anybody to unlock it. Never hangs. */
export async function openKeychain(env: Environment = process.env): Promise<Keychain | null> {
  const found = await lookForKeychain(env);
  return typeof found === 'string' ? null : found;
}

/** The keychain, or what it lacks. */
export async function lookForKeychain(env: Environment = process.env): Promise<Keychain | NoKeychain> {
  // libsecret without a session bus waits for one that will not come.
  if (process.platform === 'linux' && !env['DBUS_SESSION_BUS_ADDRESS']) return 'bus';
  const keytar = await loadKeytar();
  if (keytar === null) return 'library';
  try {
    await soon(keytar.getPassword(SERVICE, 'probe'));
  } catch {
    return 'answer';
  }
  return {
    read: (account) => answered(keytar.getPassword(SERVICE, account)),
    write: (account, secret) => answered(keytar.setPassword(SERVICE, account, secret)),
    remove: async (account) => void (await answered(keytar.deletePassword(SERVICE, account))),
  };
}

const answered = <Value>(answer: Promise<Value>): Promise<Value> =>
  soon(answer).catch((cause: unknown) => {
    throw new ConfigurationError('credentials.keychain', {
      message: 'The keychain did not answer.',
      next: 'Unlock it, or sign in again with --store file.',
      cause,
    });
  });

async function loadKeytar(): Promise<Keytar | null> {
  try {
    const module = (await import('keytar')) as unknown as Keytar & { default?: Keytar };
    return module.default ?? module;
  } catch {
    return null; // an optional dependency: absent is ordinary, and so is a system without libsecret
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const PATIENCE = 3_000; // a keychain that asks somebody to unlock it on another screen is not usable here

function soon<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The keychain did not answer.')), PATIENCE);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
