// Fatigue: hours in which nobody is called by an agent, and how much somebody has approved.

import { expect, test } from 'vitest';
import type { Occasion } from '../../src/notify/message.ts';
import { heldUntil } from '../../src/notify/quiet.ts';
import { approvedLastHour, medianSeconds, noPace, withApproval } from '../../src/state/approvals/pace.ts';

const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const noon = { from: '12:00', to: '13:00', timeZone: 'UTC' };

test.each<[title: string, quiet: typeof night | undefined, occasion: Occasion, at: string, until: string | null]>([
  ['what an agent asks at night is told in the morning', night, 'requested', '2026-11-23T02:10:20Z', '2026-11-23T06:00:00Z'],
  ['also what it asks before midnight', night, 'requested', '2026-11-22T21:30:00Z', '2026-11-23T06:00:00Z'],
  ['what ends at night, and is denied by that', night, 'expiring', '2026-11-23T02:10:00Z', '2026-11-23T06:00:00Z'],
  ['hundreds at night', night, 'many', '2026-11-23T02:10:00Z', '2026-11-23T06:00:00Z'],
  ['by day it is told at once', night, 'requested', '2026-11-23T06:00:00Z', null],
  ['a person who escalates is heard at night', night, 'escalated', '2026-11-23T02:10:00Z', null],
  ['and one who reminds', night, 'nudged', '2026-11-23T02:10:00Z', null],
  ['within one day', noon, 'requested', '2026-11-23T12:59:00Z', '2026-11-23T13:00:00Z'],
  ['after it', noon, 'requested', '2026-11-23T13:00:00Z', null],
  ['without quiet hours', undefined, 'requested', '2026-11-23T02:10:00Z', null],
])('%s', (_, quiet, occasion, at, until) => {
  const held = heldUntil(quiet, occasion, Date.parse(at));
  expect(held === null ? null : new Date(held).toISOString()).toBe(until === null ? null : new Date(until).toISOString());
});

test('how much was approved within the hour is counted, and how it was read is told from the last ten', () => {
  const minute = 60_000;
  let pace = noPace;
  for (let at = 0; at < 30; at++) pace = withApproval(pace, at * 3 * minute, at < 20 ? 1 : 60);
  expect(approvedLastHour(pace, 90 * minute)).toBe(19);
  expect(medianSeconds(pace, 90 * minute)).toBe(60);
});
