// Hours in which a channel keeps still: what an agent asks at night is told in the morning, unless a person calls.

import type { Occasion } from './message.ts';

/** `from` and `to` are `HH:MM` in the time zone; over midnight where `to` is the earlier one. */
export type QuietHours = { from: string; to: string; timeZone: string };

/**
 * When to tell it instead, or null where now is as good. What an agent says of itself, its risk among it, opens nothing: who wants to wear
 * people down calls everything critical. (Where clocks change in the night, it may be told an hour off.)
 */
export function heldUntil(quiet: QuietHours | undefined, occasion: Occasion, at: number): number | null {
  if (quiet === undefined || CALLED.has(occasion)) return null;
  const [from, to, now] = [minutesOf(quiet.from), minutesOf(quiet.to), minutesAt(at, quiet.timeZone)];
  const isQuiet = from <= to ? now >= from && now < to : now >= from || now < to;
  if (!isQuiet) return null;
  return at - (at % MINUTE) + ((to - now + DAY) % DAY || DAY) * MINUTE;
}

/** A person asked for somebody's attention. */
const CALLED: ReadonlySet<Occasion> = new Set(['escalated', 'nudged']);
const MINUTE = 60_000;
const DAY = 24 * 60;

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function minutesAt(at: number, timeZone: string): number {
  return minutesOf(
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at),
  );
}
