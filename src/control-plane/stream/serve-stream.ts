// The event stream of one reader: what was missed, then what happens, in order, never more than the reader can take.

import type { ServerResponse } from 'node:http';
import type { Services } from '../services.ts';
import type { StoredEvent } from './hub.ts';
import { eventsAfter, tailOfStream } from './log.ts';

export type StreamReader = {
  organizationId: string;
  /** AND across the members, OR within a list. Null takes all. */
  types: readonly string[] | null;
  agentIds: readonly string[] | null;
  mayReadAudit: boolean;
  /** `Last-Event-ID`. */
  after: string | null;
  backlog: number;
};

const HEARTBEAT_MS = 10_000;
const PAGE = 500;
// What a reader may leave unread before events are skipped and counted for it.
const UNREAD_BYTES = 1024 * 1024;

export async function serveStream(
  services: Services,
  reader: StreamReader,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { hub, queries, streamEpoch } = services;
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Connection: 'keep-alive',
  });
  const position = (number: number): string => `${streamEpoch}-${number}`;
  const send = (id: number | null, event: string, text: string): boolean =>
    response.write(`${id === null ? '' : `id: ${position(id)}\n`}event: ${event}\ndata: ${text}\n\n`);

  // Live events wait here until the past has been sent, so that nothing falls between the two.
  let live: StoredEvent[] | null = [];
  let sent = 0;
  let skippedFrom: number | null = null;
  let skipped = 0;

  function deliver(event: StoredEvent): void {
    if (event.position <= sent || !wants(reader, event)) return;
    if (live !== null) {
      live.push(event);
      if (live.length > 10_000) live.shift();
      return;
    }
    if (response.writableLength > UNREAD_BYTES) {
      skippedFrom ??= sent;
      skipped += 1;
      sent = event.position;
      return;
    }
    tellSkipped();
    write(event);
  }
  function tellSkipped(): void {
    if (skippedFrom === null) return;
    send(sent, 'gap', JSON.stringify({ from: position(skippedFrom), to: position(sent), missed: skipped }));
    skippedFrom = null;
    skipped = 0;
  }
  function write(event: StoredEvent): void {
    sent = event.position;
    send(
      event.position,
      event.type,
      `{"at":"${new Date(event.at).toISOString()}","change":"${event.change}","subject":${event.subject}}`,
    );
  }

  const stopListening = hub.listen(deliver);
  response.on('drain', tellSkipped);
  const heartbeat = setInterval(
    () => send(null, 'heartbeat', `{"at":"${new Date(services.clock()).toISOString()}"}`),
    HEARTBEAT_MS,
  );
  const closing = (): void => {
    send(null, 'closing', '{"reason":"the server is stopping"}');
    response.end();
  };
  services.stopping.addEventListener('abort', closing);
  const end = (): void => {
    stopListening();
    clearInterval(heartbeat);
    services.stopping.removeEventListener('abort', closing);
  };
  signal.addEventListener('abort', end);
  response.on('close', end);

  send(null, 'heartbeat', `{"at":"${new Date(services.clock()).toISOString()}"}`);
  sent = await whereToStart();
  for (let from = sent; !signal.aborted; ) {
    const page = await eventsAfter(queries, from, PAGE, reader.organizationId);
    for (const event of page) if (event.position > sent && wants(reader, event)) write(event);
    from = page.at(-1)?.position ?? from;
    sent = Math.max(sent, from);
    if (page.length < PAGE) break;
    if (response.writableLength > UNREAD_BYTES) await drained(response, signal);
  }
  const waiting = live ?? [];
  live = null;
  for (const event of waiting) deliver(event);
  if (services.isStopping()) closing();

  /** The position after which events are sent, having said what can no longer be. */
  async function whereToStart(): Promise<number> {
    if (reader.after !== null) {
      const [epoch, number] = /^([0-9a-f]+)-(\d{1,15})$/.exec(reader.after)?.slice(1) ?? [];
      const after = epoch === streamEpoch ? Number(number) : null;
      const tail = await tailOfStream(queries);
      // Positions of one's own organisation have holes, so only what lies before the first kept one is known to be lost.
      if (after !== null && after <= hub.head && (tail === null || after >= tail - 1)) return after;
      const to = after === null || after > hub.head ? hub.head : (tail ?? 1) - 1;
      send(to, 'gap', JSON.stringify({ from: reader.after, to: position(to), missed: null }));
      return to;
    }
    if (reader.backlog === 0) {
      // Says where it starts, so that a reader that loses its link before the first event can resume.
      send(hub.head, 'heartbeat', `{"at":"${new Date(services.clock()).toISOString()}"}`);
      return hub.head;
    }
    let latest = queries.selectFrom('streamEvents').select('position').where('organizationId', '=', reader.organizationId);
    if (reader.types !== null) latest = latest.where('type', 'in', [...reader.types]);
    if (!reader.mayReadAudit) latest = latest.where('type', '!=', 'audit');
    if (reader.agentIds !== null) latest = latest.where('agentId', 'in', [...reader.agentIds]);
    const rows = await latest.orderBy('position', 'desc').limit(reader.backlog).execute();
    return (rows.at(-1)?.position ?? hub.head + 1) - 1;
  }
}

export function wants({ organizationId, types, agentIds, mayReadAudit }: StreamReader, event: StoredEvent): boolean {
  if (event.organizationId !== organizationId) return false;
  if (event.type === 'audit' && !mayReadAudit) return false;
  if (types !== null && !types.includes(event.type)) return false;
  return agentIds === null || (event.agentId !== null && agentIds.includes(event.agentId));
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
