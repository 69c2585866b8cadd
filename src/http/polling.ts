// The live feed of a server without a stream: recent events and the queue, asked for again and again, each change told once.

import { AIMError, AuthenticationError } from '../errors.ts';
import { type StreamChange, type StreamType, type VerificationEvent, verificationEventList } from '../wire/event.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { ApprovalRequest } from '../wire/verification.ts';
import type { StreamItem, StreamOptions } from './api.ts';
import { pauseBefore } from './backoff.ts';
import { allItems } from './paging.ts';
import { link, type Progress, type Rhythm, type StreamParts, slept } from './stream.ts';

type Because = 'no-stream' | 'stream-refused';

/** Ends only with the signal. */
export async function* poll(
  parts: StreamParts,
  options: StreamOptions,
  progress: Progress,
  rhythm: Rhythm,
  because: Because,
): AsyncGenerator<StreamItem, void, void> {
  const seen = new Seen();
  const { signal } = options;
  const wants = (type: StreamType): boolean => options.types === undefined || options.types.includes(type);
  let mayList = wants('approval');
  let waiting = new Map<string, ApprovalRequest>();
  let said = false;
  let isFirst = true;
  let failures = 0;
  let since = Date.now();
  while (!signal?.aborted) {
    const started = Date.now();
    try {
      if (wants('verification')) {
        const recent = await recentEvents(parts, since, options);
        const fresh = recent.filter((event) => seen.isNews(event));
        const shown = isFirst ? fresh.slice(Math.max(0, fresh.length - (options.backlog ?? 0))) : fresh;
        if (isFirst && (options.backlog ?? 0) === 0) shown.length = 0;
        for (const event of shown)
          yield told('verification', seen.changeOf(event), event, event.completedAt ?? event.createdAt, progress);
      }
      if (mayList) {
        const queue = await queueOf(parts, options);
        mayList = queue !== null;
        if (queue !== null) {
          for (const request of queue.values())
            if (!waiting.has(request.id) && (!isFirst || options.backlog))
              yield told('approval', 'created', request, request.requestedAt, progress);
          for (const [id, request] of waiting)
            if (!queue.has(id)) yield told('approval', 'decided', await decided(parts, request), null, progress);
          waiting = queue;
        }
      }
      since = started;
      isFirst = false;
      if (!said || failures > 0)
        yield link({ state: 'polling', everyMs: rhythm.pollMs, lastEventAt: progress.lastEventAt, because });
      said = true;
      failures = 0;
      if (!(await slept(rhythm.pollMs, signal))) return;
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof AIMError)) throw error;
      failures += 1;
      const wait =
        error instanceof AuthenticationError
          ? rhythm.longestPauseMs
          : pauseBefore(failures, { longest: rhythm.longestPauseMs });
      const retryAt = new Date(Date.now() + wait).toISOString() as Timestamp;
      yield error instanceof AuthenticationError
        ? link({ state: 'offline', because: error.message })
        : link({
            state: 'reconnecting',
            retryAt,
            attempt: failures,
            because: error.message,
            lastEventAt: progress.lastEventAt,
          });
      if (!(await slept(wait, signal))) return;
    }
  }
}

async function recentEvents(
  { caller }: StreamParts,
  since: number,
  { agentId, signal }: StreamOptions,
): Promise<VerificationEvent[]> {
  // Whole minutes, and one more: the server counts back from its own clock.
  const minutes = Math.min(Math.ceil((Date.now() - since) / 60_000) + 1, 10_080);
  const { events } = await caller.ask({
    path: '/api/v1/verification-events/recent',
    query: { minutes },
    schema: verificationEventList,
    subject: 'events',
    signal,
  });
  const ours = agentId === undefined ? events : events.filter((event) => event.agentId === agentId);
  return ours.sort((left, right) => (left.createdAt ?? '').localeCompare(right.createdAt ?? ''));
}

/** Null where this caller, or this server, has no queue. */
async function queueOf(
  { approvals }: StreamParts,
  { agentId, signal }: StreamOptions,
): Promise<Map<string, ApprovalRequest> | null> {
  try {
    const queue = new Map<string, ApprovalRequest>();
    for await (const request of allItems((page) => approvals.list(page), { signal })) {
      if (agentId === undefined || request.agentId === agentId) queue.set(request.id, request);
    }
    return queue;
  } catch (error) {
    if (error instanceof AIMError && (error.kind === 'policy' || error.code === 'approvals.unsupported')) return null;
    throw error;
  }
}

// It left the queue; how, the server may still know. Where it does not, `unknown` is the honest answer.
async function decided({ approvals }: StreamParts, request: ApprovalRequest): Promise<ApprovalRequest> {
  try {
    return await approvals.get(request.id);
  } catch (error) {
    if (error instanceof AIMError) return { ...request, status: 'unknown' };
    throw error;
  }
}

function told(
  type: 'verification' | 'approval',
  change: StreamChange,
  subject: VerificationEvent | ApprovalRequest,
  at: Timestamp | null,
  progress: Progress,
): StreamItem {
  const when = at ?? (new Date().toISOString() as Timestamp);
  progress.lastEventAt = when;
  return {
    kind: 'event',
    event: { type, position: '', at: when, change, subject } as (StreamItem & { kind: 'event' })['event'],
  };
}

const KEPT = 20_000; // ids of events already told; `recent` overlaps by a minute or two

/** What was told already, and in which state. */
class Seen {
  readonly #states = new Map<string, string>();
  readonly #changed = new Set<string>();

  isNews(event: VerificationEvent): boolean {
    const state = `${event.status} ${event.result} ${event.executed}`;
    const before = this.#states.get(event.id);
    if (before === state) return false;
    if (before !== undefined) this.#changed.add(event.id);
    this.#states.set(event.id, state);
    if (this.#states.size > KEPT) this.#states.delete(this.#states.keys().next().value ?? '');
    return true;
  }

  changeOf(event: VerificationEvent): StreamChange {
    return this.#changed.delete(event.id) ? 'updated' : 'created';
  }
}
