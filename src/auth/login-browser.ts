// Sign in with the browser: authorization code with PKCE, sent back to a loopback address (RFC 7636, RFC 8252, wire-auth §1.1).

import { createHash, randomBytes } from 'node:crypto';
import type { StoreOptions } from '../credentials/sign-in-store.ts';
import { AIMError, AuthenticationError, ExitCode } from '../errors.ts';
import type { Caller } from '../http/caller.ts';
import { serverAddress } from '../http/server-address.ts';
import { oneLine } from '../http/server-words.ts';
import type { Tokens } from '../wire/session.ts';
import { authCaller, type Reach, tokensAnswer } from './auth-caller.ts';
import { keepSession } from './login-password.ts';
import { listenForCallback } from './loopback.ts';
import { openBrowser } from './open-browser.ts';
import type { Session } from './session.ts';

export type BrowserLogin = StoreOptions & {
  server: string;
  /** False only prints the address. Default true. */
  openBrowser?: boolean | undefined;
  /** A line for the person who signs in. */
  note(text: string): void;
  /** How long to wait for the browser. Default 300. */
  timeoutSeconds?: number | undefined;
  reach?: Reach | undefined;
  signal?: AbortSignal | undefined;
};

/** @throws AuthenticationError where the browser came back with a refusal, with another state, or not at all. */
export async function loginWithBrowser(login: BrowserLogin): Promise<Session> {
  const { server, openBrowser: _, note: __, timeoutSeconds: ___, signal: ____, ...store } = login;
  return keepSession(serverAddress(server), await tokensFromBrowser(login), store);
}

/** The tokens alone, kept nowhere. With `anew` the person is asked who they are, even where the browser remembers it. */
export async function tokensFromBrowser({
  server,
  openBrowser: mayOpen = true,
  note,
  timeoutSeconds = 300,
  reach,
  signal,
  anew = false,
}: Omit<BrowserLogin, keyof StoreOptions> & { anew?: boolean | undefined }): Promise<Tokens> {
  const address = serverAddress(server);
  const verifier = randomBytes(64).toString('base64url');
  const state = randomBytes(32).toString('base64url');
  const callback = await listenForCallback(state);
  try {
    const url = authorizeUrl(address, callback.redirectUri, state, verifier, anew);
    const opened = mayOpen && (await openBrowser(url));
    note(
      opened
        ? 'Sign in in the browser that has opened. If none has, open this address:'
        : 'Open this address in a browser on this machine:',
    );
    note(url);
    if (mayOpen && !opened) note('Or sign in on another device: aim login --device');
    const limit = AbortSignal.timeout(timeoutSeconds * 1000);
    const code = await callback
      .code(signal === undefined ? limit : AbortSignal.any([signal, limit]))
      .catch((error: unknown) => {
        throw limit.aborted ? tooLate(timeoutSeconds) : error;
      });
    const body = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: callback.redirectUri };
    return await exchange(authCaller(address, { reach }), body, signal);
  } finally {
    callback.close();
  }
}

function authorizeUrl(server: string, redirectUri: string, state: string, verifier: string, anew: boolean): string {
  const query = new URLSearchParams({
    response_type: 'code',
    redirect_uri: redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier, 'ascii').digest('base64url'),
    code_challenge_method: 'S256',
    ...(anew ? { prompt: 'login', max_age: '0' } : {}),
  });
  return `${server}/auth/login?${query}`;
}

async function exchange(caller: Caller, body: Record<string, string>, signal: AbortSignal | undefined) {
  try {
    return await caller.ask({
      method: 'POST',
      path: '/api/v1/auth/token',
      body,
      schema: tokensAnswer,
      subject: 'sign-in',
      signal,
    });
  } catch (error) {
    if (!(error instanceof AIMError)) throw error;
    if (error.code === 'sign-in.unsupported' || error.code === 'remote.not-json') {
      throw new AuthenticationError('auth.no-browser-login', {
        message: `${caller.server} does not know this way to sign in.`,
        next: 'Use aim login --device, or --email; or give the address of the API rather than of its dashboard.',
        cause: error,
      });
    }
    if (error.kind === 'usage')
      throw new AuthenticationError('auth.code-refused', {
        message: `${caller.server} refused the code from the browser: ${oneLine(error.message)}`,
        next: 'Try again: aim login',
        cause: error,
      });
    throw error;
  }
}

function tooLate(seconds: number): AuthenticationError {
  return new AuthenticationError('auth.browser-timeout', {
    message: `The browser did not come back within ${seconds} s.`,
    next: 'Try again, or sign in on another device: aim login --device',
    exitCode: ExitCode.Timeout,
  });
}
