// Waiting for a person: the decision comes by stream, or else by signed polls that the server holds; through restarts, until the time is up.

import { pollHeaders } from '../crypto/agent-request.ts';
import { AIMError, ExitCode, VerificationError, VerificationUnavailableError } from '../errors.ts';
import { pause, pauseBefore } from '../http/backoff.ts';
import type { Answer } from '../http/transport.ts';
import type { VerificationAnswer } from '../wire/verification.ts';
import type { Link, LinkRequest } from './link.ts';
import { loadVerdicts } from './load-verdicts.ts';
import type { Asked } from './verdict.ts';

/** What a caller may show while a person has not decided. */
export type ApprovalProgress = {
  verificationId: string;
  capability: string;
  resource: string | null;
  /** `waiting`: the server has the request. `reconnecting`: it cannot be reached at the moment; the request is kept there. */
  state: 'waiting' | 'reconnecting';
  waitedMs: number;
  remainingMs: number;
  /** Two digits that the reviewer must be told, where policy asks for them. */
  matchingCode: string | null;
  /** The command with which an operator decides. */
  decideWith: string;
};

export type Waiting = {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onWaiting?: ((progress: ApprovalProgress) => void) | undefined;
};

const LONGEST_POLL = 25_000; // below the 30 s after which proxies commonly cut a silent connection
const LAST_WORD = 1_500; // a decision of the last moment still arrives
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 10_000;
const MAX_ANSWER = 256 * 1024;

/**
 * The decision on a pending verification.
 * @throws ActionDeniedError where it was denied or ran out; VerificationUnavailableError `approval.timeout` where nobody decided in time.
 */
export async function awaitApproval(
  link: Link,
  pending: VerificationAnswer,
  asked: Asked,
  { timeoutMs, signal, onWaiting }: Waiting,
): Promise<VerificationAnswer> {
  const started = performance.now();
  let failures = 0;
  let byStream = true;
  let emptyPolls = 0;
  let isCorrected = false;
  let matchingCode = pending.matchingCode;
  const tell = (state: ApprovalProgress['state'], waitedMs: number): void =>
    onWaiting?.({
      verificationId: pending.id,
      capability: asked.capability,
      resource: asked.resource,
      state,
      waitedMs,
      remainingMs: Math.max(0, timeoutMs - waitedMs),
      matchingCode,
      decideWith: `aim approvals show ${pending.id}`,
    });
  for (;;) {
    signal?.throwIfAborted();
    const waitedMs = performance.now() - started;
    const remainingMs = timeoutMs - waitedMs;
    if (remainingMs <= 0) throw timedOut(pending, timeoutMs);
    tell(failures > 0 ? 'reconnecting' : 'waiting', waitedMs);
    const askedAt = performance.now();
    let hasHeard = false;
    let isLate = false;
    const signedAt = link.clock.now();
    try {
      for await (const answer of hear(link, pending.id, { byStream, remainingMs, signal })) {
        hasHeard = true;
        if (answer === 'no-stream') byStream = false;
        else if (answer !== null) {
          // Servers that take the question at any time may still want the poll's signature to be of now.
          isLate = answer.status === 401 && !isCorrected && link.clock.learn(answer.headers['date'], signedAt);
          if (isLate) break;
          if (answer.status === 404) throw unknown(pending, link.server);
          if (isPassing(answer.status))
            throw new VerificationUnavailableError('verification.unavailable', { message: `status ${answer.status}` });
          const decision = await (await loadVerdicts()).verdictOf(answer, { ...asked, verificationId: pending.id });
          if (decision.status === 'approved') return decision;
          failures = 0;
          matchingCode = decision.matchingCode ?? matchingCode;
        }
        if (answer !== 'no-stream' && byStream) tell('waiting', performance.now() - started);
      }
    } catch (error) {
      if (!isPassingError(error)) throw error;
      if (error instanceof AIMError && error.code === 'verification.other-answer') link.close();
      // A proxy that keeps a stream to itself lets a poll through.
      if (!hasHeard && error instanceof AIMError && SWALLOWED.has(error.code)) byStream = false;
      failures += 1;
      await pause(Math.min(pauseBefore(failures, { longest: LONGEST_PAUSE }), Math.max(0, remainingMs)), signal);
      continue;
    }
    if (isLate) {
      isCorrected = true;
      continue;
    }
    // A server that knows `wait` takes its time. One that answers at once is asked as often as the Python SDK asks it.
    if (performance.now() - askedAt < Math.min(1_000, remainingMs / 2)) {
      const wait = Math.min(FIRST_PAUSE * 1.5 ** emptyPolls, LONGEST_PAUSE);
      emptyPolls += 1;
      await pause(Math.min(wait, Math.max(0, timeoutMs - (performance.now() - started))), signal);
    }
  }
}

type Hearing = { byStream: boolean; remainingMs: number; signal: AbortSignal | undefined };

/** Each answer as it comes; null for a sign of life. A server without streams answers the same request as a poll. */
async function* hear(
  link: Link,
  id: string,
  { byStream, remainingMs, signal }: Hearing,
): AsyncGenerator<Answer | null | 'no-stream', void, void> {
  const seconds = Math.max(1, Math.floor(Math.min(LONGEST_POLL, remainingMs) / 1000));
  const request: LinkRequest = {
    method: 'GET',
    path: `/api/v1/sdk-api/verifications/${encodeURIComponent(id)}?wait=${seconds}`,
    body: '',
    headers: pollHeaders(link.identity, id, Math.floor(link.clock.now() / 1000)),
    maxBytes: MAX_ANSWER,
    // An answer that stops in the middle must not make the caller wait for longer than it wanted to.
    timeoutMs: Math.min((seconds + 10) * 1000, remainingMs + LAST_WORD),
    signal,
  };
  if (!byStream) return yield await link.send(request);
  const { answersIn, isStream, wholeOf } = await import('./approval-stream.ts');
  const accept = 'text/event-stream, application/json;q=0.9';
  const answer = await link.open({ ...request, headers: { ...request.headers, accept } });
  const limits = { server: link.server, maxBytes: MAX_ANSWER, remainingMs: remainingMs + LAST_WORD, signal };
  if (isStream(answer)) return yield* answersIn(answer, limits);
  yield 'no-stream';
  yield await wholeOf(answer, limits);
}

const isPassing = (status: number): boolean => status === 429 || status >= 500;

// The request is kept by the server: what fails between us now says nothing about the decision.
function isPassingError(error: unknown): boolean {
  return error instanceof AIMError && error.kind === 'remote' && !FINAL.has(error.code);
}

const SWALLOWED = new Set(['remote.timeout', 'remote.silent', 'remote.cut-off']);
const FINAL = new Set(['remote.certificate', 'remote.redirected', 'verification.unknown']);

function unknown({ id }: VerificationAnswer, server: string): VerificationError {
  return new VerificationError('verification.unknown', {
    message: `${server} does not know the verification ${id} any more, so nobody can decide it. The action did not run.`,
    next: 'Ask again: run the action once more.',
  });
}

function timedOut(pending: VerificationAnswer, timeoutMs: number): VerificationUnavailableError {
  return new VerificationUnavailableError('approval.timeout', {
    message: `Nobody decided within ${Math.round(timeoutMs / 1000)} s. The action did not run.`,
    next: `It may still be decided: aim approvals show ${pending.id}`,
    exitCode: ExitCode.Timeout,
  });
}
