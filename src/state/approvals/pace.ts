// How fast this reviewer approves. Who needs less than three seconds does not read, and is slowed down until that changes.

export type Pace = {
  /** Seconds from opening to approving, newest last. */ readonly readings: readonly { at: number; seconds: number }[];
};

export const noPace: Pace = { readings: [] };

/** The pause after any change of the panel before a key decides, in milliseconds. */
export function graceOf(pace: Pace, now: number): number {
  return isHasty(pace, now) ? SLOWED : GRACE;
}

export function withApproval({ readings }: Pace, at: number, seconds: number): Pace {
  return { readings: [...readings, { at, seconds }].slice(-MOST) };
}

/** The median of the last hour, or null where there are too few to speak of a pace. */
export function medianSeconds({ readings }: Pace, now: number): number | null {
  const recent = readings
    .filter(({ at }) => now - at < HOUR)
    .map(({ seconds }) => seconds)
    .slice(-KEPT);
  if (recent.length < ENOUGH) return null;
  const sorted = recent.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** How many were approved within the last hour. */
export const approvedLastHour = ({ readings }: Pace, now: number): number =>
  readings.filter(({ at }) => now - at < HOUR).length;

export function isHasty(pace: Pace, now: number): boolean {
  const median = medianSeconds(pace, now);
  return median !== null && median < HASTY;
}

/** Longer than a key that was already on its way when the panel changed, and shorter than a person notices while reading. */
const GRACE = 700;
const SLOWED = 3000;
const HASTY = 3; // seconds: nobody reads action, resource and parameters in less
const KEPT = 10;
const MOST = 500; // more than anybody reads in an hour
const ENOUGH = 5;
const HOUR = 3_600_000;
