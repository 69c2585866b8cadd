// A server of its own process that streams verification events at a rate, as bytes made beforehand: what is measured is the reader.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const rate = Number(process.argv[2] ?? 50_000);
const TICK = 10;
let position = 0;

const server = createServer((request, response) => {
  const path = (request.url ?? '').split('?')[0];
  if (path === '/api/v1/events/stream') return stream(response);
  response.writeHead(200, { 'content-type': 'application/json' });
  if (path === '/api/v1/status') {
    response.end(
      JSON.stringify({ product: 'aim-terminal', version: '0', features: ['events.stream'], time: new Date().toISOString() }),
    );
  } else response.end(JSON.stringify({ agents: [], alerts: [], mcpServers: [], verifications: [], total: 0 }));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let owed = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    owed += ((now - last) * rate) / 1000;
    last = now;
    // A reader that is slower than the rate gets what it can take, as TCP has it.
    if (response.writableNeedDrain) owed = 0;
    const frames: string[] = [];
    for (; owed >= 1; owed--) frames.push(frame());
    if (frames.length > 0) response.write(frames.join(''));
  }, TICK);
  response.on('close', () => clearInterval(timer));
}

function frame(): string {
  position++;
  const at = new Date().toISOString();
  const subject = `{"id":"v-${position}","agentId":"a-${position % 50}","agentName":"agent-${position % 50}","status":"success","result":"verified","action":"db:read","resourceType":"orders/${position % 1000}","trustScore":0.87,"startedAt":"${at}"}`;
  return `id: ${position}\nevent: verification\ndata: {"at":"${at}","change":"created","subject":${subject}}\n\n`;
}
