// What stands before an agent that others call: each request is checked against what was really received, in time, and once.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { amount, callable, checkArguments, object, optional } from '../arguments.ts';
import { requestHash, verifyA2ARequest } from './request-signature.ts';

/** A request as it was received: the target with its query, and the body before anybody parsed it. */
export type ReceivedRequest = {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string | Uint8Array;
};
export type A2APeer = { agentId: string; requestHash: string };
export type Refused = { status: 401 | 409; reason: string };

export type ReceiverOptions = {
  /** The registered public key (base64) of an agent, or null for one that may not call. Ask AIM, or a list of your own. */
  keyFor(agentId: string): string | null | Promise<string | null>;
  /** How far a caller's clock may be off. Default 300 s, as AIM has it. */
  toleranceSeconds?: number | undefined;
  now?: (() => number) | undefined;
  /**
   * Takes a nonce once for all processes that answer under this name: true for the first that asks, false for a repetition. `until` is in
   * Unix seconds. `SET key 1 NX EXAT until` of Redis is such a place. Default: this process remembers by itself.
   */
  takeNonce?: ((key: string, until: number) => boolean | Promise<boolean>) | undefined;
};

export type A2AReceiver = (request: ReceivedRequest) => Promise<{ peer: A2APeer } | { refused: Refused }>;

const told = object({
  keyFor: callable,
  toleranceSeconds: optional(amount),
  now: optional(callable),
  takeNonce: optional(callable),
});
const MOST_NONCES = 100_000;

/** Recomputes the hash, checks key, signature and time, and takes each nonce once. */
export function createA2AReceiver(options: ReceiverOptions): A2AReceiver {
  checkArguments('createA2AReceiver', { options: told }, [options]);
  const { keyFor, toleranceSeconds = 300, now = Date.now, takeNonce } = options;
  const take = takeNonce ?? rememberedHere(() => now() / 1000);
  const refuse = (reason: string, status: Refused['status'] = 401) => ({ refused: { status, reason } });
  return async ({ method, path, headers, body }) => {
    const header = (name: string): string => String(headers[name] ?? headers[name.toLowerCase()] ?? '');
    const [agentId, stamp, nonce, signature] = ['X-A2A-Agent-ID', 'X-A2A-Timestamp', 'X-A2A-Nonce', 'X-A2A-Signature'].map(
      header,
    ) as [string, string, string, string];
    if (agentId === '' || signature === '') return refuse('The request is not signed.');
    if (!/^[0-9a-f]{32}$/i.test(nonce) || !/^\d{1,12}$/.test(stamp))
      return refuse('The nonce or the time of the signature has not the right form.');
    const seconds = now() / 1000;
    const timestamp = Number(stamp);
    if (Math.abs(seconds - timestamp) > toleranceSeconds) return refuse('The signature is too old, or from the future.');
    const publicKey = await keyFor(agentId);
    if (publicKey === null) return refuse('This agent is not known here.');
    const request = { method, path, body };
    if (!verifyA2ARequest(request, { timestamp, nonce, signature, publicKey }))
      return refuse('The signature does not fit the request.');
    // After the signature: others cannot use up an agent's nonces.
    const key = `${agentId} ${nonce.toLowerCase()}`;
    if (!(await take(key, timestamp + toleranceSeconds))) return refuse('This request was received before.', 409);
    return { peer: { agentId, requestHash: requestHash(request, timestamp, nonce) } };
  };
}

// Full, it takes nothing more: what it cannot remember it could not refuse the second time.
function rememberedHere(seconds: () => number): (key: string, until: number) => boolean {
  const used = new Map<string, number>();
  return (key, until) => {
    forget(used, seconds());
    if (used.has(key) || used.size >= MOST_NONCES) return false;
    used.set(key, until);
    return true;
  };
}

// Insertion order is near enough to the order in which they run out.
function forget(used: Map<string, number>, seconds: number): void {
  for (const [key, until] of used) {
    if (until >= seconds) return;
    used.delete(key);
  }
}

const MOST_BYTES = 1024 * 1024;

/** For `node:http`: reads the body, and calls the handler only for a request that was accepted. */
export function a2aNode(
  receiver: A2AReceiver,
  handler: (request: IncomingMessage, response: ServerResponse, peer: A2APeer, body: Buffer) => void,
) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (status: number, reason: string): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: reason }));
    let body: Buffer;
    let outcome: Awaited<ReturnType<A2AReceiver>>;
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MOST_BYTES) return void response.writeHead(413, { connection: 'close' }).end();
        chunks.push(chunk);
      }
      body = Buffer.concat(chunks);
      outcome = await receiver({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    } catch {
      // The caller hung up, or its key could not be looked up. Nobody waits for this promise: a rejection would end the process.
      return response.destroyed ? undefined : refuse(503, 'The request could not be checked.');
    }
    if ('refused' in outcome) return refuse(outcome.refused.status, outcome.refused.reason);
    handler(request, response, outcome.peer, body);
  };
}

type ExpressLike = {
  method: string;
  originalUrl: string;
  headers: ReceivedRequest['headers'];
  body?: unknown;
  rawBody?: Buffer;
  a2aPeer?: A2APeer;
};
type ExpressResponse = { status(code: number): { json(body: unknown): unknown } };

/** For Express, after `express.raw({ type: () => true })` or a parser that keeps `rawBody`: a parsed body cannot be checked. */
export function a2aExpress(receiver: A2AReceiver) {
  return async (request: ExpressLike, response: ExpressResponse, next: (error?: unknown) => void): Promise<void> => {
    const body =
      request.rawBody ?? (Buffer.isBuffer(request.body) || typeof request.body === 'string' ? request.body : undefined);
    const isEmpty = !Number(request.headers['content-length'] ?? 0) && request.headers['transfer-encoding'] === undefined;
    if (body === undefined && !isEmpty)
      return next(new TypeError('a2aExpress needs the raw body: use express.raw({ type: () => true }) before it.'));
    const { method, originalUrl: path, headers } = request;
    // Express 4 looks at no promise: what fails here must reach `next`, or the request hangs.
    let outcome: Awaited<ReturnType<A2AReceiver>>;
    try {
      outcome = await receiver({ method, path, headers, body: body ?? '' });
    } catch (error) {
      return next(error);
    }
    if ('refused' in outcome) return void response.status(outcome.refused.status).json({ error: outcome.refused.reason });
    request.a2aPeer = outcome.peer;
    next();
  };
}

type FastifyLike = { method: string; url: string; headers: ReceivedRequest['headers']; body: unknown; a2aPeer?: A2APeer };
type FastifyReply = { code(status: number): { send(body: unknown): unknown } };

/** A `preHandler` for Fastify, with a content type parser that leaves the body a string or a buffer (`parseAs: 'buffer'`). */
export function a2aFastify(receiver: A2AReceiver) {
  return async (request: FastifyLike, reply: FastifyReply): Promise<unknown> => {
    const { body = '' } = request;
    if (body !== null && typeof body !== 'string' && !Buffer.isBuffer(body))
      throw new TypeError("a2aFastify needs the raw body: addContentTypeParser('application/json', { parseAs: 'buffer' }, …).");
    const outcome = await receiver({ method: request.method, path: request.url, headers: request.headers, body: body ?? '' });
    if ('refused' in outcome) return reply.code(outcome.refused.status).send({ error: outcome.refused.reason });
    request.a2aPeer = outcome.peer;
    return undefined;
  };
}

type HonoLike = {
  req: { method: string; url: string; raw: Request; arrayBuffer(): Promise<ArrayBuffer> };
  json(body: unknown, status: 401 | 409 | 413): Response;
  set(name: string, value: unknown): void;
};

/** Middleware for Hono; the peer is `c.get('a2aPeer')`. Bodies that come in chunks are for Hono's `bodyLimit` to stop, before it. */
export function a2aHono(receiver: A2AReceiver) {
  return async (context: HonoLike, next: () => Promise<void>): Promise<Response | undefined> => {
    const { pathname, search } = new URL(context.req.url);
    if (Number(context.req.raw.headers.get('content-length') ?? 0) > MOST_BYTES)
      return context.json({ error: 'The request is too large.' }, 413);
    const body = new Uint8Array(await context.req.arrayBuffer());
    const outcome = await receiver({
      method: context.req.method,
      path: pathname + search,
      headers: Object.fromEntries(context.req.raw.headers),
      body,
    });
    if ('refused' in outcome) return context.json({ error: outcome.refused.reason }, outcome.refused.status);
    context.set('a2aPeer', outcome.peer);
    await next();
    return undefined;
  };
}
