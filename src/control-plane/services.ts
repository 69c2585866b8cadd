// What every route works with: the database and its changes, tokens, the stream, the clock.

import type { Kysely } from 'kysely';
import type { ServerKeys } from './a2a/server-keys.ts';
import type { LocalOperators } from './auth/local-operator.ts';
import type { Oidc } from './auth/oidc.ts';
import type { RateLimits } from './auth/rate-limits.ts';
import type { Replays } from './auth/replays.ts';
import type { Tokens } from './auth/tokens.ts';
import type { Changes } from './database/change.ts';
import type { Engine } from './database/open.ts';
import type { Schema } from './database/schema.ts';
import type { Holds } from './holds.ts';
import type { Metrics } from './operation/metrics.ts';
import type { Hub } from './stream/hub.ts';
import type { Tickets } from './tickets.ts';
import type { Intake } from './verification/intake.ts';
import type { Preparations } from './verification/prepared.ts';
export type Services = {
  queries: Kysely<Schema>;
  engine: Engine;
  changes: Changes;
  intake: Intake;
  preparations: Preparations;
  tokens: Tokens;
  hub: Hub;
  replays: Replays;
  limits: RateLimits;
  holds: Holds;
  clock: () => number;
  instanceId: string;
  /** This process among the instances of one database. */
  processId: string;
  /** Names this database's stream positions, so that those of another are not taken for its own. */
  streamEpoch: string;
  /** Where people and agents reach it, without trailing slash. */
  publicUrl: string;
  /** How the person at this machine signs in, where the control plane is embedded. */
  localOperators: LocalOperators | null;
  /** Where it keeps everything, as errors name it. */
  place: string;
  /** A program or an address that answers who is on call. */
  onCall: string | null;
  /** How the tickets stand that agents name. */
  tickets: Tickets;
  csrfKey: Uint8Array;
  /** The identity provider that people may sign in with. */
  oidc: Oidc | null;
  serverKeys: ServerKeys;
  metrics: Metrics;
  /** Webhooks may call this machine and its network. */
  allowInside: boolean;
  /** Where an organisation has not chosen for itself; null keeps everything. */
  keepEventsDays: number | null;
  /** Aborts when the server begins to stop. */
  stopping: AbortSignal;
  isStopping: () => boolean;
};
