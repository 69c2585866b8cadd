// Requests of a process that is ending: no promise of its own is kept any more, so a thread sends them while the process waits.

import type https from 'node:https';
import type { Attempt } from './transport.ts';

/** How they get to the server. */
export type Way = { tls: https.AgentOptions; proxyEnv: Readonly<Record<string, string>> | undefined };

/**
 * Blocks until each was answered or has failed, at most `timeoutMs`. For an `exit` listener alone; what cannot be sent is lost.
 * Of the requests only method, address, headers and body count.
 */
export function lastSend(attempts: readonly Attempt[], { tls, proxyEnv }: Way, timeoutMs: number): void {
  if (attempts.length === 0) return;
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const left = new Int32Array(new SharedArrayBuffer(4));
  left[0] = attempts.length;
  const requests = attempts.map(({ method, url, headers, body }) => ({ method, url: url.href, headers, body }));
  try {
    // What the host gave Node to load before its own program is not loaded once more.
    new Worker(THREAD, { eval: true, execArgv: [], stdout: true, stderr: true, workerData: { requests, tls, proxyEnv, left } });
    const until = performance.now() + timeoutMs;
    for (;;) {
      const seen = Atomics.load(left, 0);
      const remaining = until - performance.now();
      if (seen <= 0 || remaining <= 0) return;
      Atomics.wait(left, 0, seen, remaining);
    }
  } catch {
    // No thread is to be had, in the last moment of a process: it ends as it would have ended without.
  }
}

const THREAD = `
const { requests, tls, proxyEnv, left } = require('node:worker_threads').workerData;
const { Agent, request } = require(requests[0].url.startsWith('https:') ? 'node:https' : 'node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 8, ...tls, ...(proxyEnv && { proxyEnv }) });
for (const { url, method, headers, body } of requests) {
  let isOpen = true;
  const ended = () => {
    if (!isOpen) return;
    isOpen = false;
    Atomics.sub(left, 0, 1);
    Atomics.notify(left, 0);
  };
  request(url, { agent, method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
    answer.on('error', ended).on('close', ended).resume();
  }).on('error', ended).end(body);
}
`;
