// What agents ask many times a second goes past the HTTP framework, whose routing, hooks and objects cost more than all that we do with
// such a request ourselves. Only the plain case does: whatever is unusual about a request is left to the framework.

import { randomUUID } from 'node:crypto';
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  RequestListener,
  Server,
  ServerResponse,
} from 'node:http';
import type { FastifyBaseLogger } from 'fastify';

/** What the framework’s request and reply offer, as far as we use it. */
export type PlainRequest = {
  readonly id: string;
  readonly method: string;
  readonly raw: IncomingMessage;
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
  readonly params: object;
  readonly query: object;
  readonly body: Buffer;
  readonly log: FastifyBaseLogger;
};
export type PlainReply = {
  readonly raw: ServerResponse;
  statusCode: number;
  readonly elapsedTime: number;
  code(status: number): PlainReply;
  header(name: string, value: string): PlainReply;
  headers(headers: OutgoingHttpHeaders): PlainReply;
  send(body: unknown): PlainReply;
};

export type PastFramework = {
  /** Exactly as they are asked, by POST. */
  paths: ReadonlySet<string>;
  mostBytes: number;
  /** Whether the framework has something to do with every request by now. */
  isFrameworkNeeded: () => boolean;
  logOf: (id: string) => FastifyBaseLogger;
  /** Never rejects. */
  answer(path: string, request: PlainRequest, reply: PlainReply): void;
};

export function goPastFramework(server: Server, options: PastFramework): void {
  const framework = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (raw: IncomingMessage, response: ServerResponse) => {
    if (isPlain(raw, options)) take(raw, response, options);
    else for (const listener of framework) listener(raw, response);
  });
}

function isPlain(
  { method, url = '', headers }: IncomingMessage,
  { paths, mostBytes, isFrameworkNeeded }: PastFramework,
): boolean {
  return (
    method === 'POST' &&
    paths.has(url) &&
    // No body in pieces, none that is too large, none in another form; and nobody in between who speaks for somebody else.
    Number(headers['content-length'] ?? Number.NaN) <= mostBytes &&
    headers['content-type'] === 'application/json' &&
    headers['x-forwarded-for'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers.expect === undefined &&
    !isFrameworkNeeded()
  );
}

function take(raw: IncomingMessage, response: ServerResponse, { answer, logOf }: PastFramework): void {
  const startedAt = performance.now();
  const pieces: Buffer[] = [];
  raw.on('data', (piece: Buffer) => void pieces.push(piece));
  raw.on('end', () => {
    const body = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    const id = randomUUID();
    const request: PlainRequest = {
      id,
      log: logOf(id),
      method: 'POST',
      raw,
      headers: raw.headers,
      ip: raw.socket.remoteAddress ?? '',
      params: NONE,
      query: NONE,
      body,
    };
    answer(raw.url ?? '', request, new Reply(response, startedAt));
  });
}

const NONE = Object.freeze({});

class Reply implements PlainReply {
  readonly raw: ServerResponse;
  statusCode = 200;
  readonly #startedAt: number;
  readonly #headers: OutgoingHttpHeaders = {};

  constructor(raw: ServerResponse, startedAt: number) {
    this.raw = raw;
    this.#startedAt = startedAt;
  }

  get elapsedTime(): number {
    return performance.now() - this.#startedAt;
  }

  code(status: number): this {
    this.statusCode = status;
    return this;
  }

  header(name: string, value: string): this {
    this.#headers[name] = value;
    return this;
  }

  headers(headers: OutgoingHttpHeaders): this {
    Object.assign(this.#headers, headers);
    return this;
  }

  send(body: unknown): this {
    const text = JSON.stringify(body);
    this.#headers['Content-Type'] = 'application/json; charset=utf-8';
    this.#headers['Content-Length'] = Buffer.byteLength(text);
    this.raw.writeHead(this.statusCode, this.#headers);
    this.raw.end(text);
    return this;
  }
}
