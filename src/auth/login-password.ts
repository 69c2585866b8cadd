// Sign in with e-mail and password, for scripts and self-hosted servers (wire-auth §2.7).

import { openSignInStore, type StoreOptions } from '../credentials/sign-in-store.ts';
import { AIMError, AuthenticationError, RemoteError } from '../errors.ts';
import { serverAddress } from '../http/server-address.ts';
import type { Tokens } from '../wire/session.ts';
import { authCaller, credentialsOf, type Reach, tokensAnswer } from './auth-caller.ts';
import { type Session, sessionOf } from './session.ts';

export type PasswordLogin = StoreOptions & {
  server: string;
  email: string;
  password: string;
  reach?: Reach | undefined;
  signal?: AbortSignal | undefined;
};

/** @throws AuthenticationError where the server does not know this pair. */
export async function loginWithPassword({ server, email, password, signal, ...options }: PasswordLogin): Promise<Session> {
  const address = serverAddress(server);
  return keepSession(address, await passwordTokens(address, { email, password, reach: options.reach, signal }), options);
}

/** Keeps tokens that a sign-in route answered, and opens the session on them. */
export async function keepSession(
  server: string,
  answer: Tokens,
  options: StoreOptions & { reach?: Reach | undefined },
): Promise<Session> {
  const store = openSignInStore(options);
  const credentials = credentialsOf(server, answer);
  return sessionOf({ credentials, keptIn: await store.keep(credentials) }, store, options.reach);
}

type Pair = Pick<PasswordLogin, 'email' | 'password' | 'reach' | 'signal'>;

/** New tokens, kept nowhere. */
export async function passwordTokens(server: string, { email, password, reach, signal }: Pair): Promise<Tokens> {
  const caller = authCaller(server, { reach });
  const call = { method: 'POST', body: { email, password }, schema: tokensAnswer, subject: 'sign-in', signal };
  try {
    return await caller.ask({ ...call, path: '/api/v1/auth/login/local' });
  } catch (error) {
    if (error instanceof AuthenticationError) throw wrongPair(server, error);
    if (!(error instanceof AIMError) || error.code !== 'sign-in.unsupported') throw error;
  }
  try {
    return await caller.ask({ ...call, path: '/api/v1/public/login' });
  } catch (error) {
    if (error instanceof AuthenticationError) throw wrongPair(server, error);
    // This route answers success without tokens for an account that waits to be approved.
    if (error instanceof RemoteError && error.code === 'remote.unexpected-answer') {
      throw new AuthenticationError('auth.not-approved', {
        message: `The account on ${server} is not approved yet, or must first change its password.`,
        next: 'Ask an administrator of that server.',
        cause: error,
      });
    }
    throw error;
  }
}

function wrongPair(server: string, cause: AuthenticationError): AuthenticationError {
  return new AuthenticationError('auth.wrong-password', {
    message: `${server} does not accept this e-mail address and password.`,
    next: 'Check both, and which server it is.',
    cause,
  });
}
