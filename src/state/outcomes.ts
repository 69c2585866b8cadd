// Verifications counted by outcome in slices of time, for sparklines: what the stream brought since the dashboard opened.

import type { Outcome } from '../wire/event.ts';

export const outcomes = ['allowed', 'denied', 'waiting', 'expired', 'failed'] as const satisfies readonly Outcome[];

export type Seen = { outcome: Outcome; at: number };

export type OutcomesStore = {
  /** A verification as it is now, and as it was before where it was known: it moves, and is not counted twice. */
  add(now: Seen, before?: Seen): void;
  /** How many of each, of all that were seen. */
  totals(): Record<Outcome, number>;
  /** The last `count` slices up to now, oldest first. */
  series(outcome: Outcome, count: number, now: number): number[];
};

export function createOutcomes({ sliceMs = 10_000, slices = 360 }: { sliceMs?: number; slices?: number } = {}): OutcomesStore {
  const bySlice = new Map<number, Record<Outcome, number>>();
  const totals = zero();

  const sliceAt = (at: number) => {
    const slice = Math.floor(at / sliceMs);
    const known = bySlice.get(slice);
    if (known) return known;
    const fresh = zero();
    bySlice.set(slice, fresh);
    for (const old of bySlice.keys()) if (old <= slice - slices) bySlice.delete(old);
    return fresh;
  };

  return {
    add({ outcome, at }, before) {
      if (before?.outcome === outcome) return;
      if (before) {
        totals[before.outcome]--;
        const slice = sliceAt(before.at);
        slice[before.outcome] = Math.max(0, slice[before.outcome] - 1);
      }
      totals[outcome]++;
      sliceAt(at)[outcome]++;
    },
    totals: () => ({ ...totals }),
    series(outcome, count, now) {
      const last = Math.floor(now / sliceMs);
      return Array.from({ length: count }, (_, index) => bySlice.get(last - count + 1 + index)?.[outcome] ?? 0);
    },
  };
}

const zero = (): Record<Outcome, number> => ({ allowed: 0, denied: 0, waiting: 0, expired: 0, failed: 0 });
