// Reads what the stream changes, once per frame at most: the event rate does not reach React.

import { useSyncExternalStore } from 'react';
import { useDashboard } from './dashboard-context.ts';

/** `read` must answer the same object while nothing changed. */
export function useFrame<Value>(read: () => Value): Value {
  const { clock } = useDashboard();
  return useSyncExternalStore(clock.subscribe, read);
}

/** Renders again with each frame in which something changed; for what is read in many places at once. */
export function useEachFrame(): number {
  const { clock } = useDashboard();
  return useSyncExternalStore(clock.subscribe, () => clock.frame);
}
