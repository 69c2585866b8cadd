// One event to many readers: what those with the same wishes get is written once, and goes to each of them in one piece.

import type { Hub, StoredEvent } from './hub.ts';

/** AND across the members, OR within a list. Null takes all. */
export type Wishes = {
  organizationId: string;
  types: readonly string[] | null;
  agentIds: readonly string[] | null;
  mayReadAudit: boolean;
};

/** In order; `bytes` holds all of them as they are sent. */
export type Batch = { events: readonly StoredEvent[]; bytes: Buffer };
export type FanOut = {
  /** From the next event on. Returns how to leave. */
  join(wishes: Wishes, receive: (batch: Batch) => void): () => void;
};

type Group = { wishes: Wishes; readers: Set<(batch: Batch) => void>; waiting: StoredEvent[] };

// A few readers get each event at once. Sending costs a system call for each reader, so many get what came together.
const FEW = 20;
const LONGEST_WAIT = 100;

export function createFanOut(hub: Hub, streamEpoch: string): FanOut {
  const groups = new Map<string, Group>();
  let readers = 0;
  let isDue = false;

  function flush(group: Group): void {
    const events = group.waiting;
    if (events.length === 0) return;
    group.waiting = [];
    const bytes = Buffer.from(events.map((event) => frameOf(streamEpoch, event)).join(''));
    for (const receive of group.readers) receive({ events, bytes });
  }

  function flushAll(): void {
    isDue = false;
    for (const group of groups.values()) flush(group);
  }

  function hear(event: StoredEvent): void {
    for (const group of groups.values()) if (wants(group.wishes, event)) group.waiting.push(event);
    if (isDue) return;
    isDue = true;
    if (readers <= FEW) setImmediate(flushAll);
    else setTimeout(flushAll, Math.min(LONGEST_WAIT, readers / 8));
  }

  let stopListening: (() => void) | null = null;
  return {
    join(wishes, receive) {
      const key = JSON.stringify([wishes.organizationId, wishes.types, wishes.agentIds, wishes.mayReadAudit]);
      const group = groups.get(key) ?? { wishes, readers: new Set(), waiting: [] };
      groups.set(key, group);
      // What came before is for those who were here before.
      flush(group);
      group.readers.add(receive);
      readers += 1;
      stopListening ??= hub.listen(hear);
      return () => {
        if (!group.readers.delete(receive)) return;
        readers -= 1;
        if (group.readers.size === 0) groups.delete(key);
        if (readers > 0) return;
        stopListening?.();
        stopListening = null;
      };
    },
  };
}

export function wants({ organizationId, types, agentIds, mayReadAudit }: Wishes, event: StoredEvent): boolean {
  if (event.organizationId !== organizationId) return false;
  if (event.type === 'audit' && !mayReadAudit) return false;
  if (types !== null && !types.includes(event.type)) return false;
  return agentIds === null || (event.agentId !== null && agentIds.includes(event.agentId));
}

export const positionOf = (streamEpoch: string, number: number): string => `${streamEpoch}-${number}`;

/** One event as it is sent. */
export function frameOf(streamEpoch: string, { position, type, change, at, subject }: StoredEvent): string {
  return `id: ${positionOf(streamEpoch, position)}\nevent: ${type}\ndata: {"at":"${new Date(at).toISOString()}","change":"${change}","subject":${subject}}\n\n`;
}
