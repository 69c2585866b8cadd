// Signing in from a program, as `aim login` does it: loaded when it is called, because an agent that is signed in never needs it.

import { signal as abortSignal, amount, callable, checkArguments, object, oneOf, optional, path, text } from '../arguments.ts';
import type { Reach } from '../auth/auth-caller.ts';
import { aimFolder } from '../credentials/sdk-credentials.ts';
import { ConfigurationError } from '../errors.ts';

/** How to sign in, and where the sign-in is kept. */
export type LoginOptions = {
  /** The AIM server, `https://host`. */
  server: string;
  /**
   * `browser` opens one here (PKCE). `device` shows a code to type into a browser anywhere (RFC 8628), for machines without one.
   * Default: `password` where an e-mail address is given, else `browser`.
   */
  method?: 'browser' | 'device' | 'password' | undefined;
  email?: string | undefined;
  password?: string | undefined;
  /** Where the address to open and the code are shown. Default: a line on standard error. */
  note?: ((text: string) => void) | undefined;
  /** Default `~/.aim`, where `secure()` looks. */
  credentialsFolder?: string | undefined;
  /** Seconds for one request. Default 30. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
};

const asked = object({
  server: text,
  method: optional(oneOf('browser', 'device', 'password')),
  email: optional(text),
  password: optional(text),
  note: optional(callable),
  timeout: optional(amount),
  credentialsFolder: optional(path),
  signal: optional(abortSignal),
});

/**
 * Signs in, and keeps what comes back for `secure()` and for every other AIM SDK on this machine.
 * @throws AuthenticationError where it was refused or took too long; RemoteError where the server is away.
 */
export async function login(options: LoginOptions): Promise<{ server: string; userEmail: string | null }> {
  checkArguments('login', { options: asked }, [options]);
  const { server, email, password, signal, timeout = 30, credentialsFolder: folder = aimFolder() } = options;
  const { method = email === undefined ? 'browser' : 'password' } = options;
  const { note = (text: string) => void process.stderr.write(`${text}\n`) } = options;
  // A file, because that is what all SDKs read; `aim login` may use the keychain.
  const kept = { server, paths: { aim: folder }, store: 'file' as const, reach: await patient(timeout * 1000), signal };
  if (method === 'device') await (await import('../auth/login-device.ts')).loginWithDevice({ ...kept, note });
  else if (method === 'browser') await (await import('../auth/login-browser.ts')).loginWithBrowser({ ...kept, note });
  else {
    if (!email || !password)
      throw new ConfigurationError('login.password', {
        message: 'A sign-in by password needs email and password.',
        field: 'password',
      });
    await (await import('../auth/login-password.ts')).loginWithPassword({ ...kept, email, password });
  }
  const { loadSdkCredentials } = await import('../credentials/sdk-credentials.ts');
  const stored = await loadSdkCredentials({ folder });
  return { server: stored?.aimUrl ?? server, userEmail: stored?.userEmail ?? null };
}

/** The usual way to a server, on which each request has so long. */
async function patient(timeoutMs: number): Promise<Reach> {
  const { nodeTransport } = await import('../http/node-transport.ts');
  return (server) => {
    const transport = nodeTransport(server);
    return { ...transport, send: (attempt) => transport.send({ ...attempt, timeoutMs }) };
  };
}
