// Events as they come: what was before, then live, with every gap as a record of its own.

import type { Api, StreamItem } from '../../src/http/api.ts';
import type { StreamEvent, StreamType, VerificationEvent } from '../../src/wire/event.ts';
import type { AgentId, Timestamp } from '../../src/wire/scalars.ts';
import { orQuiet } from '../or-quiet.ts';

/** One line of `aim events tail --json`. */
export type TailRecord =
  | StreamEvent
  /** From the history: it has no position in the stream. */
  | { type: 'verification'; position: null; at: Timestamp | null; change: 'created'; subject: VerificationEvent }
  | { type: 'gap'; at: Timestamp; missed: number | null; filled: boolean; from: Timestamp | null; to: Timestamp }
  | { type: 'link'; at: Timestamp; link: Extract<StreamItem, { kind: 'link' }>['link'] };

export type TailRequest = {
  types: readonly StreamType[] | undefined;
  agentId: AgentId | undefined;
  since: Timestamp | undefined;
  until: Timestamp | undefined;
  cursor: string | undefined;
  backlog: number;
  follow: boolean;
  signal: AbortSignal;
};

export async function* tailEvents(api: Api, request: TailRequest): AsyncGenerator<TailRecord> {
  const { since, until, cursor, backlog, follow, signal } = request;
  if (!follow && cursor === undefined) {
    yield* history(api, request, since === undefined ? backlog : Number.POSITIVE_INFINITY);
    return;
  }
  // The stream is opened before the history is read, so that nothing falls between the two.
  const ended = new AbortController();
  const live = api.events
    .stream({
      types: request.types,
      agentId: request.agentId,
      after: cursor,
      backlog: since === undefined && cursor === undefined ? backlog : 0,
      signal: AbortSignal.any([signal, ended.signal]),
    })
    [Symbol.asyncIterator]();
  try {
    let next = live.next();
    next.catch(() => {}); // looked at below
    const seen = new Set<string>();
    if (since !== undefined) {
      for await (const record of history(api, request, Number.POSITIVE_INFINITY)) {
        seen.add(stateOf(record.subject));
        yield record;
      }
    }
    for (;;) {
      const item = await (follow ? next : orQuiet(next));
      if (item === null || item.done) return;
      next = live.next();
      next.catch(() => {});
      const record = recordOf(item.value);
      if (record.type === 'verification' && seen.delete(stateOf(record.subject))) continue;
      if (until !== undefined && record.at !== null && record.at > until) return;
      yield record;
    }
  } finally {
    ended.abort();
  }
}

const stateOf = ({ id, status, result }: VerificationEvent) => `${id} ${status} ${result}`;

function recordOf(item: StreamItem): TailRecord {
  if (item.kind === 'event') return item.event;
  const now = new Date().toISOString() as Timestamp;
  if (item.kind === 'link') return { type: 'link', at: now, link: item.link };
  const { missed, filled, from, to } = item;
  return { type: 'gap', at: now, missed, filled, from, to };
}

/** Oldest first, at most the latest `count`. */
async function* history(api: Api, { since, until, agentId, signal }: TailRequest, count: number) {
  const found: VerificationEvent[] = [];
  let cursor: string | undefined;
  while (found.length < count) {
    const page = await api.events.list({ since, until, agentId, cursor, limit: Math.min(100, count - found.length), signal });
    found.push(...page.items);
    if (page.nextCursor === null || page.nextCursor === cursor) break;
    cursor = page.nextCursor;
  }
  for (const subject of found.reverse()) {
    yield {
      type: 'verification',
      position: null,
      at: subject.startedAt ?? subject.createdAt,
      change: 'created',
      subject,
    } as const;
  }
}
