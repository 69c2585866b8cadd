// The server's time as we know it: signatures carry it, and a machine whose clock is off must still be believed.

export type Clock = {
  /** Milliseconds, corrected. */
  now(): number;
  /**
   * Learns from the `Date` header of a refusal. True where what was signed at `signedAt` was off by more than a signature may be: of a
   * hundred calls that are refused at once, all are to sign again, and not only the one that told us.
   */
  learn(dateHeader: string | undefined, signedAt: number): boolean;
};

const TOLERANCE = 5_000; // the header has whole seconds, and travels; smaller differences are noise

export function createClock(localNow: () => number = Date.now): Clock {
  let correction = 0;
  return {
    now: () => localNow() + correction,
    learn(dateHeader, signedAt) {
      const server = Date.parse(dateHeader ?? '');
      if (Number.isNaN(server)) return false;
      const off = server - localNow();
      const next = Math.abs(off) < TOLERANCE ? 0 : off;
      if (Math.abs(next - correction) >= TOLERANCE) correction = next;
      return Math.abs(localNow() + correction - signedAt) >= TOLERANCE;
    },
  };
}
