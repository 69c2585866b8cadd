// Live events, as they are: by stream while the server has one and it lives, else by polling; each change of the link is said.

import { AIMError, AuthenticationError, PolicyError } from '../errors.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { Glance } from '../wire/verification-glance.ts';
import type { Api, LinkState, StreamItem, StreamOptions } from './api.ts';
import { pause, pauseBefore } from './backoff.ts';
import type { Caller } from './caller.ts';
import { fillGap } from './gap.ts';
import { poll } from './polling.ts';
import { readStream } from './sse.ts';
import type { WakeOptions } from './wake.ts';

export type StreamParts = {
  caller: Caller;
  has: Api['has'];
  events: Pick<Api['events'], 'list'>;
  approvals: Pick<Api['approvals'], 'list' | 'get'>;
};

/** How long between signs of life, in milliseconds. Handed in only by tests. */
export type Rhythm = { heartbeatMs: number; pollMs: number; longestPauseMs: number; wake?: WakeOptions };
const RHYTHM: Rhythm = { heartbeatMs: 10_000, pollMs: 2_000, longestPauseMs: 10_000 };

export function streamOf(parts: StreamParts, rhythm: Partial<Rhythm> = {}): Api['events']['stream'] {
  const batches = batchesOf(parts, rhythm);
  return async function* stream(options = {}) {
    for await (const items of batches(options)) yield* items;
  };
}

/** `glance`: verifications are taken apart when somebody looks at them (see ../wire/verification-glance.ts). */
export type BatchOptions = StreamOptions & { glance?: boolean };

/** The same, with all that one read brought in one piece: a step of a generator costs more than taking in an event. */
export function batchesOf(parts: StreamParts, rhythm: Partial<Rhythm> = {}): NonNullable<Api['events']['batches']> {
  return (options = {}) => live(parts, options, { ...RHYTHM, ...rhythm });
}

/** What the stream knows of itself; the reader and the poller write into it. */
export type Progress = { position: string | undefined; lastEventAt: Timestamp | null; glance?: Glance };

async function* live(parts: StreamParts, options: BatchOptions, rhythm: Rhythm): AsyncGenerator<StreamItem[], void, void> {
  const { signal } = options;
  const progress: Progress = { position: options.after, lastEventAt: null };
  let attempt = 0;
  yield [link({ state: 'connecting' })];
  while (!signal?.aborted) {
    let because = 'The server closed the stream.';
    try {
      if (!(await parts.has('events.stream'))) {
        yield* singly(poll(parts, options, progress, rhythm, 'no-stream'));
        return;
      }
      for await (const items of readStream(parts.caller, options, progress, rhythm)) {
        if (items[0]?.kind === 'link') attempt = 0;
        if (!items.some(isGap)) yield items;
        else
          for (const item of items) {
            if (isGap(item)) yield* singly(fillGap(parts.events, item, options, progress));
            else yield [item];
          }
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof PolicyError || isUnsupported(error)) {
        yield* singly(poll(parts, options, progress, rhythm, 'stream-refused'));
        return;
      }
      if (!(error instanceof AIMError)) throw error;
      because = error.message;
      // Signing in happens elsewhere, so this goes on asking, slowly, and says what it waits for.
      if (error instanceof AuthenticationError) {
        yield [link({ state: 'offline', because })];
        if (!(await slept(rhythm.longestPauseMs, signal))) return;
        continue;
      }
    }
    attempt += 1;
    const wait = pauseBefore(attempt, { longest: rhythm.longestPauseMs });
    const retryAt = new Date(Date.now() + wait).toISOString() as Timestamp;
    yield [link({ state: 'reconnecting', retryAt, attempt, because, lastEventAt: progress.lastEventAt })];
    if (!(await slept(wait, signal))) return;
  }
}

const isGap = (item: StreamItem): item is StreamItem & { kind: 'gap' } => item.kind === 'gap';

async function* singly(items: AsyncIterable<StreamItem>): AsyncGenerator<StreamItem[], void, void> {
  for await (const item of items) yield [item];
}

export const link = (state: LinkState): StreamItem => ({ kind: 'link', link: state });

const isUnsupported = (error: unknown): boolean => error instanceof AIMError && error.code.endsWith('.unsupported');

/** False where the signal ended the pause. */
export async function slept(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await pause(milliseconds, signal);
    return true;
  } catch {
    return false;
  }
}
