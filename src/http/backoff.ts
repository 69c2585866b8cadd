// When to ask a server again: exponential, with full jitter, never sooner than the server asked for.

import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The pause before retry number `attempt` (1 for the first retry), in milliseconds.
 * Full jitter spreads a fleet that failed together (AWS Architecture Blog, "Exponential Backoff And Jitter").
 */
export function pauseBefore(
  attempt: number,
  { retryAfterMs = 0, base = BASE, longest = LONGEST, random = Math.random }: RetryHints = {},
): number {
  const ceiling = Math.min(base * 2 ** (attempt - 1), longest);
  return Math.max(retryAfterMs, random() * ceiling);
}

const BASE = 250;
const LONGEST = 10_000; // an operator watching a header gives up sooner than this

export type RetryHints = {
  retryAfterMs?: number | undefined;
  base?: number | undefined;
  longest?: number | undefined;
  random?: (() => number) | undefined;
};

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3). Undefined where there is none that can be read. */
export function readRetryAfter(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Waits, or rejects with the signal's reason. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
