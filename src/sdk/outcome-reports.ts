// What came of each action, told to the server in the background: a few at a time, never in the way, flushed before the end.

import { agentRequestHeaders } from '../crypto/agent-request.ts';
import { AIMError } from '../errors.ts';
import { pause, pauseBefore } from '../http/backoff.ts';
import type { Link } from './link.ts';

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

const AT_ONCE = 4;
const MOST_WAITING = 10_000; // a server that is away for long costs reports, never memory without end
const ATTEMPTS = 3;

export function createOutcomeReports(link: Link): OutcomeReports {
  const waiting: Outcome[] = [];
  const idle: (() => void)[] = [];
  let running = 0;
  let dropped = 0;

  function add(outcome: Outcome): void {
    waiting.push(outcome);
    if (waiting.length > MOST_WAITING) {
      waiting.shift();
      dropped += 1;
    }
    // After the caller's own continuation: its result does not wait for this.
    if (running < AT_ONCE) {
      running += 1;
      setImmediate(work);
    }
  }

  async function work(): Promise<void> {
    for (let outcome = waiting.shift(); outcome !== undefined; outcome = waiting.shift()) {
      if (!(await report(link, outcome))) dropped += 1;
    }
    running -= 1;
    if (running === 0) for (const done of idle.splice(0)) done();
  }

  function flush(timeoutMs = 5_000): Promise<void> {
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

/** False where it was given up. A report can be lost; it never fails an action that has run. */
async function report(link: Link, outcome: Outcome): Promise<boolean> {
  const { verificationId, executed, strictMode, executedAt, error } = outcome;
  const path = `/api/v1/sdk-api/verifications/${encodeURIComponent(verificationId)}`;
  const status = { executed, strictMode, executedAt, ...(error !== undefined && { executionError: error }) };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const answered = await post(link, `${path}/execution-status`, status);
      if (answered < 300) return true;
      // Servers before that route keep results under another (wire-agents §4.8).
      if (answered === 404 || answered === 405)
        return (
          (await post(link, `${path}/result`, {
            result: error === undefined ? 'success' : 'failure',
            errorMessage: error,
            timestamp: executedAt,
          })) < 300
        );
      if (answered < 500 && answered !== 429) return false;
    } catch (failure) {
      if (!(failure instanceof AIMError)) return false;
    }
    await pause(pauseBefore(attempt));
  }
  return false;
}

async function post(link: Link, path: string, content: Record<string, unknown>): Promise<number> {
  const body = JSON.stringify(content);
  const seconds = Math.floor(link.clock.now() / 1000);
  const headers = agentRequestHeaders(link.identity, 'POST', path, seconds, body);
  return (await link.send({ method: 'POST', path, body, headers, maxBytes: 64 * 1024 })).status;
}
