// When a dashboard has drawn all that it was told: nothing left to render, no frame due, none written meanwhile.

import { unstable_IdlePriority as IDLE, unstable_scheduleCallback as schedule } from 'scheduler';
import type { Dashboard } from '../dashboard-context.ts';
import type { VirtualTerminal } from './virtual-terminal.ts';

/** A screen that never rests is taken as it is after `patience` milliseconds. */
export async function quiet(terminal: VirtualTerminal, { clock }: Dashboard, { look, patience, signal }: Looks): Promise<void> {
  const end = performance.now() + patience;
  for (let still = 0, seen = -1; still < 2 && performance.now() < end; seen = terminal.writes) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, look));
    await rendered();
    still = terminal.writes === seen && !clock.isDue ? still + 1 : 0;
  }
  await terminal.drained();
}

/** `look`: milliseconds between two looks. */
type Looks = { look: number; patience: number; signal?: AbortSignal };

// React renders in slices, and on a busy machine a slice is little: what has the least priority comes when all else is done.
// The turn behind it is the painter's, which draws after the commit.
const rendered = (): Promise<void> =>
  new Promise((resolve) => {
    schedule(IDLE, () => {
      setImmediate(resolve);
    });
  });
