// Live events, as they are: by stream while the server has one and it lives, else by polling; each change of the link is said.

import { AIMError, AuthenticationError, PolicyError } from '../errors.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { Api, LinkState, StreamItem, StreamOptions } from './api.ts';
import { pause, pauseBefore } from './backoff.ts';
import type { Caller } from './caller.ts';
import { fillGap } from './gap.ts';
import { poll } from './polling.ts';
import { readStream } from './sse.ts';

export type StreamParts = {
  caller: Caller;
  has: Api['has'];
  events: Pick<Api['events'], 'list'>;
  approvals: Pick<Api['approvals'], 'list' | 'get'>;
};

/** How long between signs of life, in milliseconds. Handed in only by tests. */
export type Rhythm = { heartbeatMs: number; pollMs: number; longestPauseMs: number };
const RHYTHM: Rhythm = { heartbeatMs: 10_000, pollMs: 2_000, longestPauseMs: 10_000 };

export function streamOf(parts: StreamParts, rhythm: Partial<Rhythm> = {}): Api['events']['stream'] {
  return (options = {}) => live(parts, options, { ...RHYTHM, ...rhythm });
}

/** What the stream knows of itself; the reader and the poller write into it. */
export type Progress = { position: string | undefined; lastEventAt: Timestamp | null };

async function* live(parts: StreamParts, options: StreamOptions, rhythm: Rhythm): AsyncGenerator<StreamItem, void, void> {
  const { signal } = options;
  const progress: Progress = { position: options.after, lastEventAt: null };
  let attempt = 0;
  yield link({ state: 'connecting' });
  while (!signal?.aborted) {
    let because = 'The server closed the stream.';
    try {
      if (!(await parts.has('events.stream'))) {
        yield* poll(parts, options, progress, rhythm, 'no-stream');
        return;
      }
      for await (const item of readStream(parts.caller, options, progress, rhythm)) {
        if (item.kind === 'link') attempt = 0;
        if (item.kind === 'gap') yield* fillGap(parts.events, item, options, progress);
        else yield item;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof PolicyError || isUnsupported(error)) {
        yield* poll(parts, options, progress, rhythm, 'stream-refused');
        return;
      }
      if (!(error instanceof AIMError)) throw error;
      because = error.message;
      // Signing in happens elsewhere, so this goes on asking, slowly, and says what it waits for.
      if (error instanceof AuthenticationError) {
        yield link({ state: 'offline', because });
        if (!(await slept(rhythm.longestPauseMs, signal))) return;
        continue;
      }
    }
    attempt += 1;
    const wait = pauseBefore(attempt, { longest: rhythm.longestPauseMs });
    const retryAt = new Date(Date.now() + wait).toISOString() as Timestamp;
    yield link({ state: 'reconnecting', retryAt, attempt, because, lastEventAt: progress.lastEventAt });
    if (!(await slept(wait, signal))) return;
  }
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
