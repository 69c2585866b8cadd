// What the server says it can do, once it has said it.

import { useSyncExternalStore } from 'react';
import type { Feature } from '../../src/wire/session.ts';
import { useDashboard } from '../dashboard-context.ts';

/** Null until the server has answered: nothing is called missing before that. */
export function useFeatures(): readonly Feature[] | null {
  const { state } = useDashboard();
  return useSyncExternalStore(state.features.subscribe, () => state.features.getState().features);
}
