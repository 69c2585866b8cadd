// The frame clock: how often it paints, by what happens. Time is handed in.

import { describe, expect, test } from 'vitest';
import { createFrameClock } from '../../src/state/frame-clock.ts';

/** Runs timers by hand, on a clock of its own. */
function handTime() {
  let time = 0;
  const timers: { at: number; run: () => void }[] = [];
  return {
    now: () => time,
    setTimer(run: () => void, milliseconds: number) {
      const timer = { at: time + milliseconds, run };
      timers.push(timer);
      return timer;
    },
    clearTimer(timer: unknown) {
      timers.splice(timers.indexOf(timer as never), 1);
    },
    pass(milliseconds: number, each: () => void = () => {}) {
      for (const end = time + milliseconds; time < end; time++) {
        each();
        for (const timer of timers.filter(({ at }) => at <= time)) {
          timers.splice(timers.indexOf(timer), 1);
          timer.run();
        }
      }
    },
  };
}

describe('the frame clock', () => {
  test('paints nothing while nothing changes', () => {
    const time = handTime();
    const clock = createFrameClock(time);
    time.pass(5000);
    expect(clock.frame).toBe(0);
  });

  test('paints ten times a second while a stream changes everything all the time', () => {
    const time = handTime();
    const clock = createFrameClock(time);
    time.pass(1000, () => clock.changed());
    expect(clock.frame).toBeGreaterThanOrEqual(9);
    expect(clock.frame).toBeLessThanOrEqual(11);
  });

  test('paints thirty times a second while keys are pressed', () => {
    const time = handTime();
    const clock = createFrameClock(time);
    time.pass(1000, () => {
      clock.keyPressed();
      clock.changed();
    });
    expect(clock.frame).toBeGreaterThanOrEqual(27);
    expect(clock.frame).toBeLessThanOrEqual(32);
  });

  test('paints less on a link for which fewer frames were asked', () => {
    const time = handTime();
    const clock = createFrameClock({ ...time, fps: 2 });
    time.pass(1000, () => clock.changed());
    expect(clock.frame).toBeLessThanOrEqual(3);
  });

  test('leaves frames out while the terminal has not taken the last one, and paints when it has', () => {
    const time = handTime();
    const clock = createFrameClock(time);
    let isBusy = true;
    clock.holdWhile(() => isBusy);
    clock.changed();
    time.pass(500);
    expect(clock.frame).toBe(0);
    isBusy = false;
    time.pass(200);
    expect(clock.frame).toBe(1);
  });
});
