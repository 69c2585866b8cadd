// Capability requests are asked for from the start, so that the overview can say that some wait.

import { admits } from '../../src/wire/session.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { tableStore } from './table-store.ts';
import { tableOf } from './tables.ts';

/** @returns how to stop. */
export function openRequests(dashboard: Dashboard): () => void {
  if (!admits(dashboard.account.role, 'admin')) return () => {};
  return tableStore(dashboard, tableOf('requests'))?.watch() ?? (() => {});
}

/** How many wait, as far as this account may know. */
export function waitingRequests(dashboard: Dashboard): number {
  if (!admits(dashboard.account.role, 'admin')) return 0;
  const { items } = tableStore(dashboard, tableOf('requests'))?.getState() ?? { items: [] };
  return items.filter(({ status }) => status === 'pending').length;
}
