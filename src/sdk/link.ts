// What one agent holds towards its server: identity, connections, clock, limits. Every part of the SDK sends through it.

import type { AgentIdentity } from '../crypto/agent-request.ts';
import { nodeTransport } from '../http/node-transport.ts';
import type { Answer, Attempt, OpenAnswer, Transport } from '../http/transport.ts';
import { version } from '../version.ts';
import { type AnsweredIds, createAnsweredIds } from './answered-ids.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import { type Clock, createClock } from './clock.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

export type LinkOptions = {
  server: string;
  identity: AgentIdentity;
  agentName: string;
  timeoutMs: number;
  retries: number;
  maxRequestsPerSecond?: number | undefined;
  /** Sent as `X-SDK-Token`: usage tracking, never a credential. */
  sdkTokenId?: string | undefined;
  transport?: Transport | undefined;
};

export type LinkRequest = {
  method: string;
  path: string;
  body: string;
  headers?: Record<string, string>;
  maxBytes: number;
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
};

export type Link = {
  readonly server: string;
  readonly identity: AgentIdentity;
  readonly agentName: string;
  /** For one request. */
  readonly timeoutMs: number;
  readonly retries: number;
  readonly clock: Clock;
  readonly breaker: CircuitBreaker;
  readonly limit: RateLimit;
  readonly trackingHeaders: Record<string, string>;
  readonly transport: Transport;
  /** Whether this server has been seen to say which action it answers. */
  isBound: boolean;
  /** For one that has not. */
  readonly answeredIds: AnsweredIds;
  /** One attempt. @throws RemoteError for what failed on the way. */
  send(request: LinkRequest): Promise<Answer>;
  /** The same for several that may be repeated: written at once where the transport can. */
  sendTogether(requests: readonly LinkRequest[]): Promise<Answer>[];
  /** Several that may be repeated, from an `exit` listener: blocks for at most `timeoutMs`. */
  sendLast(requests: readonly LinkRequest[], timeoutMs: number): void;
  /** One attempt whose answer still comes: for streams. */
  open(request: LinkRequest): Promise<OpenAnswer>;
  close(): void;
};

const ASKING = '/api/v1/sdk-api/verifications';

export const sdkUserAgent = `AIM-TypeScript-SDK/${version}`;

export function createLink({
  server,
  identity,
  agentName,
  timeoutMs,
  retries,
  maxRequestsPerSecond,
  sdkTokenId,
  transport = nodeTransport(server),
}: LinkOptions): Link {
  const base = new URL(server);
  const prefix = base.pathname.replace(/\/$/, '');
  const asking = new URL(prefix + ASKING, base); // parsed once: it is the address of every verified action
  const attemptOf = ({
    method,
    path,
    body,
    headers,
    maxBytes,
    timeoutMs: longer = timeoutMs,
    signal,
  }: LinkRequest): Attempt => ({
    method,
    url: path === ASKING ? asking : new URL(prefix + path, base),
    headers: {
      accept: 'application/json',
      'user-agent': sdkUserAgent,
      ...(body !== '' && { 'content-type': 'application/json' }),
      ...headers,
    },
    body,
    timeoutMs: longer,
    maxBytes,
    signal,
  });
  return {
    server,
    identity,
    agentName,
    timeoutMs,
    retries,
    clock: createClock(),
    breaker: createCircuitBreaker(server),
    limit: createRateLimit(maxRequestsPerSecond),
    trackingHeaders: sdkTokenId === undefined ? {} : { 'x-sdk-token': sdkTokenId },
    transport,
    isBound: false,
    answeredIds: createAnsweredIds(),
    send: (request) => transport.send(attemptOf(request)),
    sendTogether(requests) {
      const attempts = requests.map(attemptOf);
      return transport.sendTogether?.(attempts) ?? attempts.map(transport.send);
    },
    sendLast: (requests, timeoutMs) => transport.sendLast?.(requests.map(attemptOf), timeoutMs),
    open: (request) => transport.open(attemptOf(request)),
    close: transport.close,
  };
}
