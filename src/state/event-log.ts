// The live events: a ring of what the stream brought, gaps in their place, and each verification's latest state.

import type { StreamItem } from '../http/api.ts';
import { type Outcome, outcomeOf, type StreamEvent, type VerificationEvent } from '../wire/event.ts';
import type { AgentId, Timestamp, VerificationId } from '../wire/scalars.ts';
import { GlancedVerification } from '../wire/verification-glance.ts';
import type { FrameClock } from './frame-clock.ts';
import { createRing } from './ring.ts';

export type LogRow =
  | {
      kind: 'event';
      key: string;
      at: Timestamp;
      outcome: Outcome;
      readonly agentId: AgentId | null;
      /** What the server wrote of it, where that is known. */
      readonly text?: string;
      /** Taken apart when it is first asked for: of most rows nobody ever does. */
      readonly event: VerificationEvent;
    }
  /** What was not received, and for how long. It stands where the events would. */
  | { kind: 'gap'; key: string; at: Timestamp; missed: number | null; filled: boolean; from: Timestamp | null };

export type EventLog = {
  /** Answers what the verification was before, where it was known: it keeps its row. */
  add(item: StreamItem, at?: Timestamp): { outcome: Outcome; at: Timestamp } | null;
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
  // The places of the rows up to `indexed`. Behind it nobody has asked yet, and at tens of thousands a second most are gone before.
  const sequences = new Map<string, number>();
  let indexed = 0;
  let latest = { key: '', sequence: -1 };
  let revision = 0;
  let furthest = -1;

  const append = (row: LogRow) => {
    if (ring.next - ring.first >= capacity && ring.first < indexed) sequences.delete(ring.at(ring.first)?.key ?? '');
    if (row.key === latest.key) latest = { key: row.key, sequence: ring.next };
    ring.push(row);
    clock.changed();
  };
  const found = (key: string, sequence: number): number => {
    latest = { key, sequence };
    return sequence;
  };
  const sequenceOf = (key: string): number => {
    // A cursor that stays where it is, or whose row was dropped, is asked for in every frame.
    if (latest.key === key && latest.sequence >= 0) return latest.sequence >= ring.first ? latest.sequence : -1;
    // One that moves is near where it was.
    for (let away = 1; latest.sequence >= 0 && away <= NEAR; away++) {
      if (ring.at(latest.sequence + away)?.key === key) return found(key, latest.sequence + away);
      if (ring.at(latest.sequence - away)?.key === key) return found(key, latest.sequence - away);
    }
    for (indexed = Math.max(indexed, ring.first); indexed < ring.next; indexed++) {
      const row = ring.at(indexed);
      if (row) sequences.set(row.key, indexed);
    }
    return found(key, sequences.get(key) ?? -1);
  };

  return {
    add(item, at) {
      if (item.kind === 'gap') {
        append({
          kind: 'gap',
          key: `gap-${ring.next}`,
          at: item.to,
          missed: item.missed,
          filled: item.filled,
          from: item.from,
        });
        return null;
      }
      if (item.kind !== 'event' || item.event.type !== 'verification') return null;
      const { event } = item;
      const glance = glanced(event);
      const key = glance?.id ?? event.subject.id;
      // The stream tells of each once, in the order of its positions: what is created further on than anything before is new.
      // What a proxy tells again, or a server that counts otherwise, is looked up.
      const place = Number(event.position);
      const known = glance && event.change === 'created' && place > furthest ? -1 : sequenceOf(key);
      furthest = Math.max(furthest, place || 0);
      const before = ring.at(known);
      if (before?.kind !== 'event') {
        append(glance ?? new EventRow(key, at ?? event.at, event));
        return null;
      }
      // The row keeps its time: it stands where the agent asked.
      ring.replace(known, new EventRow(key, before.at, event));
      revision++;
      clock.changed();
      return { outcome: before.outcome, at: before.at };
    },
    at: (sequence) => ring.at(sequence),
    find(id) {
      const row = ring.at(sequenceOf(id));
      return row?.kind === 'event' ? row.event : undefined;
    },
    sequenceOf,
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

const NEAR = 100; // a page

type Verification = Extract<StreamEvent, { type: 'verification' }>;

/** For those that do not come at a glance, and for a row that keeps its time when what it shows changes. */
class EventRow {
  readonly kind = 'event';
  readonly key: string;
  readonly at: Timestamp;
  readonly #source: Verification;

  constructor(key: string, at: Timestamp, source: Verification) {
    this.key = key;
    this.at = at;
    this.#source = source;
  }

  get outcome(): Outcome {
    return glanced(this.#source)?.outcome ?? outcomeOf(this.event);
  }

  get agentId(): AgentId | null {
    return glanced(this.#source)?.agentId ?? this.event.agentId;
  }

  get event(): VerificationEvent {
    return this.#source.subject;
  }
}

export const glanced = (event: StreamEvent): GlancedVerification | null =>
  event instanceof GlancedVerification ? event : null;
