// Moments as an operator reads them, in few cells.

import { expect, test } from 'vitest';
import { age, countdown, duration, localDateTime, localTime } from '../../src/text/time.ts';

const now = Date.parse('2026-11-23T14:03:05.500Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each<[title: string, actual: () => string, expected: string]>([
  ['a local time', () => localTime(now, 'Europe/Amsterdam'), '15:03:05'],
  ['a local date and time', () => localDateTime('2026-11-23T23:30:00Z', 'Europe/Amsterdam'), '2026-11-24 00:30:00'],
  ['a date as a date', () => localTime(new Date(now), 'UTC'), '14:03:05'],
  ['midnight as 00', () => localTime('2026-11-23T00:00:00Z', 'UTC'), '00:00:00'],
  ['the same second in two zones', () => `${localTime(now, 'UTC')} ${localTime(now, 'Asia/Tokyo')}`, '14:03:05 23:03:05'],
  ['no time', () => localTime('yesterday'), '??:??:??'],
  ['no date', () => localDateTime('yesterday'), '????-??-?? ??:??:??'],
  ['an age of nothing', () => age(now, now), 'now'],
  ['less than a second ago', () => age(now - 999, now), 'now'],
  ['a second ago', () => age(now - 1000, now), '1s'],
  ['seconds ago', () => age(now - 42_999, now), '42s'],
  ['a minute ago', () => age(now - MINUTE, now), '1m'],
  ['minutes ago', () => age(now - 59 * MINUTE, now), '59m'],
  ['an hour ago', () => age(now - HOUR, now), '1h'],
  ['hours ago', () => age(now - 23 * HOUR, now), '23h'],
  ['days ago', () => age(now - 400 * DAY, now), '400d'],
  ['a clock that is ahead', () => age(now + 5_000, now), 'now'],
  ['an age that nobody knows', () => age('', now), '?'],
  ['a countdown that says the second that is running', () => countdown(now + 4_001, now), '5s'],
  ['its last moment', () => countdown(now + 1, now), '1s'],
  ['a countdown in two units', () => countdown(now + 299_000, now), '4m 59s'],
  ['a countdown that is over', () => countdown(now, now), 'expired'],
  ['a countdown that nobody knows', () => countdown('soon', now), '?'],
  ['a duration of nothing', () => duration(0), '0s'],
  ['one below nothing', () => duration(-5), '0s'],
  ['a duration that is rounded', () => duration(59.6), '1m'],
  ['a minute and a half', () => duration(90), '1m 30s'],
  ['a minute and a bit', () => duration(65), '1m 05s'],
  ['a round duration', () => duration(3600), '1h'],
  ['an hour and a bit', () => duration(3600 + 180), '1h 03m'],
  ['a duration of days', () => duration(2 * 86_400 + 4 * 3600 + 59), '2d 4h'],
  ['one without end', () => duration(Number.POSITIVE_INFINITY), '?'],
])('%s', (_, actual, expected) => {
  expect(actual()).toBe(expected);
});

test('a thousand seconds and more are each themselves', () => {
  for (let second = 0; second < 1500; second += 1) {
    const at = now + second * 1000;
    expect(localTime(at, 'UTC')).toBe(new Date(at).toISOString().slice(11, 19));
  }
});
