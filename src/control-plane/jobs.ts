// What the clock does: expires requests that nobody decided, and forgets what is no longer needed.

import { holdsLease } from './database/lease.ts';
import { endModes } from './operation/end-modes.ts';
import { forgetEvents } from './operation/retention.ts';
import type { Services } from './services.ts';
import { rescoreDue } from './store/rescoring.ts';
import { headOfStream } from './stream/log.ts';
import { expireWaiting } from './verification/expire.ts';

const EXPIRE_EVERY = 1000;
const CLEAN_EVERY = 60_000;
const RETAIN_EVERY = 60 * 60_000;
/** A reader that comes back after this long starts anew. */
const STREAM_KEPT = 7 * 24 * 60 * 60 * 1000;
const IDEMPOTENCY_KEPT = 24 * 60 * 60 * 1000;
const WINDOWS_KEPT = 10 * 60_000;

export function startJobs(services: Services): { stop(): void } {
  const holder = services.processId;
  const timers = [
    // Safe wherever it runs: what one instance expired, another finds expired.
    every(EXPIRE_EVERY, () => expireWaiting(services)),
    every(EXPIRE_EVERY, () => endModes(services)),
    every(CLEAN_EVERY, () => alone(services, 'clean', holder, CLEAN_EVERY, () => forget(services))),
    every(CLEAN_EVERY, () => alone(services, 'trust', holder, CLEAN_EVERY, () => rescoreDue(services))),
    every(RETAIN_EVERY, () => alone(services, 'retention', holder, RETAIN_EVERY, () => forgetEvents(services))),
  ];
  return {
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** Of several instances one does it. Its lease ends a little late, so that two never take turns within one period. */
async function alone(
  { changes }: Services,
  name: string,
  holder: string,
  period: number,
  work: () => Promise<unknown>,
): Promise<void> {
  const mine = await changes.record(({ queries, now }) => holdsLease(queries, name, holder, { now, lasting: period * 1.5 }));
  if (mine) await work();
}

function every(milliseconds: number, work: () => Promise<unknown>): NodeJS.Timeout {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    // A failure (a full disk, a database that is away) is tried again at the next turn.
    void work()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, milliseconds);
  timer.unref();
  return timer;
}

/** What is of no use any more. */
export async function forget({ queries, clock }: Pick<Services, 'queries' | 'clock'>): Promise<void> {
  const now = clock();
  await queries.deleteFrom('nonces').where('expiresAt', '<', now).execute();
  await queries.deleteFrom('signInCodes').where('expiresAt', '<', now).execute();
  await queries
    .deleteFrom('deviceCodes')
    .where('expiresAt', '<', now - IDEMPOTENCY_KEPT)
    .execute();
  await queries.deleteFrom('oidcFlows').where('expiresAt', '<', now).execute();
  await queries.deleteFrom('challenges').where('expiresAt', '<', now).execute();
  await queries
    .deleteFrom('idempotency')
    .where('at', '<', now - IDEMPOTENCY_KEPT)
    .execute();
  await queries
    .deleteFrom('rateWindows')
    .where('startedAt', '<', now - WINDOWS_KEPT)
    .execute();
  await forgetStream(queries, now);
}

// From its beginning on, never out of its midst: a clock that was set back would leave holes that no reader is told of.
async function forgetStream(queries: Services['queries'], now: number): Promise<void> {
  const kept = queries
    .selectFrom('streamEvents')
    .select('position')
    .where('at', '>=', now - STREAM_KEPT);
  const inOrder = kept.orderBy('position').limit(1);
  // What a clock that ran ahead has written keeps nothing, where anything else is left.
  const first = (await inOrder.where('at', '<=', now).executeTakeFirst()) ?? (await inOrder.executeTakeFirst());
  // The last one says how far the stream has come, also after a restart.
  const end = first?.position ?? (await headOfStream(queries));
  await queries.deleteFrom('streamEvents').where('position', '<', end).execute();
}
