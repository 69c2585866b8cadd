// A person's sign-in: whose it is, the token for each call, its renewal, and its end.

import {
  type KeptIn,
  type KeptSignIn,
  openSignInStore,
  type SignInStore,
  type StoreOptions,
} from '../credentials/sign-in-store.ts';
import { AIMError } from '../errors.ts';
import type { CredentialSource } from '../http/credential-source.ts';
import { serverAddress } from '../http/server-address.ts';
import { authCaller, type Reach } from './auth-caller.ts';
import { tokenSource } from './refresh.ts';
import { tokenClaims } from './token-claims.ts';

export type Session = {
  readonly server: string;
  readonly email: string | null;
  readonly userId: string | null;
  readonly kept: KeptIn;
  /** When the access token ends, in milliseconds; it is renewed before. Null where it does not say. */
  expiresAt(): number | null;
  /** When it can no longer be renewed and a person has to sign in again. Null where nobody says. */
  endsAt(): number | null;
  readonly credentials: CredentialSource;
  /** Ends the sign-in on the server and removes it here. `revoked` is false where the server did not confirm it. */
  logout(options?: { signal?: AbortSignal }): Promise<{ revoked: boolean }>;
};

export type OpenSessionOptions = StoreOptions & {
  /** Without it, the latest sign-in, whatever its server. */
  server?: string | undefined;
  /** The account's e-mail address, where there are sign-ins of several to that server. Without it, the latest. */
  account?: string | null | undefined;
  reach?: Reach | undefined;
};

/** The stored sign-in, or null where nobody is signed in to that server. Sends nothing. */
export async function openSession({ server, account, reach, ...options }: OpenSessionOptions): Promise<Session | null> {
  const store = openSignInStore(options);
  const kept = await store.load(server === undefined ? undefined : serverAddress(server), account ?? undefined);
  return kept === null ? null : sessionOf(kept, store, reach);
}

/** The server of the latest sign-in, or null. Sends nothing. */
export async function storedServer(options: StoreOptions): Promise<string | null> {
  return (await openSignInStore(options).load())?.credentials.aimUrl ?? null;
}

export function sessionOf(kept: KeptSignIn, store: SignInStore, reach?: Reach): Session {
  const source = tokenSource(kept, store, reach);
  const { aimUrl, userEmail, userId } = kept.credentials;
  return {
    server: aimUrl,
    email: userEmail ?? null,
    userId: userId ?? null,
    kept: kept.keptIn,
    expiresAt: () => tokenClaims(source.current().accessToken ?? '').expiresAt,
    endsAt: () => tokenClaims(source.current().refreshToken).expiresAt,
    credentials: source.credentials,
    async logout({ signal } = {}) {
      const { refreshToken, accessToken } = source.current();
      const revoked = await revoke(aimUrl, { refreshToken, accessToken, reach, signal });
      await store.remove(source.kept());
      return { revoked };
    },
  };
}

type Ending = {
  refreshToken: string;
  accessToken: string | undefined;
  reach: Reach | undefined;
  signal: AbortSignal | undefined;
};

// Two routes, by the server's age (wire-auth §2.5). The sign-in is removed here whatever they say; what they said is told.
async function revoke(server: string, { refreshToken, accessToken, reach, signal }: Ending): Promise<boolean> {
  const caller = authCaller(server, { timeoutMs: 10_000, reach });
  const shared = { method: 'POST', body: { refreshToken }, subject: 'sign-out', signal };
  try {
    const answer = await caller.raw({
      ...shared,
      path: '/api/v1/auth/logout',
      headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` },
    });
    const revoked = (answer.body as { revoked?: { refreshToken?: unknown } } | null)?.revoked?.refreshToken;
    if (answer.status === 200 && revoked === true) return true;
    return (await caller.raw({ ...shared, path: '/api/v1/auth/revoke' })).status === 200;
  } catch (error) {
    if (error instanceof AIMError) return false;
    throw error;
  }
}
