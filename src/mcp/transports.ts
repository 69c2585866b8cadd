// The ways to a server, bounded: standard input and output of a contained process, and HTTP that neither wanders nor floods.

import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { asUntrusted, type Untrusted } from '../text/brand.ts';
import { isMetadataAddress } from './addresses.ts';
import { type ContainedProcess, type Limits, startContained } from './contained-process.ts';
import type { LaunchRemote, LaunchStdio } from './launch.ts';
import type { Sandbox } from './sandbox-kinds.ts';

/** A transport, and what it saw go wrong. */
export type Way = {
  transport: Transport;
  stderrTail(): string;
  problems(): Untrusted[];
  /** The reason that the way ended by itself, if it did. */
  over(): string | null;
  end(): Promise<void>;
};

export function stdioWay(
  launch: LaunchStdio,
  options: { limits?: Limits; sandbox?: Sandbox; image?: string | undefined },
): Way {
  let child: ContainedProcess | null = null;
  let over: string | null = null;
  let left: number[] = [];
  const transport: Transport = {
    async start() {
      child = startContained(
        launch,
        {
          message: (message) => transport.onmessage?.(message as JSONRPCMessage),
          over(reason) {
            over = reason;
            transport.onclose?.();
          },
        },
        options,
      );
    },
    async send(message) {
      child?.send(JSON.stringify(message));
    },
    async close() {
      await end();
    },
  };
  async function end(): Promise<void> {
    left = (await child?.end()) ?? [];
    child = child ?? null;
  }
  return {
    transport,
    stderrTail: () => child?.stderrTail() ?? '',
    problems() {
      const lines = child?.junkLines() ?? 0;
      return [
        ...(lines === 0 ? [] : [`It wrote ${lines} ${lines === 1 ? 'line' : 'lines'} on its output that are no messages.`]),
        ...left.map((pid) => `Process ${pid} of it could not be ended.`),
      ].map(asUntrusted);
    },
    over: () => over,
    end,
  };
}

export async function remoteWay(
  launch: LaunchRemote,
  kind: 'http' | 'sse',
  largest: number,
  signal: AbortSignal,
): Promise<Way> {
  const { SSEClientTransport, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const url = new URL(launch.url);
  const requestInit: RequestInit = { headers: launch.headers };
  let failure: string | null = null;
  const fetch = boundedFetch(largest, signal, (reason) => {
    failure ??= reason;
  });
  const transport: Transport =
    kind === 'sse'
      ? new SSEClientTransport(url, { requestInit, fetch })
      : new StreamableHTTPClientTransport(url, {
          requestInit,
          fetch,
          // A stream that breaks is a finding, not something to keep alive.
          reconnectionOptions: {
            maxRetries: 0,
            initialReconnectionDelay: 1,
            maxReconnectionDelay: 1,
            reconnectionDelayGrowFactor: 1,
          },
        });
  return {
    transport,
    stderrTail: () => '',
    problems: () => [],
    over: () => failure,
    end: () => transport.close(),
  };
}

// Redirects within the origin are the library's; any other is an error there. The body is cut off where it grows too long.
function boundedFetch(largest: number, signal: AbortSignal, failed: (reason: string) => void) {
  const refuse = (reason: string): TooFarError => {
    failed(reason);
    return new TooFarError(reason);
  };
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    if (isMetadataAddress(new URL(url))) throw refuse('It leads to the metadata address of a cloud.');
    const signals = init.signal ? AbortSignal.any([init.signal, signal]) : signal;
    const response = await fetch(url, { ...init, redirect: 'manual', signal: signals }).catch((error: unknown) => {
      const reason = networkFailure(error);
      if (reason !== null) failed(reason);
      throw error;
    });
    const target = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && target !== null && isMetadataAddress(new URL(target, url))) {
      throw refuse('It redirects to the metadata address of a cloud.');
    }
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    const body = response.body.pipeThrough(bounded(largest, refuse));
    const copy = new Response(body, { status, statusText, headers });
    Object.defineProperty(copy, 'url', { value: response.url });
    return copy;
  };
}

function bounded(largest: number, refuse: (reason: string) => Error): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > largest) controller.error(refuse(`It answered with more than ${Math.round(largest / 1024 / 1024)} MB.`));
      else controller.enqueue(chunk);
    },
  });
}

/** A limit of ours, in words that may be shown. */
class TooFarError extends Error {}

// Certificates, names and refused connections come as the cause of an unspecific error.
function networkFailure(error: unknown): string | null {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code !== 'string') continue;
    if (/CERT|SSL|TLS|ALTNAME/.test(code)) return `Its certificate is not accepted (${code}).`;
    if (/^E[A-Z_]+$/.test(code) || code.startsWith('UND_ERR')) return `It cannot be reached (${code}).`;
  }
  return null;
}
