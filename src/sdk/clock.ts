// The server's time as we know it: signatures carry it, and a machine whose clock is off must still be believed.

export type Clock = {
  /** Milliseconds, corrected. */
  now(): number;
  /** Learns from the `Date` header of an answer. True where the correction changed by more than a signature may be off. */
  learn(dateHeader: string | undefined): boolean;
};

const TOLERANCE = 5_000; // the header has whole seconds, and travels; smaller differences are noise

export function createClock(localNow: () => number = Date.now): Clock {
  let correction = 0;
  return {
    now: () => localNow() + correction,
    learn(dateHeader) {
      const server = Date.parse(dateHeader ?? '');
      if (Number.isNaN(server)) return false;
      const off = server - localNow();
      const next = Math.abs(off) < TOLERANCE ? 0 : off;
      const changed = Math.abs(next - correction) >= TOLERANCE;
      if (changed) correction = next;
      return changed;
    },
  };
}
