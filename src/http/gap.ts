// Events that the stream no longer had: fetched from the history where it can be done, and always said.

import { AIMError } from '../errors.ts';
import type { VerificationEvent } from '../wire/event.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { Api, StreamItem, StreamOptions } from './api.ts';
import { allItems } from './paging.ts';
import type { Progress } from './stream.ts';

const MOST = 1_000; // more than that is not caught up, it is a new beginning

/** The missed verifications, oldest first, then the gap itself; `filled` is true only where nothing can be missing among them. */
export async function* fillGap(
  events: Pick<Api['events'], 'list'>,
  gap: StreamItem & { kind: 'gap' },
  { types, agentId, signal }: StreamOptions,
  progress: Progress,
): AsyncGenerator<StreamItem, void, void> {
  const wanted = types === undefined || types.includes('verification');
  if (gap.from === null || !wanted) {
    yield gap;
    return;
  }
  let missed: VerificationEvent[] = [];
  let whole = false;
  try {
    ({ missed, whole } = await collect(events, { since: gap.from, agentId, signal }));
  } catch (error) {
    if (!(error instanceof AIMError)) throw error;
  }
  for (const subject of missed.toReversed()) {
    const at = subject.createdAt ?? gap.to;
    progress.lastEventAt = at;
    yield { kind: 'event', event: { type: 'verification', position: progress.position ?? '', at, change: 'created', subject } };
  }
  // Other types of event have no history to fetch: with them the gap stays a gap.
  yield { ...gap, filled: whole && types?.length === 1 };
}

type Span = { since: Timestamp; agentId: StreamOptions['agentId']; signal: AbortSignal | undefined };

/** Newest first, back to the moment before the gap. */
async function collect(
  events: Pick<Api['events'], 'list'>,
  { since, ...options }: Span,
): Promise<{ missed: VerificationEvent[]; whole: boolean }> {
  const missed: VerificationEvent[] = [];
  for await (const event of allItems((page) => events.list({ ...page, ...options, since }))) {
    if (event.createdAt !== null && event.createdAt <= since) return { missed, whole: true };
    missed.push(event);
    if (missed.length >= MOST) return { missed, whole: false };
  }
  return { missed, whole: true };
}
