// Requests that never get as far as a route, each answered in the shape that all refusals have.

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from './refusal.ts';

/** What Node would answer without a word, or not at all. */
export function answerUnusual(server: Server): void {
  server.on('checkExpectation', (_request, response) => {
    const body = bodyOf('expectationFailed', 'Nothing but 100-continue can be expected of this server');
    response.writeHead(417, { 'Content-Type': JSON_TYPE, Connection: 'close' }).end(body);
  });
  server.on('connect', (_request, socket) => {
    if (socket.writable) socket.end(answer('405 Method Not Allowed', 'methodNotAllowed', 'This server is no proxy'));
  });
}

/** A request that is not HTTP, too slow, or all headers. There is no reply object yet. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  socket.end(answer(...(UNREADABLE[error.code ?? ''] ?? NO_HTTP)));
}

/** Two names for one request are read differently by whoever stands in between. @throws Refusal 400 */
export function mustNameOneHost({ rawHeaders, httpVersion }: IncomingMessage): void {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return;
  throw new Refusal(400, 'hostNeeded', `A request names one host; this one named ${hosts === 0 ? 'none' : hosts}`);
}

type Words = [status: string, reasonCode: string, message: string];
const NO_HTTP: Words = ['400 Bad Request', 'invalidRequest', 'This is no HTTP request'];
const UNREADABLE: Record<string, Words> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headersTooLarge', 'The headers are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'requestTimeout', 'The request took too long to arrive'],
};
const JSON_TYPE = 'application/json; charset=utf-8';
const bodyOf = (reasonCode: string, message: string): string => JSON.stringify({ error: message, reasonCode });

function answer(...[status, reasonCode, message]: Words): string {
  const body = bodyOf(reasonCode, message);
  return `HTTP/1.1 ${status}\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}
