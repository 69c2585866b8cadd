// Every call that the program made, for the screen that shows them. Never bodies, never credentials.

import type { Api, ApiCall } from '../http/api.ts';
import type { FrameClock } from './frame-clock.ts';
import { createRing } from './ring.ts';

export type CallRow = ApiCall & { key: string };
export type CallsStore = {
  attach(api: Api): () => void;
  /** Newest last. */
  list(): readonly CallRow[];
  readonly total: number;
};

export function createCalls({ clock, capacity = 1000 }: { clock: Pick<FrameClock, 'changed'>; capacity?: number }): CallsStore {
  const ring = createRing<CallRow>(capacity);
  let listed: { next: number; rows: readonly CallRow[] } = { next: -1, rows: [] };
  return {
    attach: (api) =>
      api.onCall((call) => {
        ring.push({ ...call, key: String(ring.next) });
        clock.changed();
      }),
    list() {
      if (listed.next !== ring.next) {
        const rows = Array.from({ length: ring.next - ring.first }, (_, index) => ring.at(ring.first + index));
        listed = { next: ring.next, rows: rows.filter((row) => row !== undefined) };
      }
      return listed.rows;
    },
    get total() {
      return ring.next;
    },
  };
}
