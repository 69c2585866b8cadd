// A client-side limit on requests: a bucket of tokens, so that a loop gone wild waits here and not at everybody's server.

import { pause } from '../http/backoff.ts';

export type RateLimit = (signal?: AbortSignal) => Promise<void> | undefined;

/** At most `perSecond` on the long run, `burst` at once. Without a limit it costs nothing. */
export function createRateLimit(
  perSecond: number = Number.POSITIVE_INFINITY,
  burst: number = Math.max(1, perSecond),
  now: () => number = performance.now.bind(performance),
): RateLimit {
  if (!Number.isFinite(perSecond)) return () => undefined;
  let tokens = burst;
  let filledAt = now();
  return (signal) => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
    tokens -= 1;
    // Below zero the token is borrowed from the future: the wait is as long as it takes to come, and the order is kept.
    if (tokens >= 0) return undefined;
    return pause((-tokens / perSecond) * 1000, signal).catch((error: unknown) => {
      tokens += 1; // given up: whoever comes next need not wait for it
      throw error;
    });
  };
}
