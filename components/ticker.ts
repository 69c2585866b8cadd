// When ages and countdowns are written anew: each second while somebody is there or something runs out, seldom otherwise.

import type { Dashboard } from './dashboard-context.ts';

/** Milliseconds until the next time. An idle dashboard must cost a laptop nothing, and still not lie for long. */
export function nextTick({ state, now, meter }: Pick<Dashboard, 'state' | 'now' | 'meter'>, lastKeyAt: number): number {
  const { link } = state.link.getState();
  const isCountingDown = link.state === 'reconnecting' || link.state === 'connecting';
  return isCountingDown || meter.isOn || now() - lastKeyAt < SOMEBODY_IS_THERE ? 1000 : 5000;
}

const SOMEBODY_IS_THERE = 60_000;

/** @returns how to stop. */
export function startTicking(dashboard: Dashboard, lastKeyAt: () => number): () => void {
  let timer: NodeJS.Timeout;
  const tick = () => {
    dashboard.clock.changed();
    timer = setTimeout(tick, nextTick(dashboard, lastKeyAt())).unref();
  };
  timer = setTimeout(tick, 1000).unref();
  return () => clearTimeout(timer);
}
