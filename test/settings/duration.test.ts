// Times as people type them.

import { expect, test } from 'vitest';
import { secondsOf } from '../../src/settings/duration.ts';
import { nearest } from '../../src/settings/nearest.ts';

test.each<[string, number | null]>([
  ['90', 90],
  ['1.5', 1.5],
  ['30s', 30],
  ['1h30m', 5400],
  ['2d', 172_800],
  ['1w', 604_800],
  ['500ms', 0.5],
  ['', null],
  ['s', null],
  ['5 m', null],
  ['-5m', null],
  ['5y', null],
])('%j is %s seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test.each<[typed: string, meant: string | null]>([
  ['agnets', 'agents'],
  ['stauts', 'status'],
  ['apporvals', 'approvals'],
  ['Agents', 'agents'],
  ['zzz', null],
  ['', null],
])('%j means %s', (typed, meant) => {
  expect(nearest(typed, ['agents', 'approvals', 'status'])).toBe(meant);
});
