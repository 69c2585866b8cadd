// Starts a control plane: its data, its database, its first administrator, its listener; and stops it without losing a request.

import { randomBytes, randomUUID } from 'node:crypto';
import { Server as TlsServer } from 'node:tls';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { UsageError } from '../errors.ts';
import type { Channel } from '../notify/channels.ts';
import { version } from '../version.ts';
import { openServerKeys } from './a2a/server-keys.ts';
import { ensureAdministrator } from './accounts/first-administrator.ts';
import { addOrganization, type NewOrganization } from './accounts/organization.ts';
import { createLocalOperators } from './auth/local-operator.ts';
import { createOidc, type OidcSettings } from './auth/oidc.ts';
import { createRateLimits, windowsIn } from './auth/rate-limits.ts';
import { createReplays } from './auth/replays.ts';
import { endSessionsOfLastRun, endSessionsOfLostAddress } from './auth/sessions.ts';
import { createTokens } from './auth/tokens.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { createChanges } from './database/change.ts';
import { instanceValue } from './database/instance.ts';
import type { Durability } from './database/node-sqlite.ts';
import { openDatabase } from './database/open.ts';
import { createHolds } from './holds.ts';
import { startJobs } from './jobs.ts';
import { listen } from './listen.ts';
import { type Notifier, startNotifier } from './notify/notifier.ts';
import { type Certificate, followCertificate, readCertificate, type TlsFiles } from './operation/certificate.ts';
import { createMetrics } from './operation/metrics.ts';
import { forgetEvents } from './operation/retention.ts';
import { accountsWithKnownPasswords, weakSettings } from './operation/weak-settings.ts';
import { createServer } from './server.ts';
import type { Services } from './services.ts';
import { countWaiting } from './store/statistics.ts';
import { type Follower, followStream } from './stream/follow.ts';
import { createHub, type StoredEvent } from './stream/hub.ts';
import { headOfStream } from './stream/log.ts';
import { createTickets } from './tickets.ts';
import { createIntake } from './verification/intake.ts';
import { createPreparations } from './verification/prepared.ts';
import { startDeliveries } from './webhooks/deliver.ts';

export type ControlPlaneOptions = {
  /** Loopback unless told otherwise. */
  host?: string | undefined;
  /** 0 takes the port of the last run where it is free, else any. */
  port?: number | undefined;
  /** Its directory. Without one everything is kept in memory and gone at the end. */
  data?: string | undefined;
  /** `postgres://…` instead of SQLite in the directory. */
  database?: string | undefined;
  durability?: Durability | undefined;
  /** Runs for a dashboard or a command on this machine, and ends after the last of them. */
  embedded?: boolean | undefined;
  /** What people and agents call it, where that is not the address it listens on. */
  publicUrl?: string | undefined;
  adminEmail?: string | undefined;
  adminPassword?: string | undefined;
  logger?: FastifyBaseLogger | undefined;
  /** Speaks TLS itself. */
  tls?: TlsFiles | undefined;
  /** An OpenID Connect provider that people may sign in with. */
  oidc?: OidcSettings | undefined;
  /** Others than this machine reach it: what is weak then is refused. */
  refuseWeak?: boolean | undefined;
  /** Events older than this are forgotten, where an organisation has not chosen for itself. */
  keepEventsDays?: number | undefined;
  /** A program with its arguments, or an address, that answers with the e-mail address of who is on call. */
  onCall?: string | undefined;
  /** A program or an address that says how a ticket stands. */
  tickets?: string | undefined;
  /** Where people are told what waits and what was decided. */
  notify?: readonly Channel[] | undefined;
  /** Milliseconds that a request may take to arrive. */
  arrivesWithin?: number | undefined;
  /** Lets webhooks call this machine and its network. */
  allowInside?: boolean | undefined;
  clock?: (() => number) | undefined;
  /** Called when an embedded control plane has nobody left to serve. It stops itself first. */
  onUnused?: (() => void) | undefined;
};

export type ControlPlane = {
  url: string;
  instanceId: string;
  /** The first administrator. The password is there only where it was made in this start. */
  admin: { email: string; password?: string | undefined };
  /** Where the generated password of an embedded one was written, in this start. */
  passwordFile: string | null;
  /** Another organisation on the same server, which shares nothing with the first. */
  addOrganization(organization: NewOrganization): Promise<void>;
  /** What the clock does every hour, now: how many events an organisation no longer wants to keep, by its id. */
  forgetEvents(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
};

/** @throws UsageError `serve.*` with a sentence and a next step where it cannot start; then nothing was changed. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const directory = options.data === undefined ? null : openDataDirectory(options.data);
  try {
    return await start(options, directory);
  } catch (error) {
    directory?.release();
    throw error;
  }
}

async function start(options: ControlPlaneOptions, directory: DataDirectory | null): Promise<ControlPlane> {
  const tls = options.tls === undefined ? null : readCertificate(options.tls, Date.now());
  if (options.refuseWeak) refuseWeak(weakSettings(options));
  const { host = '127.0.0.1', clock = Date.now, embedded = false } = options;
  const database = await openDatabase({
    location: options.database ?? directory?.database ?? ':memory:',
    durability: options.durability,
  });
  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;
  const hub = createHub(await headOfStream(database.queries));
  let follower: Follower | undefined;
  const committed = (events: StoredEvent[]): void => (follower ?? { committed: hub.tell }).committed(events);
  const changes = createChanges({ database, clock, committed });
  const limits = createRateLimits(database.engine === 'postgres' ? windowsIn(database.queries) : undefined);
  let ownUrl = '';
  const services: Services = {
    queries: database.queries,
    engine: database.engine,
    changes,
    intake: createIntake(changes),
    preparations: createPreparations(),
    tokens: createTokens(await tokenSecret(database, directory)),
    hub,
    replays: createReplays(database.queries),
    limits,
    holds: createHolds(embedded ? () => void stop().then(options.onUnused) : null),
    clock,
    instanceId: await instanceValue(database.queries, 'id', randomUUID),
    processId: randomUUID(),
    streamEpoch: await instanceValue(database.queries, 'stream-epoch', () => randomBytes(4).toString('hex')),
    publicUrl: '',
    localOperators:
      embedded && directory !== null ? createLocalOperators(directory.operatorKey, { limits, ownUrl: () => ownUrl }) : null,
    place: directory?.path ?? 'the database',
    onCall: options.onCall ?? null,
    tickets: createTickets(options.tickets ?? null, clock),
    // Shared, because a form may come back to another instance than the one that showed it.
    csrfKey: Buffer.from(
      await instanceValue(database.queries, 'form-key', () => randomBytes(32).toString('base64url')),
      'base64url',
    ),
    oidc: options.oidc === undefined ? null : createOidc(options.oidc),
    serverKeys: await openServerKeys(database.queries),
    metrics: createMetrics(() => countWaiting(database.queries)),
    allowInside: options.allowInside ?? false,
    keepEventsDays: options.keepEventsDays ?? null,
    stopping: stopping.signal,
    isStopping: () => stopping.signal.aborted,
  };
  const app = createServer(services, options.logger, tls, options.arrivesWithin);
  let jobs: { stop(): void } | undefined;
  let notifier: Notifier | undefined;
  let deliveries: { stop(): void } | undefined;
  let renewal: { stop(): void } | undefined;

  async function closeStore(): Promise<void> {
    await follower?.stop();
    await database.close().catch(() => undefined);
  }

  function stop(): Promise<void> {
    stopped ??= (async () => {
      stopping.abort();
      jobs?.stop();
      void notifier?.stop();
      deliveries?.stop();
      renewal?.stop();
      // Whatever still hangs then (a full disk, a peer that reads nothing) must not keep the process.
      const late = setTimeout(() => app.server.closeAllConnections(), LONGEST_STOP);
      await Promise.race([app.close(), pause(LONGEST_STOP + 500)]);
      clearTimeout(late);
      await Promise.race([closeStore(), pause(1000)]);
      directory?.release();
    })();
    return stopped;
  }

  try {
    if (database.engine === 'postgres') follower = await followStream(services, options.database ?? '');
    const admin = await ensureAdministrator(services, { email: options.adminEmail, password: options.adminPassword });
    if (options.refuseWeak) {
      const known = await accountsWithKnownPasswords(database.queries);
      refuseWeak(known.map((email) => `the administrator ${email} has a password that everybody tries first`));
    }
    const passwordFile =
      embedded && admin.password !== undefined ? (directory?.rememberPassword(admin.password) ?? null) : null;
    if (embedded) await endSessionsOfLastRun(database.queries, clock());
    const lastPort = options.port === undefined || options.port === 0 ? (directory?.lastPort ?? null) : null;
    const port = await listen(app, host, options.port ?? 0, lastPort);
    // Where several share a database, people come by another address than that of this one.
    const isOnlyAddress = database.engine === 'sqlite' && options.publicUrl === undefined;
    if (lastPort !== null && port !== lastPort && isOnlyAddress) await endSessionsOfLostAddress(services, lastPort);
    const url = `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    ownUrl = url;
    services.publicUrl = options.publicUrl?.replace(/\/+$/, '') ?? url;
    directory?.announce({ url, port, pid: process.pid, instanceId: services.instanceId, version });
    if (options.tls !== undefined)
      renewal = followCertificate(
        options.tls,
        clock,
        (pair) => renew(app, pair),
        (error) => app.log.error({ err: error }, 'the renewed certificate cannot be used'),
      );
    jobs = startJobs(services);
    notifier = startNotifier(services, options.notify ?? []);
    deliveries = startDeliveries(services);
    return {
      url,
      instanceId: services.instanceId,
      admin,
      passwordFile,
      forgetEvents: () => forgetEvents(services),
      addOrganization: (organization) => addOrganization(services, organization),
      stop,
    };
  } catch (error) {
    await app.close().catch(() => undefined);
    await follower?.stop();
    await database.close().catch(() => undefined);
    throw error;
  }
}

/** @throws UsageError where there is anything. */
function refuseWeak(weaknesses: readonly string[]): void {
  if (weaknesses.length === 0) return;
  throw new UsageError('serve.weak-settings', {
    message: `Not beyond this machine: ${weaknesses.join('; ')}.`,
    next: 'Change that, or accept it with --allow-weak-settings.',
  });
}

function renew(app: FastifyInstance, pair: Certificate): void {
  if (app.server instanceof TlsServer) app.server.setSecureContext(pair);
}

const LONGEST_STOP = 3000;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds).unref());

/** With several instances on one database, all must read each other's tokens: the secret is in the database then. */
async function tokenSecret(
  database: Awaited<ReturnType<typeof openDatabase>>,
  directory: DataDirectory | null,
): Promise<Uint8Array> {
  if (database.engine === 'sqlite' && directory !== null) return directory.tokenSecret;
  return Buffer.from(
    await instanceValue(database.queries, 'token-secret', () => randomBytes(32).toString('base64url')),
    'base64url',
  );
}
