// Exports a log while it grows: from its files into the spool, from the spool to the receiver, with back-off, at least once.

import type { LogEntry } from '../entry.ts';
import { tail } from '../tail.ts';
import { RefusedError, RetryLater, type Sink } from './sink.ts';
import type { Queued, Spool, SpoolState } from './spool.ts';

export type ShipOptions = {
  files: readonly string[];
  spool: Spool;
  sink: Sink;
  fits(entry: LogEntry): boolean;
  follow: boolean;
  signal: AbortSignal;
  /** Told when something changes that a person may want to see. */
  onState?(state: SpoolState & { failing: string | null; retryAt: number | null }): void;
  random?: () => number;
};

/** Resolves when everything is delivered (without `follow`), or with the signal. What is not delivered stays in the spool. */
export async function shipLog({
  files,
  spool,
  sink,
  fits,
  follow,
  signal,
  onState,
  random = Math.random,
}: ShipOptions): Promise<SpoolState> {
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  let isReading = true;
  const reading = (async () => {
    let batch: LogEntry[] = [];
    let oldest = 0;
    const put = () => {
      if (batch.length > 0) spool.push(batch);
      batch = [];
    };
    // A batch must not wait for a line that never comes.
    const timer = setInterval(() => batch.length > 0 && performance.now() - oldest > SOON && put(), SOON);
    try {
      for await (const item of tail(files, {
        backlog: Number.POSITIVE_INFINITY,
        follow,
        signal: until,
        resume: spool.positions(),
      })) {
        if (item.kind !== 'entry' || !fits(item.entry)) continue;
        if (batch.length === 0) oldest = performance.now();
        batch.push(item.entry);
        if (batch.length < BATCH) continue;
        put();
        // The log itself is on disk: it is read no further than the receiver can follow.
        while (spool.state.queued > MOST_QUEUED && !until.aborted) await pause(200, until);
      }
    } finally {
      clearInterval(timer);
      put();
      isReading = false;
    }
  })();
  reading.catch(() => ending.abort());

  let failures = 0;
  while (!until.aborted) {
    const queued = spool.peek(BATCH);
    if (queued.length === 0) {
      if (!isReading) break;
      await pause(SOON, until);
      continue;
    }
    try {
      const rejected = await deliver(queued, sink, spool);
      failures = 0;
      onState?.({ ...spool.state, failing: rejected ?? null, retryAt: null });
    } catch (error) {
      if (!follow && isOfDisk(error)) {
        ending.abort();
        await reading.catch(() => {});
        await sink.close().catch(() => {});
        throw error;
      }
      failures += 1;
      const wanted = error instanceof RetryLater ? error.pause : null;
      const wait = Math.max(wanted ?? 0, random() * Math.min(LONGEST_PAUSE, 500 * 2 ** (failures - 1)));
      onState?.({
        ...spool.state,
        failing: error instanceof Error ? error.message : String(error),
        retryAt: Date.now() + wait,
      });
      await pause(wait, until);
    }
  }
  ending.abort();
  await reading;
  await sink.close();
  return spool.state;
}

// A receiver comes back; a file that cannot be written is somebody's to mend, who waits for an end.
const isOfDisk = (error: unknown): boolean =>
  ['open', 'write'].includes((error as NodeJS.ErrnoException).syscall ?? '') &&
  ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EISDIR', 'ENOTDIR', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A batch that is refused as a whole is halved, until the one line that the receiver does not take is found and put aside. */
async function deliver(queued: readonly Queued[], sink: Sink, spool: Spool): Promise<string | undefined> {
  try {
    const rejected = await sink.send(queued.map(({ entry }) => entry));
    spool.sent(queued.map(({ id }) => id));
    return rejected;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const [only] = queued;
    if (queued.length === 1 && only) {
      spool.refuse(only.id, error.message);
      return undefined;
    }
    const middle = Math.ceil(queued.length / 2);
    const first = await deliver(queued.slice(0, middle), sink, spool);
    return (await deliver(queued.slice(middle), sink, spool)) ?? first;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

const BATCH = 500;
const SOON = 200; // milliseconds
const MOST_QUEUED = 20_000;
const LONGEST_PAUSE = 60_000;
