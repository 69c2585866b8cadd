// How often one caller may do what costs us or guards a secret: fixed windows of a minute, per address and purpose.

import { Refusal } from '../refusal.ts';

export type RateLimits = {
  /** Counts one use. @throws Refusal 429 with the seconds to wait. */
  use(purpose: string, caller: string, allowed: number, now: number): void;
  /** Only looks, for what is counted when it fails. @throws Refusal 429. */
  check(purpose: string, caller: string, allowed: number, now: number): void;
};

const WINDOW = 60_000;
const KEPT = 50_000;

export function createRateLimits(): RateLimits {
  const windows = new Map<string, { startedAt: number; used: number }>();

  function windowOf(purpose: string, caller: string, now: number): { startedAt: number; used: number } {
    const key = `${purpose} ${caller}`;
    const known = windows.get(key);
    const window = known !== undefined && now - known.startedAt < WINDOW ? known : { startedAt: now, used: 0 };
    windows.delete(key);
    windows.set(key, window);
    if (windows.size > KEPT) windows.delete(windows.keys().next().value ?? '');
    return window;
  }

  function refuse({ startedAt }: { startedAt: number }, now: number): never {
    const seconds = Math.max(1, Math.ceil((startedAt + WINDOW - now) / 1000));
    throw new Refusal(429, 'rateLimited', `Too many requests; try again in ${seconds} s`, {}, seconds);
  }

  return {
    use(purpose, caller, allowed, now) {
      const window = windowOf(purpose, caller, now);
      window.used += 1;
      if (window.used > allowed) refuse(window, now);
    },
    check(purpose, caller, allowed, now) {
      const window = windowOf(purpose, caller, now);
      if (window.used >= allowed) refuse(window, now);
    },
  };
}
