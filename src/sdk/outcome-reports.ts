// What came of each action, told to the server in the background: gathered, sent several at once, never in the way, flushed before the end.

import { agentRequestHeaders } from '../crypto/agent-request.ts';
import { AIMError } from '../errors.ts';
import { pause, pauseBefore } from '../http/backoff.ts';
import type { Link, LinkRequest } from './link.ts';

export type Outcome = {
  verificationId: string;
  executed: boolean;
  strictMode: boolean;
  executedAt: string;
  error?: string | undefined;
};

export type OutcomeReports = {
  add(outcome: Outcome): void;
  /** Resolves when everything added so far was sent or given up, or after `timeoutMs`. */
  flush(timeoutMs?: number): Promise<void>;
  readonly dropped: number;
};

const GATHER_MS = 20; // an operator does not see that a report came later; the agent feels each packet
const BATCH = 16;
const BATCHES_AT_ONCE = 4;
const MOST_WAITING = 10_000; // a server that is away for long costs reports, never memory without end
const ATTEMPTS = 3;
const MOST_AT_EXIT = 1_000;
const LONGEST_AT_EXIT = 3_000; // a process that was told to end is not held for longer
const SINGLY = 100; // reports that go one by one after a connection failed under several: some servers take no more than one

/**
 * The protocol has no route for several reports, so a batch is several requests written at once to one kept connection. A report that is
 * repeated says the same again, which is why those that a lost connection leaves unanswered may simply be sent anew.
 */
export function createOutcomeReports(link: Link): OutcomeReports {
  const waiting: Outcome[] = [];
  const underWay = new Set<Outcome>();
  const idle: (() => void)[] = [];
  let gathering: NodeJS.Timeout | null = null;
  let running = 0;
  let dropped = 0;
  let singly = 0;

  function add(outcome: Outcome): void {
    atExit(sendLast);
    waiting.push(outcome);
    if (waiting.length > MOST_WAITING) {
      waiting.shift();
      dropped += 1;
    }
    gathering ??= setTimeout(begin, GATHER_MS);
    // A batch is full: after the caller's own continuation, whose result does not wait for this.
    if (waiting.length === BATCH) setImmediate(begin);
  }

  function begin(): void {
    if (gathering !== null) clearTimeout(gathering);
    gathering = null;
    for (let more = Math.ceil(waiting.length / BATCH); more > 0 && running < BATCHES_AT_ONCE; more -= 1) {
      running += 1;
      void work();
    }
    rest();
  }

  async function work(): Promise<void> {
    do {
      const batch = waiting.splice(0, singly > 0 ? 1 : BATCH);
      for (const outcome of batch) underWay.add(outcome);
      singly = Math.max(0, singly - batch.length);
      const sent = link.sendTogether(batch.map((outcome) => requestOf(link, outcome)));
      const kept = await Promise.all(
        batch.map((outcome, index) => settle(outcome, sent[index] as Promise<Sent>, batch.length)),
      );
      for (const outcome of batch) underWay.delete(outcome);
      dropped += kept.filter((isKept) => !isKept).length;
      // Less than a batch may gather again, unless somebody waits for the end.
    } while (waiting.length >= BATCH || (waiting.length > 0 && (idle.length > 0 || singly > 0)));
    running -= 1;
    if (waiting.length > 0) gathering ??= setTimeout(begin, GATHER_MS);
    rest();
  }

  function rest(): void {
    if (running > 0 || waiting.length > 0) return;
    notAtExit(sendLast);
    for (const done of idle.splice(0)) done();
  }

  /** `process.exit()` waits for no promise: what nobody has answered yet goes out once more, with the rest. */
  function sendLast(timeoutMs: number): void {
    const left = [...underWay, ...waiting].slice(-MOST_AT_EXIT);
    if (!link.breaker.isOpen())
      link.sendLast(
        left.map((outcome) => requestOf(link, outcome)),
        timeoutMs,
      );
  }

  /** False where it was given up. A report can be lost; it never fails an action that has run. */
  async function settle(outcome: Outcome, first: Promise<Sent>, together: number): Promise<boolean> {
    let sent = first;
    let signedAt = link.clock.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { status, headers } = await sent;
        if (status < 300) return true;
        // Servers before that route keep results under another (wire-agents §4.8).
        if (status === 404 || status === 405) return (await link.send(olderRequestOf(link, outcome))).status < 300;
        const wasLate = status === 401 && link.clock.learn(headers['date'], signedAt);
        if (status < 500 && status !== 429 && !wasLate) return false;
      } catch (failure) {
        if (!(failure instanceof AIMError)) return false;
        if (attempt === 1 && together > 1) singly = SINGLY;
      }
      if (attempt === ATTEMPTS) return false;
      await pause(pauseBefore(attempt));
      signedAt = link.clock.now();
      sent = link.send(requestOf(link, outcome));
    }
  }

  function flush(timeoutMs = 5_000): Promise<void> {
    if (waiting.length > 0) begin();
    if (running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  return {
    add,
    flush,
    get dropped() {
      return dropped;
    },
  };
}

type Sent = { status: number; headers: Record<string, string> };

type AtExit = (timeoutMs: number) => void;

// One listener for all agents of a process, and that only while there is something to send.
const ending = new Set<AtExit>();

function atExit(send: AtExit): void {
  if (ending.size === 0) process.on('exit', sendAll);
  ending.add(send);
}

function notAtExit(send: AtExit): void {
  if (ending.delete(send) && ending.size === 0) process.off('exit', sendAll);
}

function sendAll(): void {
  const until = performance.now() + LONGEST_AT_EXIT;
  for (const send of ending) {
    const left = until - performance.now();
    if (left > 0) send(left);
  }
}

function requestOf(link: Link, { verificationId, executed, strictMode, executedAt, error }: Outcome): LinkRequest {
  const status = { executed, strictMode, executedAt, ...(error !== undefined && { executionError: error }) };
  return signed(link, `${pathOf(verificationId)}/execution-status`, status);
}

function olderRequestOf(link: Link, { verificationId, executedAt, error }: Outcome): LinkRequest {
  const result = error === undefined ? 'success' : 'failure';
  return signed(link, `${pathOf(verificationId)}/result`, { result, errorMessage: error, timestamp: executedAt });
}

const pathOf = (id: string): string => `/api/v1/sdk-api/verifications/${encodeURIComponent(id)}`;

function signed(link: Link, path: string, content: Record<string, unknown>): LinkRequest {
  const body = JSON.stringify(content);
  const seconds = Math.floor(link.clock.now() / 1000);
  const headers = agentRequestHeaders(link.identity, 'POST', path, seconds, body);
  return { method: 'POST', path, body, headers, maxBytes: 64 * 1024 };
}
