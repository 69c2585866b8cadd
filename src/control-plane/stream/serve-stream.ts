// The event stream of one reader: what was missed, then what happens, in order, never more than the reader can take.

import type { ServerResponse } from 'node:http';
import type { Services } from '../services.ts';
import { type Batch, createFanOut, type FanOut, frameOf, positionOf, type Wishes, wants } from './fan-out.ts';
import type { Hub } from './hub.ts';
import { eventsAfter, headOfStream, tailOfStream } from './log.ts';

export type StreamReader = {
  wishes: Wishes;
  /** `Last-Event-ID`. */
  after: string | null;
  backlog: number;
  /** Whether the sign-in behind it still holds, and allows the same. */
  mayStill(): Promise<boolean>;
};

const HEARTBEAT_MS = 10_000;
const PAGE = 500;
// What a reader may leave unread before events are skipped and counted for it.
const UNREAD_BYTES = 1024 * 1024;
// One that has taken nothing for so long has gone without a word; should it come back, it resumes.
const LONGEST_STALL_MS = 120_000;

export async function serveStream(
  services: Services,
  reader: StreamReader,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { hub, queries, streamEpoch } = services;
  const { wishes } = reader;
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Connection: 'keep-alive',
  });
  const position = (number: number): string => positionOf(streamEpoch, number);
  const send = (id: number | null, event: string, text: string): boolean =>
    response.write(`${id === null ? '' : `id: ${position(id)}\n`}event: ${event}\ndata: ${text}\n\n`);
  const beat = (id: number | null = null): boolean =>
    send(id, 'heartbeat', `{"at":"${new Date(services.clock()).toISOString()}"}`);

  let sent = 0;
  let skippedFrom: number | null = null;
  let skipped = 0;
  let stalledAt: number | null = null;

  function receive({ events, bytes }: Batch): void {
    const fresh = events.filter((event) => event.position > sent);
    const last = fresh.at(-1);
    if (last === undefined) return;
    if (response.writableLength > UNREAD_BYTES) {
      skippedFrom ??= sent;
      skipped += fresh.length;
      sent = last.position;
      return;
    }
    tellSkipped();
    sent = last.position;
    response.write(fresh.length === events.length ? bytes : fresh.map((event) => frameOf(streamEpoch, event)).join(''));
  }
  function sayForgotten(from: string, to: number): void {
    send(to, 'gap', JSON.stringify({ from, to: position(to), missed: null }));
  }
  function tellSkipped(): void {
    stalledAt = null;
    if (skippedFrom === null) return;
    send(sent, 'gap', JSON.stringify({ from: position(skippedFrom), to: position(sent), missed: skipped }));
    skippedFrom = null;
    skipped = 0;
  }

  async function pulse(): Promise<void> {
    if (response.writableNeedDrain) {
      stalledAt ??= services.clock();
      if (services.clock() - stalledAt > LONGEST_STALL_MS) response.destroy();
      return;
    }
    // A database that is away is no reason to end what still works.
    if (await reader.mayStill().catch(() => true)) beat();
    else close('the sign-in has ended');
  }
  function close(reason: string): void {
    send(null, 'closing', JSON.stringify({ reason }));
    response.end();
  }

  let leave: (() => void) | undefined;
  response.on('drain', tellSkipped);
  const heartbeat = setInterval(() => void pulse(), HEARTBEAT_MS);
  const closing = (): void => close('the server is stopping');
  services.stopping.addEventListener('abort', closing);
  const end = (): void => {
    leave?.();
    clearInterval(heartbeat);
    services.stopping.removeEventListener('abort', closing);
  };
  signal.addEventListener('abort', end);
  response.on('close', end);

  beat();
  sent = await whereToStart();
  for (let from = sent; !signal.aborted; ) {
    const head = hub.head;
    const page = await eventsAfter(queries, from, PAGE, wishes.organizationId);
    // Looked at after the page: what was forgotten while the reader took the last one is not in this one.
    const tail = (await tailOfStream(queries)) ?? 0;
    if (tail > from + 1 && tail <= (page[0]?.position ?? tail)) {
      sayForgotten(position(from), tail - 1);
      from = tail - 1;
    }
    const wanted = page.filter((event) => wants(wishes, event));
    if (wanted.length > 0) response.write(wanted.map((event) => frameOf(streamEpoch, event)).join(''));
    from = page.at(-1)?.position ?? from;
    sent = Math.max(sent, from);
    if (response.writableLength > UNREAD_BYTES) await drained(response, signal);
    // Nothing was told while it read, so what comes next comes by the other way; nothing falls between the two.
    else if (page.length < PAGE && hub.head === head) break;
  }
  if (signal.aborted) return;
  sent = Math.max(sent, hub.head);
  leave = fanOutOf(hub, streamEpoch).join(wishes, receive);
  if (services.isStopping()) closing();

  /** The position after which events are sent, having said what can no longer be. */
  async function whereToStart(): Promise<number> {
    if (reader.after !== null) {
      const [epoch, number] = /^([0-9a-f]+)-(\d{1,15})$/.exec(reader.after)?.slice(1) ?? [];
      const after = epoch === streamEpoch ? Number(number) : null;
      const tail = await tailOfStream(queries);
      // Of several instances another one may have told more than this one has heard of.
      const head = after !== null && after > hub.head ? await headOfStream(queries) : hub.head;
      const first = tail ?? head + 1;
      // Positions of one's own organisation have holes, so only what lies before the first kept one is known to be lost.
      if (after !== null && after <= head && after >= first - 1) return after;
      const to = after === null || after > head ? head : first - 1;
      sayForgotten(reader.after, to);
      return to;
    }
    if (reader.backlog === 0) {
      // Says where it starts, so that a reader that loses its link before the first event can resume.
      beat(hub.head);
      return hub.head;
    }
    let latest = queries.selectFrom('streamEvents').select('position').where('organizationId', '=', wishes.organizationId);
    if (wishes.types !== null) latest = latest.where('type', 'in', [...wishes.types]);
    if (!wishes.mayReadAudit) latest = latest.where('type', '!=', 'audit');
    if (wishes.agentIds !== null) latest = latest.where('agentId', 'in', [...wishes.agentIds]);
    const rows = await latest.orderBy('position', 'desc').limit(reader.backlog).execute();
    return (rows.at(-1)?.position ?? hub.head + 1) - 1;
  }
}

const fanOuts = new WeakMap<Hub, FanOut>();

function fanOutOf(hub: Hub, streamEpoch: string): FanOut {
  const known = fanOuts.get(hub) ?? createFanOut(hub, streamEpoch);
  fanOuts.set(hub, known);
  return known;
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
