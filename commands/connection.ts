// How a verb reaches its server: the configured one with its sign-in, or the embedded control plane, started for as long as it is needed.

import type { Reach } from '../src/auth/auth-caller.ts';
import { openSession, storedServer } from '../src/auth/session.ts';
import { tokenClaims } from '../src/auth/token-claims.ts';
import type { KeptIn } from '../src/credentials/sign-in-store.ts';
import { AuthenticationError } from '../src/errors.ts';
import type { Api } from '../src/http/api.ts';
import type { ConnectionOptions } from '../src/http/connections.ts';
import { createApi } from '../src/http/create-api.ts';
import type { CredentialSource } from '../src/http/credential-source.ts';
import { nodeTransport } from '../src/http/node-transport.ts';
import type { Transport } from '../src/http/transport.ts';
import type { Settings } from '../src/settings/settings.ts';
import type { Timestamp } from '../src/wire/scalars.ts';
import type { Io } from './action.ts';
import { asksForCalls, saidAloud } from './debug-calls.ts';
import type { Embedded } from './embedded/open-embedded.ts';
import { isEmbeddedSignIn } from './embedded/shared-sign-in.ts';

export type Connection = {
  readonly api: Api;
  /** Where the sign-in comes from: `embedded` is the key in the data folder of the control plane on this machine. */
  readonly keptIn: KeptIn | 'environment' | 'embedded';
  readonly email: string | null;
  /** When the access token ends; it is renewed before. Null where it does not say, or renews itself. */
  readonly expiresAt: Timestamp | null;
  readonly embedded: Embedded | null;
  /** When a person has to sign in again, in milliseconds. Null where nobody says, or it never ends. */
  signInEndsAt(): number | null;
  /** Lets go of the embedded control plane, if this was one. */
  close(): Promise<void>;
};

export type ConnectOptions = {
  settings: Settings;
  io: Pick<Io, 'env' | 'note'>;
  signal: AbortSignal;
  /** Stands between the client and the network: `--dry-run` and `--curl`. */
  intercept?: ((inner: Transport) => Transport) | undefined;
  /** Chosen already: no setting and no stored sign-in says otherwise. */
  target?: Target | undefined;
};

/** @throws AuthenticationError, exit 4, where nobody is signed in to the server that is configured. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { settings, io } = options;
  const target = options.target ?? (await chooseServer(settings, io.env));
  if (target.kind === 'embedded') return connectEmbedded(options);
  warnOfPlainHttp(target.server, io);
  const token = tokenOf(io.env);
  if (token) return connectWithToken(target.server, token, options);
  const account = accountAt(target.server, settings);
  const session = await openSession({
    server: target.server,
    account,
    paths: settings.paths,
    store: settings.get('store'),
    reach: reachWith(settings, io),
  });
  if (session === null) throw notSignedIn(target.server, account);
  const api = apiFor(target.server, session.credentials, options);
  return {
    api,
    keptIn: session.kept,
    email: session.email,
    expiresAt: asTimestamp(session.expiresAt()),
    signInEndsAt: session.endsAt,
    embedded: null,
    close: async () => {},
  };
}

/** An account belongs to the server that is named beside it, not to whatever another layer names. */
export function accountAt(server: string, settings: Settings): string | null {
  const account = settings.explain('account');
  const named = settings.explain('server');
  const isBeside = account.source === named.source && named.value === server;
  return account.layer === 'profile' && !isBeside ? null : settings.get('account');
}

export type Target = { kind: 'server'; server: string } | { kind: 'embedded' };

/** The configured server; without one, that of the stored sign-in; without that, the embedded control plane. */
export async function chooseServer(settings: Settings, env: Io['env']): Promise<Target> {
  const configured = settings.get('server');
  if (configured !== null) return { kind: 'server', server: configured };
  if (env['AIM_TOKEN']) {
    throw new AuthenticationError('auth.token-without-server', {
      message: 'AIM_TOKEN is set, but no server is: a token belongs to one server.',
      next: 'Set AIM_SERVER as well, or use --server URL.',
    });
  }
  const stored = await storedServer({ paths: settings.paths, store: settings.get('store') });
  if (stored === null) return { kind: 'embedded' };
  // The embedded control plane leaves a sign-in for the SDKs where `aim login` would.
  return (await isEmbeddedSignIn(settings.paths)) ? { kind: 'embedded' } : { kind: 'server', server: stored };
}

async function connectEmbedded(options: ConnectOptions): Promise<Connection> {
  const { settings, io, signal } = options;
  const { openEmbedded } = await import('./embedded/open-embedded.ts');
  const embedded = await openEmbedded({ settings, env: io.env as NodeJS.ProcessEnv, signal });
  const api = apiFor(embedded.url, embedded.operator.credentials, options);
  return {
    api,
    keptIn: 'embedded',
    email: embedded.operator.email,
    expiresAt: null,
    signInEndsAt: () => null,
    embedded,
    close: async () => embedded.release(),
  };
}

// A checkout that names a server must not get a token that was meant for another.
async function connectWithToken(server: string, token: string, options: ConnectOptions): Promise<Connection> {
  const { layer, source } = options.settings.explain('server');
  if (layer === 'project') {
    throw new AuthenticationError('auth.token-for-project', {
      message: `AIM_TOKEN is not sent to ${server}: only ${source} names that server.`,
      next: `If it is the right one, say so: --server ${server} or AIM_SERVER.`,
    });
  }
  return {
    api: apiFor(server, tokenCredentials(token), options),
    keptIn: 'environment',
    email: null,
    expiresAt: asTimestamp(tokenClaims(token).expiresAt),
    signInEndsAt: () => tokenClaims(token).expiresAt,
    embedded: null,
    close: async () => {},
  };
}

/** AIM_TOKEN as it can be sent. Files end with a line break, and so do variables that were made from them. @throws AuthenticationError */
export function tokenOf(env: Io['env']): string | undefined {
  const token = env['AIM_TOKEN']?.trim();
  if (!token || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new AuthenticationError('auth.token-malformed', {
    message: 'AIM_TOKEN holds spaces, line breaks or letters that no token has.',
    next: 'Set it again, without quotes and without anything before or after it.',
  });
}

/** Of AIM_TOKEN. */
export const tokenCredentials = (token: string): CredentialSource => ({
  headersFor: () => ({ Authorization: `Bearer ${token}` }),
  next: 'Check AIM_TOKEN: it may have expired, or be for another server.',
});

function apiFor(server: string, credentials: CredentialSource, options: ConnectOptions): Api {
  const { settings, io, signal, intercept } = options;
  const direct = transportTo(server, settings, io.env);
  const transport = asksForCalls(io.env, 'api') ? saidAloud(direct, io.note) : direct;
  return createApi({
    server,
    credentials,
    timeoutSeconds: settings.get('timeoutSeconds'),
    retries: settings.get('retries'),
    readOnly: settings.get('readOnly'),
    signal,
    transport: intercept === undefined ? transport : intercept(transport),
  });
}

export function transportTo(server: string, settings: Settings, env: Io['env']): Transport {
  return nodeTransport(server, wayTo(settings, env));
}

export const wayTo = (settings: Settings, env: Io['env']): ConnectionOptions => ({
  proxy: settings.get('proxy'),
  caFile: settings.get('caFile'),
  clientCertificate: settings.get('clientCertificate'),
  clientKey: settings.get('clientKey'),
  env,
});

/** The same way for what signs in and keeps signed in. */
export const reachWith =
  (settings: Settings, io: Pick<Io, 'env' | 'note'>): Reach =>
  (server) => {
    const direct = transportTo(server, settings, io.env);
    return asksForCalls(io.env, 'oauth') ? saidAloud(direct, io.note) : direct;
  };

function warnOfPlainHttp(server: string, io: Pick<Io, 'note'>): void {
  const { protocol, hostname } = new URL(server);
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  if (protocol === 'http:' && !isLocal)
    io.note(`aim: INSECURE: ${server} is plain HTTP; everybody on the way can read the sign-in.`);
}

export const notSignedIn = (server: string, account: string | null = null) =>
  new AuthenticationError('auth.none', {
    message: account === null ? `Nobody is signed in to ${server}.` : `${account} is not signed in to ${server}.`,
    next: `Sign in: aim login --server ${server}`,
  });

const asTimestamp = (milliseconds: number | null) =>
  milliseconds === null ? null : (new Date(milliseconds).toISOString() as Timestamp);
