// Sign in with another device: a short code here, typed in a browser anywhere (RFC 8628, in AIM's spelling, wire-auth §1.3).

import { hostname, userInfo } from 'node:os';
import { z } from 'zod';
import type { StoreOptions } from '../credentials/sign-in-store.ts';
import { AuthenticationError, ExitCode, RemoteError } from '../errors.ts';
import { pause } from '../http/backoff.ts';
import type { Caller, RawAnswer } from '../http/caller.ts';
import { decode } from '../http/decode.ts';
import { refusal } from '../http/refusal.ts';
import { serverAddress } from '../http/server-address.ts';
import { oneLine } from '../http/server-words.ts';
import { wireObject } from '../wire/casing.ts';
import type { Tokens } from '../wire/session.ts';
import { authCaller, type Reach, tokensAnswer } from './auth-caller.ts';
import { keepSession } from './login-password.ts';
import { openBrowser } from './open-browser.ts';
import type { Session } from './session.ts';

const webAddress = z.string().regex(/^https?:\/\//, 'is not a web address');
const deviceCode = wireObject({
  deviceCode: z.string().min(1),
  userCode: z.string().regex(/^[A-Za-z0-9-]{4,20}$/, 'is not a code that a person could type'),
  verificationUri: webAddress,
  verificationUriComplete: webAddress.nullish(),
  expiresIn: z.number().nullish(),
  interval: z.number().nullish(),
});

export type DeviceLogin = StoreOptions & {
  server: string;
  /** Default false: the browser is usually on another machine. */
  openBrowser?: boolean | undefined;
  note(text: string): void;
  reach?: Reach | undefined;
  signal?: AbortSignal | undefined;
};

const LONGEST_SECONDS = 900;
const LONGEST_INTERVAL_SECONDS = 60;
const lifetimeOf = ({ expiresIn }: Pick<z.infer<typeof deviceCode>, 'expiresIn'>): number =>
  Math.min(expiresIn ?? LONGEST_SECONDS, LONGEST_SECONDS);

/** @throws AuthenticationError where it was refused or nobody typed the code in time; RemoteError where the server is away. */
export async function loginWithDevice(login: DeviceLogin): Promise<Session> {
  const { server, openBrowser: _, note: __, signal: ___, ...store } = login;
  return keepSession(serverAddress(server), await tokensFromDevice(login), store);
}

/** The tokens alone, kept nowhere. */
export async function tokensFromDevice({
  server,
  openBrowser: mayOpen = false,
  note,
  reach,
  signal,
}: Omit<DeviceLogin, keyof StoreOptions>): Promise<Tokens> {
  const address = serverAddress(server);
  const caller = authCaller(address, { reach });
  const started = await caller.ask({
    method: 'POST',
    path: '/api/v1/oauth/device/code',
    body: { clientId: 'aim-terminal' },
    schema: deviceCode,
    subject: 'device-login',
    signal,
  });
  note(`Open ${oneLine(started.verificationUri)} in a browser, on any device, and type the code`);
  note(started.userCode);
  // A code is easily passed on: whoever types one that somebody else sent signs that person in.
  note(
    `It signs ${whoIsHere()} in to ${address}, for ${Math.ceil(lifetimeOf(started) / 60)} minutes. Type it only if you asked for it.`,
  );
  if (mayOpen) await openBrowser(started.verificationUriComplete ?? started.verificationUri);
  return tokensFor(caller, started, signal);
}

async function tokensFor(
  caller: Caller,
  started: z.infer<typeof deviceCode>,
  signal: AbortSignal | undefined,
): Promise<Tokens> {
  const deadline = Date.now() + lifetimeOf(started) * 1000;
  let interval = Math.min(Math.max(1, started.interval ?? 5), LONGEST_INTERVAL_SECONDS) * 1000;
  const path = '/api/v1/oauth/device/token';
  while (Date.now() < deadline) {
    await pause(interval, signal);
    const answer = await caller.raw({
      method: 'POST',
      path,
      body: { deviceCode: started.deviceCode, grantType: 'urn:ietf:params:oauth:grant-type:device_code' },
      subject: 'device-login',
      signal,
    });
    if (answer.status === 200) return decode(tokensAnswer, answer.body, { server: caller.server, path });
    const state = stateOf(answer);
    if (state === 'authorization_pending') continue;
    // RFC 8628 §3.5: from now on five seconds longer.
    if (state === 'slow_down' || answer.status === 429) interval += 5_000;
    else throw failure(state, answer, caller.server);
  }
  throw failure('expired_token', { status: 403, headers: {}, body: null }, caller.server);
}

function whoIsHere(): string {
  try {
    return `${userInfo().username} on ${hostname()}`;
  } catch {
    return hostname(); // a user id that is in no list
  }
}

// AIM answers the waiting states with 403, the RFC with 400: both are read.
function stateOf({ status, body }: RawAnswer): string | null {
  const { error } = (body ?? {}) as { error?: unknown };
  return (status === 400 || status === 403) && typeof error === 'string' ? error : null;
}

function failure(state: string | null, { status, headers, body }: RawAnswer, server: string) {
  if (state === 'access_denied')
    return new AuthenticationError('auth.device-denied', { message: 'The sign-in was refused in the browser.' });
  if (state === 'expired_token')
    return new AuthenticationError('auth.device-expired', {
      message: 'Nobody typed the code in time.',
      next: 'Try again: aim login --device',
      exitCode: ExitCode.Timeout,
    });
  if (state === 'invalid_grant')
    return new AuthenticationError('auth.device-used', {
      message: 'The code has been used already.',
      next: 'Try again: aim login --device',
    });
  if (status === 502 || status === 503 || status === 504)
    return new RemoteError('remote.server-error', {
      message: `${server} is not available at the moment.`,
      next: 'Try again in a minute.',
    });
  return refusal({ status, headers, body, subject: 'device-login', server });
}
