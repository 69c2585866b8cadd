// One call from beginning to end: credentials, attempts, retries, one renewal after a 401, the answer in our shape or an error.

import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AIMError, PolicyError, UsageError } from '../errors.ts';
import { asUntrusted } from '../text/brand.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { ApiCall, CallOptions } from './api.ts';
import { pause, pauseBefore, readRetryAfter } from './backoff.ts';
import type { CredentialSource, Headers } from './credential-source.ts';
import { decode, parseJson, refuseError, refuseNonsense } from './decode.ts';
import { refusal } from './refusal.ts';
import { oneLine } from './server-words.ts';
import type { Answer, OpenAnswer, Transport } from './transport.ts';
import { mayRetry } from './transport-failure.ts';

export type Call = CallOptions & {
  method?: string;
  /** Begins with `/`; whatever is not ours in it is already percent-encoded. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  /** An access token for this call alone, in the place of the sign-in. */
  token?: string | undefined;
  /** Makes a write safe to repeat. */
  idempotencyKey?: string | undefined;
  ifMatch?: string | undefined;
  /** What an error calls the thing asked for. */
  subject: string;
  timeoutMs?: number;
};

export type RawAnswer = { status: number; headers: Record<string, string>; body: unknown };

export type Caller = {
  readonly server: string;
  /** The answer's body in the schema's shape. @throws AIMError for everything else. */
  ask<Schema extends z.ZodType>(call: Call & { schema: Schema }): Promise<z.output<Schema>>;
  /** Like `ask`, for answers whose body says nothing (204, or some JSON). */
  tell(call: Call): Promise<void>;
  /** Whatever status came, with the body as JSON where it is some, else as text. */
  raw(call: Call): Promise<RawAnswer>;
  open(call: Call): Promise<OpenAnswer>;
  onCall(listener: (call: ApiCall) => void): () => void;
};

export type CallerOptions = {
  server: string;
  transport: Transport;
  credentials: CredentialSource;
  userAgent: string;
  timeoutMs: number;
  retries: number;
  readOnly: boolean;
  signal?: AbortSignal | undefined;
  random?: (() => number) | undefined;
};

const MAX_BYTES = 32 * 1024 * 1024; // AIM's own server answers an unpaged list of 10,000 agents with 8 MB
const MAX_OPEN_WAIT = 30_000; // the longest pause that a server may ask of a call that somebody waits for

export function createCaller(options: CallerOptions): Caller {
  const { server, transport, credentials, readOnly } = options;
  const listeners = new Set<(call: ApiCall) => void>();

  async function attempts<Result extends { status: number; headers: Record<string, string> }>(
    call: Call,
    send: (attempt: Parameters<Transport['send']>[0]) => Promise<Result>,
  ): Promise<Result> {
    const method = (call.method ?? 'GET').toUpperCase();
    if (readOnly && !isRead(method)) throw readOnlyError(method, call.path);
    const url = urlOf(server, call);
    const signal = anySignal(options.signal, call.signal);
    const body = bodyOf(call);
    const repeatable = isRepeatable(method, call);
    let renewals = 0;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const outgoing = { method, target: url.pathname + url.search, body };
      const spoken = await credentials.headersFor(outgoing, signal);
      const headers = headersOf(options.userAgent, call, body, spoken);
      const started = performance.now();
      const done = { at: new Date().toISOString() as Timestamp, method, path: url.pathname };
      try {
        const answer = await send({
          method,
          url,
          headers,
          body,
          signal,
          timeoutMs: call.timeoutMs ?? options.timeoutMs,
          maxBytes: MAX_BYTES,
        });
        report({
          ...done,
          status: answer.status,
          durationMs: performance.now() - started,
          requestId: requestIdOf(answer.headers) ?? null,
          error: null,
        });
        if (
          answer.status === 401 &&
          renewals < (credentials.renewals ?? 1) &&
          call.token === undefined &&
          (await credentials.renew?.(spoken, outgoing, signal, answer.headers['date']))
        ) {
          renewals += 1;
          attempt -= 1; // a refusal is no failure
          discard(answer);
          continue;
        }
        const retryAfterMs = readRetryAfter(answer.headers['retry-after']);
        const again =
          attempt <= options.retries && repeatable && isPassing(answer.status, method) && (retryAfterMs ?? 0) <= MAX_OPEN_WAIT;
        if (!again) return answer;
        discard(answer);
        await pause(pauseBefore(attempt, { retryAfterMs, random: options.random }), signal);
      } catch (error) {
        if (signal?.aborted || !(error instanceof AIMError)) throw error;
        report({
          ...done,
          status: null,
          durationMs: performance.now() - started,
          requestId: null,
          error: asUntrusted(error.message),
        });
        if (attempt > options.retries || !repeatable || !mayRetry(error)) throw error;
        await pause(pauseBefore(attempt, { random: options.random }), signal);
      }
    }
  }

  function report(call: ApiCall): void {
    for (const listener of listeners) listener(call);
  }

  function refused(call: Call, { status, headers }: Omit<Answer, 'text'>, body: unknown): AIMError {
    return refusal({
      status,
      headers,
      body,
      subject: call.subject,
      server,
      signIn: credentials.next,
      requestId: requestIdOf(headers),
    });
  }

  async function ask<Schema extends z.ZodType>(call: Call & { schema: Schema }): Promise<z.output<Schema>> {
    const answer = await attempts(call, transport.send);
    const source = { server, path: call.path, requestId: requestIdOf(answer.headers) };
    if (answer.status < 200 || answer.status > 299) throw refused(call, answer, softJson(answer.text));
    const body = parseJson(answer.text, answer.headers['content-type'], source);
    refuseError(body, source);
    return decode(call.schema, body, source);
  }

  async function tell(call: Call): Promise<void> {
    const answer = await attempts(call, transport.send);
    if (answer.status < 200 || answer.status > 299) throw refused(call, answer, softJson(answer.text));
    const source = { server, path: call.path, requestId: requestIdOf(answer.headers) };
    refuseNonsense(answer.text, answer.headers['content-type'], source);
  }

  async function raw(call: Call): Promise<RawAnswer> {
    const { status, headers, text } = await attempts(call, transport.send);
    const body = text === '' ? null : softJson(text);
    return { status, headers, body: body === undefined ? text : body };
  }

  async function open(call: Call): Promise<OpenAnswer> {
    const answer = await attempts(call, transport.open);
    if (answer.status >= 200 && answer.status <= 299) return answer;
    discard(answer);
    throw refused(call, answer, undefined);
  }

  return {
    server,
    ask,
    tell,
    raw,
    open,
    onCall(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A key for a write that the caller did not name, so that a lost answer does not make it happen twice. */
export const newIdempotencyKey = (): string => randomUUID();

/** @throws UsageError for what JSON cannot say: a circle, a BigInt. */
function bodyOf({ body, path }: Call): string {
  try {
    return body === undefined ? '' : JSON.stringify(body);
  } catch (cause) {
    const message = `What is to be sent to ${path} cannot be written as JSON: ${oneLine((cause as Error).message)}.`;
    throw new UsageError('remote.not-sendable', { message, next: 'Use plain JSON values.', cause });
  }
}

/** @throws UsageError for an id such as `..`, which would make it another address. */
function urlOf(server: string, { path, query }: Call): URL {
  if (/\/\.\.?(?:\/|$)/.test(path))
    throw new UsageError('remote.address', { message: `${path} is not the address of anything.` });
  const url = new URL(server + path);
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

function headersOf(userAgent: string, call: Call, body: string, spoken: Headers): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(body !== '' && { 'content-type': 'application/json' }),
    ...(call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey }),
    ...(call.ifMatch !== undefined && { 'if-match': call.ifMatch }),
    ...call.headers,
    ...(call.token === undefined ? spoken : { authorization: `Bearer ${call.token}` }),
  };
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

function isRepeatable(method: string, { idempotencyKey }: Call): boolean {
  return isRead(method) || method === 'PUT' || method === 'DELETE' || idempotencyKey !== undefined;
}

// 500 may have happened after the change, and old servers mean "invalid" by it: only a read may simply ask again.
const isPassing = (status: number, method: string): boolean =>
  status === 429 || status === 502 || status === 503 || status === 504 || (status === 500 && isRead(method));

const requestIdOf = (headers: Readonly<Record<string, string>>): string | undefined => headers['x-request-id'];

function softJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function discard(answer: object): void {
  if ('body' in answer) (answer as OpenAnswer).body.destroy();
}

// One signal given twice is that signal: what AbortSignal.any makes is held by the first until a major collection, with all that its
// call had in hand, and a list of a thousand pages is a thousand calls.
function anySignal(first: AbortSignal | undefined, second: AbortSignal | undefined): AbortSignal | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  return AbortSignal.any([first, second]);
}

function readOnlyError(method: string, path: string): PolicyError {
  return new PolicyError('policy.read-only', {
    message: `Nothing was sent: ${method} ${path} would change something, and this is read-only.`,
    next: 'Run it without --read-only, or unset readOnly: aim config get readOnly',
  });
}
