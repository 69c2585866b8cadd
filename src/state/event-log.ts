// The live events: a ring of what the stream brought, gaps in their place, and each verification's latest state.

import type { StreamItem } from '../http/api.ts';
import type { VerificationEvent } from '../wire/event.ts';
import type { Timestamp, VerificationId } from '../wire/scalars.ts';
import type { FrameClock } from './frame-clock.ts';
import { createRing } from './ring.ts';

export type LogRow =
  | { kind: 'event'; key: string; at: Timestamp; event: VerificationEvent }
  /** What was not received, and for how long. It stands where the events would. */
  | { kind: 'gap'; key: string; at: Timestamp; missed: number | null; filled: boolean; from: Timestamp | null };

export type EventLog = {
  add(item: StreamItem): void;
  at(sequence: number): LogRow | undefined;
  find(id: VerificationId): VerificationEvent | undefined;
  /** The sequence number of a row by its key, or -1. */
  sequenceOf(key: string): number;
  readonly first: number;
  readonly next: number;
  readonly dropped: number;
  /** Grows when an event that was there already changes its state (waiting, then allowed). */
  readonly revision: number;
};

/** A verification that is decided later changes its own row: the list shows what is, not every step of it. */
export function createEventLog({
  clock,
  capacity = 50_000,
}: {
  clock: Pick<FrameClock, 'changed'>;
  capacity?: number;
}): EventLog {
  const ring = createRing<LogRow>(capacity);
  const sequences = new Map<string, number>();
  let revision = 0;

  const append = (row: LogRow) => {
    const leaving = ring.next - ring.first >= capacity ? ring.at(ring.first) : undefined;
    if (leaving) sequences.delete(leaving.key);
    sequences.set(row.key, ring.next);
    ring.push(row);
    clock.changed();
  };

  return {
    add(item) {
      if (item.kind === 'gap') {
        append({
          kind: 'gap',
          key: `gap-${ring.next}`,
          at: item.to,
          missed: item.missed,
          filled: item.filled,
          from: item.from,
        });
        return;
      }
      if (item.kind !== 'event' || item.event.type !== 'verification') return;
      const event = item.event.subject;
      const row: LogRow = { kind: 'event', key: event.id, at: item.event.at, event };
      const known = sequences.get(event.id);
      const before = known === undefined ? undefined : ring.at(known);
      if (known === undefined || before === undefined) {
        append(row);
        return;
      }
      // The row keeps its time: it stands where the agent asked.
      ring.replace(known, { ...row, at: before.at });
      revision++;
      clock.changed();
    },
    at: (sequence) => ring.at(sequence),
    find(id) {
      const row = ring.at(sequences.get(id) ?? -1);
      return row?.kind === 'event' ? row.event : undefined;
    },
    sequenceOf: (key) => sequences.get(key) ?? -1,
    get first() {
      return ring.first;
    },
    get next() {
      return ring.next;
    },
    get dropped() {
      return ring.dropped;
    },
    get revision() {
      return revision;
    },
  };
}
