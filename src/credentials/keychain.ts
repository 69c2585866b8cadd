// The system's keychain through keytar, where there is one that works: macOS Keychain, Windows Credential Vault, libsecret.

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

/** Null where no keychain can be used: no library, no bus, locked without anybody to unlock it. Never hangs. */
export async function openKeychain(env: Readonly<Record<string, string | undefined>> = process.env): Promise<Keychain | null> {
  // libsecret without a session bus waits for one that will not come.
  if (process.platform === 'linux' && !env['DBUS_SESSION_BUS_ADDRESS']) return null;
  const keytar = await loadKeytar();
  if (keytar === null) return null;
  try {
    await soon(keytar.getPassword(SERVICE, 'probe'));
  } catch {
    return null;
  }
  return {
    read: (account) => soon(keytar.getPassword(SERVICE, account)),
    write: (account, secret) => soon(keytar.setPassword(SERVICE, account, secret)),
    remove: async (account) => void (await soon(keytar.deletePassword(SERVICE, account))),
  };
}

async function loadKeytar(): Promise<Keytar | null> {
  try {
    const module = (await import('keytar')) as unknown as Keytar & { default?: Keytar };
    return module.default ?? module;
  } catch {
    return null; // an optional dependency: absent is ordinary
  }
}

const PATIENCE = 3_000; // a keychain that asks somebody to unlock it on another screen is not usable here

function soon<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The keychain did not answer.')), PATIENCE);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
