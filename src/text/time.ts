// Moments as an operator reads them: local time, how long ago, how long still. The clock is always handed in.

import type { Printable } from './brand.ts';

/** A moment: a timestamp of the wire, a date, or milliseconds since 1970. */
export type Moment = string | number | Date;

/** `14:03:05`, in the operator's own zone: UTC alone is confusing at three in the morning. */
export function localTime(at: Moment, timeZone?: string): Printable {
  const parts = partsOf(at, timeZone);
  return `${parts.hour}:${parts.minute}:${parts.second}` as Printable;
}

/** `2026-11-23 14:03:05`. */
export function localDateTime(at: Moment, timeZone?: string): Printable {
  const parts = partsOf(at, timeZone);
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}` as Printable;
}

/** `now`, `42s`, `7m`, `3h`, `12d`: never more than five cells. A moment in the future (a clock that is off) is `now`. */
export function age(at: Moment, now: Moment): Printable {
  const seconds = Math.floor((millis(now) - millis(at)) / 1000);
  if (Number.isNaN(seconds)) return '?' as Printable;
  if (seconds < 1) return 'now' as Printable;
  return shortest(seconds);
}

/** `4m 59s`, `1h 03m`, `12s`, `2d 4h`; `expired` once it is past. */
export function countdown(until: Moment, now: Moment): Printable {
  const milliseconds = millis(until) - millis(now);
  if (Number.isNaN(milliseconds)) return '?' as Printable;
  return milliseconds <= 0 ? ('expired' as Printable) : duration(Math.ceil(milliseconds / 1000));
}

/** A length of time in its two largest units: `90` seconds are `1m 30s`, `3600` are `1h`. */
export function duration(seconds: number): Printable {
  if (!Number.isFinite(seconds)) return '?' as Printable;
  const whole = Math.max(0, Math.round(seconds));
  const found = PAIRS.find(([unit]) => whole >= unit);
  if (found === undefined) return `${whole}s` as Printable;
  const [unit, name, smaller, smallerName] = found;
  const rest = Math.floor((whole % unit) / smaller);
  const first = `${Math.floor(whole / unit)}${name}`;
  return (rest === 0 ? first : `${first} ${unit === DAY ? rest : String(rest).padStart(2, '0')}${smallerName}`) as Printable;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PAIRS: [unit: number, name: string, smaller: number, smallerName: string][] = [
  [DAY, 'd', HOUR, 'h'],
  [HOUR, 'h', MINUTE, 'm'],
  [MINUTE, 'm', 1, 's'],
];

function shortest(seconds: number): Printable {
  const found = PAIRS.find(([unit]) => seconds >= unit);
  return (found === undefined ? `${seconds}s` : `${Math.floor(seconds / found[0])}${found[1]}`) as Printable;
}

const millis = (at: Moment): number => (typeof at === 'number' ? at : at instanceof Date ? at.getTime() : Date.parse(at));

const formats = new Map<string, Intl.DateTimeFormat>();

type Parts = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;
const seconds = new Map<string, Parts>();

function partsOf(at: Moment, timeZone: string | undefined): Parts {
  const unknown = { year: '????', month: '??', day: '??', hour: '??', minute: '??', second: '??' };
  const time = millis(at);
  if (Number.isNaN(time)) return unknown;
  // A screenful of rows is of few seconds, and is written anew in each frame: Intl takes 30 µs for each.
  const key = `${Math.floor(time / 1000)}${timeZone ?? ''}`;
  const known = seconds.get(key);
  if (known !== undefined) return known;
  const parts = formatFor(timeZone).formatToParts(time);
  const found = { ...unknown, ...Object.fromEntries(parts.map(({ type, value }) => [type, value])) };
  if (seconds.size >= KEPT) seconds.clear();
  seconds.set(key, found);
  return found;
}

const KEPT = 200; // more than a screen has rows; what is not shown is not asked for

function formatFor(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(timeZone ?? '');
  if (known !== undefined) return known;
  const two = '2-digit' as const;
  const format = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
    hourCycle: 'h23',
    ...(timeZone ? { timeZone } : {}),
  });
  formats.set(timeZone ?? '', format);
  return format;
}
