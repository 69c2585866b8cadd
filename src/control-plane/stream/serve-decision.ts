// The stream of one agent that waits: how its verification stands, at once and when that changes, until it is decided.

import type { ServerResponse } from 'node:http';

export type Waited<Row> = {
  /** The row after a change, or after as long as a heartbeat lasts. */
  next(): Promise<Row>;
  /** What the agent is told of it, as one line of JSON. */
  told(row: Row): Promise<{ text: string; isPending: boolean }>;
  /** Whether the agent has gone, or the server goes. */
  isOver(): boolean;
};

export async function serveDecision<Row>(
  first: Row,
  { next, told, isOver }: Waited<Row>,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  let before = '';
  for (let row = first; !isOver(); row = await next()) {
    const { text, isPending } = await told(row);
    response.write(text === before ? 'event: heartbeat\ndata: {}\n\n' : `event: verification\ndata: ${text}\n\n`);
    if (!isPending) break;
    before = text;
  }
  response.end();
}
