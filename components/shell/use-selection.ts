// Tells the shell what a screen has selected, so that actions with this subject know what they are about.

import { useLayoutEffect } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import type { Selection } from './shell.ts';

export function useSelection(selection: Selection | null): void {
  const { shell } = useDashboard();
  useLayoutEffect(() => shell.select(selection));
}
