// A small order service on loopback, for the bookkeeper to call: it prices orders and takes refunds.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function startOrderService(): Promise<{ url: string; stop(): Promise<void> }> {
  const refunds = new Map<string, string>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, collection, id = ''] = pathname.split('/');
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (collection === 'rates' && request.method === 'GET')
      return answer(200, { currency: 'EUR', perCent: 1, at: new Date().toISOString() });
    if (collection !== 'refunds') return answer(404, { error: 'no such thing' });
    if (request.method === 'POST') refunds.set(id, new Date().toISOString());
    return refunds.has(id) ? answer(200, { id, refundedAt: refunds.get(id) }) : answer(404, { error: 'not refunded' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
