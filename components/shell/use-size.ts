// How many cells there are, now and after each resize.

import { useSyncExternalStore } from 'react';
import { useDashboard } from '../dashboard-context.ts';

export function useSize(): { columns: number; rows: number } {
  const { size } = useDashboard();
  return useSyncExternalStore(size.subscribe, size.get);
}

export type Size = { columns: number; rows: number };
export type SizeStore = { subscribe(listener: () => void): () => void; get(): Size };

/** The same object until the size changes, as React wants it. */
export function createSizeStore(read: () => Size, onResize: (listener: () => void) => () => void): SizeStore {
  let size = read();
  return {
    subscribe: (listener) => onResize(listener),
    get() {
      const next = read();
      if (next.columns !== size.columns || next.rows !== size.rows) size = next;
      return size;
    },
  };
}
