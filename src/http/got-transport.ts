// Sends one attempt with got: kept connections, a limit on the body, no redirects followed, no cookie kept.

import type { Got, Request } from 'got';
import { RemoteError } from '../errors.ts';
import { type ConnectionOptions, openConnections } from './connections.ts';
import type { Answer, Attempt, OpenAnswer, Transport } from './transport.ts';
import { transportFailure } from './transport-failure.ts';

/** A transport to one server. got is loaded with the first request: a program that sends none does not pay for it. */
export function gotTransport(server: string, options?: ConnectionOptions): Transport {
  const connections = openConnections(new URL(server), options);
  const where = new URL(server).origin;

  async function start(attempt: Attempt): Promise<Request> {
    const got = await loadGot();
    const { method, url, headers, body, timeoutMs, signal } = attempt;
    return got.stream(url, {
      method: method as 'GET',
      headers,
      // Without a body got would wait for one to be piped in.
      ...((body !== '' || method !== 'GET') && { body }),
      ...(signal && { signal }),
      agent: connections.options,
      timeout: { response: timeoutMs, lookup: timeoutMs, connect: timeoutMs, secureConnect: timeoutMs },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
    });
  }

  async function open(attempt: Attempt): Promise<OpenAnswer> {
    try {
      const body = await start(attempt);
      const response = await headOf(body);
      return { status: response.statusCode ?? 0, headers: flatHeaders(response.headers), body };
    } catch (error) {
      if (attempt.signal?.aborted) throw attempt.signal.reason;
      throw transportFailure(error, where, attempt.timeoutMs / 1000);
    }
  }

  async function send(attempt: Attempt): Promise<Answer> {
    const answer = await open(attempt);
    const { body, status, headers } = answer;
    const deadline = setTimeout(() => body.destroy(new TooSlow()), attempt.timeoutMs);
    try {
      return { status, headers, text: await readText(body, attempt.maxBytes, where) };
    } catch (error) {
      if (attempt.signal?.aborted) throw attempt.signal.reason;
      throw transportFailure(error, where, attempt.timeoutMs / 1000);
    } finally {
      clearTimeout(deadline);
      body.destroy();
    }
  }

  return { send, open, close: connections.close };
}

let loading: Promise<Got> | undefined;
function loadGot(): Promise<Got> {
  loading ??= import('got').then((module) => module.default);
  return loading;
}

type Head = { statusCode?: number; headers: Record<string, string | string[] | undefined> };

function headOf(request: Request): Promise<Head> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays for the life of the stream: an error without a listener would end the process.
    request.on('error', reject);
  });
}

async function readText(body: AsyncIterable<Buffer>, maxBytes: number, where: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new RemoteError('remote.too-large', {
        message: `${where} answered with more than ${Math.round(maxBytes / 1024 / 1024)} MiB, which is more than such an answer can hold.`,
        next: 'Ask for less at once, for example with --limit.',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

class TooSlow extends Error {
  readonly code = 'ETIMEDOUT';
}
