// The way to a server: straight over connections of our own, or through a proxy and for streams with Node's client. Follows no redirect.

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { type ConnectionOptions, routeTo } from './connections.ts';
import { directTransport } from './direct-transport.ts';
import { type RawAnswer, tooLarge } from './http1-answer.ts';
import type { Exchange } from './kept-connection.ts';
import { lastSend } from './last-send.ts';
import { proxyFailure, wantsSignIn } from './proxy-failure.ts';
import type { Answer, Attempt, OpenAnswer, Transport } from './transport.ts';
import { transportFailure } from './transport-failure.ts';

/** A transport to one server. @throws ConfigurationError where a certificate file that is named cannot be read. */
export function nodeTransport(server: string, options?: ConnectionOptions): Transport {
  const address = new URL(server);
  const { origin, protocol, hostname } = address;
  const host = hostname.replace(/^\[|\]$/g, '');
  const route = routeTo(address, options);
  const direct = route.isDirect ? directTransport(address, route.tls) : null;

  function begin(
    { method, url, headers, body, signal }: Attempt,
    begun: (outgoing: ClientRequest) => void,
  ): Promise<IncomingMessage> {
    const { request } = protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
    return new Promise((resolve, reject) => {
      const list = ['host', url.host];
      for (const name in headers) list.push(name, headers[name] ?? '');
      if (body !== '' || method !== 'GET') list.push('content-length', String(Buffer.byteLength(body)));
      const outgoing = request(
        {
          agent: route.agent(),
          host,
          port: url.port,
          path: url.pathname + url.search,
          method,
          headers: list,
          ...(signal && { signal }),
        },
        resolve,
      );
      outgoing.on('error', reject);
      begun(outgoing);
      outgoing.end(body);
    });
  }

  async function attemptIt<Result>(attempt: Attempt, use: (message: IncomingMessage) => Promise<Result>): Promise<Result> {
    let late = false;
    let outgoing: ClientRequest | undefined;
    // Counts everything from connecting to the last byte, so that a trickle does not last for ever.
    const deadline = setTimeout(() => {
      late = true;
      outgoing?.destroy(new TooLate());
    }, attempt.timeoutMs);
    try {
      const message = await begin(attempt, (begun) => {
        outgoing = begun;
      });
      if (message.statusCode === 407 && route.proxy !== null) {
        message.destroy();
        throw wantsSignIn(route.proxy);
      }
      return await use(message);
    } catch (error) {
      throw failure(late ? new TooLate() : error, attempt);
    } finally {
      clearTimeout(deadline);
    }
  }

  function failure(error: unknown, { signal, timeoutMs }: Attempt): unknown {
    if (signal?.aborted) return signal.reason;
    const atProxy = route.proxy === null ? null : proxyFailure(error, route.proxy, origin);
    return atProxy ?? transportFailure(error, origin, timeoutMs / 1000);
  }

  function send(attempt: Attempt): Promise<Answer> {
    const { maxBytes } = attempt;
    if (direct === null)
      return attemptIt(attempt, async (message) => decoded(await readAnswer(message, maxBytes, origin), maxBytes));
    return exchanged(attempt, direct.send);
  }

  function exchanged(attempt: Attempt, begin: (exchange: Exchange) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown): void => reject(failure(error, attempt));
      const accept = (answer: RawAnswer): void => {
        try {
          resolve(decoded(answer, attempt.maxBytes));
        } catch (error) {
          refuse(error);
        }
      };
      try {
        begin({ attempt, resolve: accept, reject: refuse });
      } catch (error) {
        refuse(error);
      }
    });
  }

  return {
    send,
    ...(direct !== null && {
      sendTogether: (attempts) => {
        const exchanges: Exchange[] = [];
        const coming = attempts.map((attempt) => exchanged(attempt, (exchange) => exchanges.push(exchange)));
        direct.sendTogether(exchanges);
        return coming;
      },
    }),
    sendLast: (attempts, timeoutMs) => lastSend(attempts, route, timeoutMs),
    open: (attempt) =>
      attemptIt(attempt, async (message): Promise<OpenAnswer> => ({ ...headOf(message), body: quiet(message) })),
    close() {
      direct?.close();
      route.close();
    },
  };
}

function readAnswer(message: IncomingMessage, maxBytes: number, server: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      reject(tooLarge(server, maxBytes));
      message.destroy();
    });
    message.on('error', reject);
    message.on('aborted', () => reject(Object.assign(new Error('cut off'), { code: 'ECONNRESET' })));
    message.on('end', () => {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
      resolve({ ...headOf(message), bytes });
    });
  });
}

/** No compression is asked for; a server or a proxy that compresses all the same is understood. */
function decoded({ status, headers, bytes }: RawAnswer, maxBytes: number): Answer {
  const coding = headers['content-encoding']?.trim().toLowerCase();
  if (coding === undefined || coding === '' || coding === 'identity') return { status, headers, text: bytes.toString('utf8') };
  const zlib = process.getBuiltinModule('node:zlib');
  const open = { gzip: zlib.gunzipSync, 'x-gzip': zlib.gunzipSync, deflate: zlib.inflateSync, br: zlib.brotliDecompressSync }[
    coding
  ];
  if (open === undefined) throw Object.assign(new Error(coding), { code: 'ERR_CONTENT_CODING' });
  return { status, headers, text: open(bytes, { maxOutputLength: maxBytes }).toString('utf8') };
}

// The names that anything here reads, and no copy of the rest.
function headOf({ statusCode = 0, headers }: IncomingMessage): { status: number; headers: Record<string, string> } {
  return { status: statusCode, headers: headers as Record<string, string> };
}

// An answer that is given up before anybody reads it must not end the process with its error.
function quiet(body: Readable): Readable {
  return body.on('error', () => {});
}

class TooLate extends Error {
  readonly code = 'ETIMEDOUT';
}
