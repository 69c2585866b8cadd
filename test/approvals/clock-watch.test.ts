// A key that was typed at a picture of before: while the program was stopped, or the clock was set.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clockWatch } from '../../src/state/approvals/clock-watch.ts';

let wall = 1_000_000;
let machine = 0;
const pass = (milliseconds: number, byTimers = milliseconds) => {
  wall += milliseconds;
  machine += milliseconds;
  vi.advanceTimersByTime(byTimers);
};
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const watch = () =>
  clockWatch(
    () => wall,
    () => machine,
  );

test('time that only passes loses none', () => {
  const watched = watch();
  pass(3_600_000);
  expect(watched.hasLost()).toBe(false);
  watched.attend(true);
  for (let at = 0; at < 20; at += 1) pass(200);
  expect(watched.hasLost()).toBe(false);
  watched.attend(false);
});

test.each([300, -300, 3_600_000, -3_600_000])('a clock that is set by %i ms loses it, once', (by) => {
  const watched = watch();
  wall += by;
  expect([watched.hasLost(), watched.hasLost()]).toEqual([true, false]);
});

test('a clock that drifts by little loses nothing', () => {
  const watched = watch();
  wall += 200;
  expect(watched.hasLost()).toBe(false);
});

test.each([
  ['before the first beat after it', 0],
  ['after a beat that came late', 200],
])('a program that was stopped while a key would decide loses it, told %s', (_, beats) => {
  const watched = watch();
  watched.attend(true);
  pass(400);
  pass(2500, beats);
  expect([watched.hasLost(), watched.hasLost()]).toEqual([true, false]);
  watched.attend(false);
});

test('a program that was stopped while no key would decide loses nothing', () => {
  const watched = watch();
  pass(2500, 0);
  expect(watched.hasLost()).toBe(false);
  watched.attend(true);
  watched.attend(true);
  pass(1000, 0);
  expect(watched.hasLost()).toBe(false);
  watched.attend(false);
  watched.attend(false);
  pass(2500, 0);
  watched.attend(true);
  expect(watched.hasLost()).toBe(false);
  watched.attend(false);
});
