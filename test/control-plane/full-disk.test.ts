// What the log says while the disk is full: the first refusal, and then how many there were, not each of them.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sayFull } from '../../src/control-plane/full-disk.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first is said at once, those that follow once a minute as a number, and after a quiet minute the first again', () => {
  const said: number[] = [];
  const refused = sayFull();
  const refuse = (count: number): void => {
    for (let index = 0; index < count; index += 1) refused((more) => void said.push(more));
  };
  refuse(5);
  expect(said).toEqual([0]);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([0, 4]);
  refuse(3);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([0, 4, 3]);
  vi.advanceTimersByTime(60_000);
  refuse(2);
  expect(said).toEqual([0, 4, 3, 0]);
});
