// Verifications counted by outcome in slices of time, for sparklines: what the stream brought since the dashboard opened.

import { type Outcome, outcomeOf, type VerificationEvent } from '../wire/event.ts';

export const outcomes = ['allowed', 'denied', 'waiting', 'expired', 'failed'] as const satisfies readonly Outcome[];

export type OutcomesStore = {
  /** A verification as it is now; one that was waiting before moves from there. */
  add(event: VerificationEvent, at: number): void;
  /** How many of each, of all that were seen. */
  totals(): Record<Outcome, number>;
  /** The last `count` slices up to now, oldest first. */
  series(outcome: Outcome, count: number, now: number): number[];
};

export function createOutcomes({ sliceMs = 10_000, slices = 360 }: { sliceMs?: number; slices?: number } = {}): OutcomesStore {
  const bySlice = new Map<number, Record<Outcome, number>>();
  const totals = zero();
  // Only what may still change is remembered: a waiting request becomes something else.
  const waiting = new Map<string, number>();

  const sliceAt = (slice: number) => {
    const known = bySlice.get(slice);
    if (known) return known;
    const fresh = zero();
    bySlice.set(slice, fresh);
    for (const old of bySlice.keys()) if (old <= slice - slices) bySlice.delete(old);
    return fresh;
  };

  return {
    add(event, at) {
      const outcome = outcomeOf(event);
      const slice = Math.floor(at / sliceMs);
      const before = waiting.get(event.id);
      if (before !== undefined) {
        if (outcome === 'waiting') return;
        totals.waiting--;
        sliceAt(before).waiting--;
        waiting.delete(event.id);
      }
      totals[outcome]++;
      sliceAt(slice)[outcome]++;
      if (outcome === 'waiting') waiting.set(event.id, slice);
    },
    totals: () => ({ ...totals }),
    series(outcome, count, now) {
      const last = Math.floor(now / sliceMs);
      return Array.from({ length: count }, (_, index) => bySlice.get(last - count + 1 + index)?.[outcome] ?? 0);
    },
  };
}

const zero = (): Record<Outcome, number> => ({ allowed: 0, denied: 0, waiting: 0, expired: 0, failed: 0 });
