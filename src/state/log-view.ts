// The live events that pass a filter, found incrementally: what was looked at once is not looked at again.

import type { EventLog, LogRow } from './event-log.ts';
import type { Rows } from './list.ts';

export type LogView = {
  /** As of now, or of the moment when the list was paused. */
  rows(until: number | null): Rows<LogRow>;
};

/** `keeps` null keeps everything, which needs no index. */
export function createLogView(log: EventLog, keeps: ((row: LogRow) => boolean) | null): LogView {
  let kept: number[] = [];
  let seen = 0;
  let revision = -1;

  const update = () => {
    if (!keeps) return;
    // A row that changed may pass now, or no longer: rare, and only then is all looked at again.
    if (revision !== log.revision) {
      revision = log.revision;
      kept = [];
      seen = log.first;
    }
    for (seen = Math.max(seen, log.first); seen < log.next; seen++) {
      const row = log.at(seen);
      if (row && keeps(row)) kept.push(seen);
    }
    // Dropped rows leave from the front, in bulk, so that this stays cheap.
    if ((kept[0] ?? log.first) < log.first - SLACK) kept = kept.slice(firstAtLeast(kept, log.first));
  };

  return {
    rows(until) {
      update();
      const end = Math.min(until ?? log.next, log.next);
      if (!keeps) return plainRows(log, end);
      const from = firstAtLeast(kept, log.first);
      const to = firstAtLeast(kept, end);
      return {
        length: to - from,
        total: log.next,
        at: (index) => log.at(kept[from + index] ?? -1),
        idAt: (index) => log.at(kept[from + index] ?? -1)?.key,
        indexOf(id) {
          const sequence = log.sequenceOf(id);
          const at = firstAtLeast(kept, sequence);
          return sequence >= log.first && sequence < end && kept[at] === sequence ? at - from : -1;
        },
      };
    },
  };
}

const SLACK = 1000;

function plainRows(log: EventLog, end: number): Rows<LogRow> {
  const { first } = log;
  return {
    length: Math.max(0, end - first),
    total: log.next,
    at: (index) => log.at(first + index),
    idAt: (index) => log.at(first + index)?.key,
    indexOf(id) {
      const sequence = log.sequenceOf(id);
      return sequence >= first && sequence < end ? sequence - first : -1;
    },
  };
}

/** The first position in an ascending list that holds `value` or more. */
function firstAtLeast(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
