// A time as logs write it, in the one form that the rest of the program knows.

import type { Timestamp } from '../wire/scalars.ts';

/** ISO 8601 or RFC 3339 text (without a zone: local time), seconds or milliseconds since 1970. Null for anything else. */
export function readTime(value: unknown): Timestamp | null {
  if (typeof value === 'string' && value.length === 32 && value.endsWith('+00:00') && value[19] === '.') {
    // As both SDKs write it: the same text, but for its end, if it is a time at all. Within a second only digits change.
    const time = `${value.slice(0, 23)}Z`;
    if (value.startsWith(lastSecond) && DIGITS.test(time.slice(20, 23))) return time as Timestamp;
    if (Number.isNaN(Date.parse(time))) return null;
    lastSecond = value.slice(0, 20);
    return time as Timestamp;
  }
  if (typeof value === 'string')
    return timestampAt(Date.parse(value.length === 19 && value[10] === ' ' ? value.replace(' ', 'T') : value));
  if (typeof value !== 'number') return null;
  return timestampAt(Math.abs(value) < SECONDS_UNTIL ? value * 1000 : value);
}

export function timestampAt(milliseconds: number): Timestamp | null {
  // A year of more than four digits does not sort as text, and is a mistake.
  if (!(milliseconds >= EARLIEST && milliseconds < LATEST)) return null;
  return new Date(milliseconds).toISOString() as Timestamp;
}

let lastSecond = 'none';
const DIGITS = /^\d{3}$/;
const SECONDS_UNTIL = 1e11; // as seconds the year 5138, as milliseconds 1973
const EARLIEST = Date.UTC(0, 0, 1);
const LATEST = Date.UTC(10_000, 0, 1);
