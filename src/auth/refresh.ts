// The access token for each call: renewed before it ends, once, however many calls and processes need it at the same time.

import type { SdkCredentials } from '../credentials/sdk-credentials.ts';
import type { KeptSignIn, SignInStore } from '../credentials/sign-in-store.ts';
import { AIMError, AuthenticationError } from '../errors.ts';
import type { CredentialSource } from '../http/credential-source.ts';
import { withLock } from '../settings/lock.ts';
import { authCaller, credentialsOf, type Reach, tokensAnswer } from './auth-caller.ts';
import { tokenClaims } from './token-claims.ts';

export type TokenSource = { credentials: CredentialSource; current(): SdkCredentials; kept(): KeptSignIn };

const EARLY = 60_000; // a token that ends within a minute may end on the way

export function tokenSource(start: KeptSignIn, store: SignInStore, reach?: Reach): TokenSource {
  let kept = start;
  let renewing: Promise<void> | undefined;
  /** A refresh token that the server refused is not presented again; another process may have stored a better one. */
  let refused: string | undefined;

  const once = (wanted: Renewal): Promise<void> => {
    renewing ??= renewTokens(wanted).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  // Single-flighted across processes by the lock: whoever waited for it finds the other's tokens and takes them.
  async function renewTokens({ refusedToken }: Renewal): Promise<void> {
    const work = async (): Promise<void> => {
      const stored = kept.keptIn === 'memory' ? null : await store.load(kept.credentials.aimUrl, kept.credentials.userEmail);
      // Somebody signed out meanwhile: tokens that were kept again would undo it.
      if (stored === null && kept.keptIn !== 'memory') throw ended(kept.credentials.aimUrl);
      if (stored !== null) kept = stored;
      const { accessToken, refreshToken, aimUrl } = kept.credentials;
      if (accessToken !== undefined && accessToken !== refusedToken && isFresh(accessToken)) return;
      if (refreshToken === refused) throw ended(aimUrl);
      const answer = await askForTokens(aimUrl, refreshToken, reach).catch((error: unknown) => {
        if (error instanceof AuthenticationError) refused = refreshToken;
        throw error instanceof AuthenticationError ? ended(aimUrl, error) : error;
      });
      // Who it is does not change with its tokens, and this answer may not say it.
      const { userId, userEmail, organizationId } = kept.credentials;
      const known = Object.fromEntries(
        Object.entries({ userId, userEmail, organizationId }).filter(([, value]) => value !== undefined),
      );
      kept = { ...kept, credentials: { ...credentialsOf(aimUrl, answer), ...known } };
      await store.renew(kept);
    };
    await (kept.keptIn === 'memory' ? work() : withLock(store.lockPath, work));
  }

  const credentials: CredentialSource = {
    next: `Sign in again: aim login --server ${start.credentials.aimUrl}`,
    async headersFor() {
      const { accessToken } = kept.credentials;
      if (accessToken === undefined || !isFresh(accessToken)) await once({});
      return { authorization: `Bearer ${kept.credentials.accessToken}` };
    },
    async renew(refusedHeaders) {
      const refusedToken = refusedHeaders['authorization']?.replace(/^Bearer /, '');
      if (refusedToken !== kept.credentials.accessToken) return true;
      try {
        await once({ refusedToken });
        return kept.credentials.accessToken !== refusedToken;
      } catch (error) {
        if (error instanceof AuthenticationError) return false;
        throw error;
      }
    },
  };
  return { credentials, current: () => kept.credentials, kept: () => kept };
}

type Renewal = { refusedToken?: string | undefined };

async function askForTokens(server: string, refreshToken: string, reach: Reach | undefined) {
  const caller = authCaller(server, { timeoutMs: 10_000, reach });
  const call = {
    method: 'POST',
    path: '/api/v1/auth/refresh',
    body: { refreshToken },
    schema: tokensAnswer,
    subject: 'sign-in',
  };
  try {
    return await caller.ask(call);
  } catch (error) {
    // The answer may have been lost after the token was rotated: presenting it once more yields its successor.
    if (error instanceof AIMError && error.code === 'remote.cut-off') return caller.ask(call);
    throw error;
  }
}

// A token without an end is used until the server refuses it.
function isFresh(token: string): boolean {
  const { expiresAt } = tokenClaims(token);
  return expiresAt === null || expiresAt - EARLY > Date.now();
}

function ended(server: string, cause?: unknown): AuthenticationError {
  return new AuthenticationError('auth.session-ended', {
    message: `The sign-in to ${server} has ended.`,
    next: `Sign in again: aim login --server ${server}`,
    cause,
  });
}
