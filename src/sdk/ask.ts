// The agent's question: the signed action goes out, the decision comes back; repeated while nobody answers, within limits.

import { randomUUID } from 'node:crypto';
import { actionPieces, messageOf } from '../crypto/action.ts';
import { toExact } from '../crypto/exact-json.ts';
import { AIMError, ConfigurationError, VerificationUnavailableError } from '../errors.ts';
import { pause, pauseBefore, readRetryAfter } from '../http/backoff.ts';
import type { Answer } from '../http/transport.ts';
import { mayRetry } from '../http/transport-failure.ts';
import type { RiskLevel } from '../wire/scalars.ts';
import type { VerificationAnswer } from '../wire/verification.ts';
import type { Link } from './link.ts';
import { loadVerdicts } from './load-verdicts.ts';
import { otherAnswer } from './other-answer.ts';
import type { Asked } from './verdict.ts';

export type Question = {
  capability: string;
  resource: string | null;
  context: Readonly<Record<string, unknown>>;
  riskLevel?: RiskLevel | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  signal?: AbortSignal | undefined;
};

const MAX_ANSWER = 256 * 1024;
const LONGEST_WAIT = 5_000; // a server that wants a longer pause than this gets one, but this action does not wait for it

/**
 * Asks once, as far as the server is concerned: every repetition carries the same key.
 * @throws ActionDeniedError, AuthenticationError, VerificationUnavailableError; ConfigurationError where the context is no JSON.
 */
export async function ask(link: Link, question: Question): Promise<{ answer: VerificationAnswer; asked: Asked }> {
  const idempotencyKey = randomUUID();
  // Signed once: a repetition is the same action to the server, which then answers it with the same decision.
  let signed = sign(link, question);
  let corrected = false;
  for (let attempt = 1; ; attempt += 1) {
    question.signal?.throwIfAborted();
    link.breaker.before();
    try {
      const turn = link.limit(question.signal);
      if (turn !== undefined) await turn;
      const answer = await link.send({
        method: 'POST',
        path: '/api/v1/sdk-api/verifications',
        body: signed.body,
        headers: { 'idempotency-key': idempotencyKey, ...link.trackingHeaders, ...question.headers },
        maxBytes: MAX_ANSWER,
        signal: question.signal,
      });
      link.breaker.succeeded();
      // A clock that is off makes good signatures look old: the server's own time, and one more attempt.
      if (answer.status === 401 && !corrected && link.clock.learn(answer.headers['date'], signed.at)) {
        corrected = true;
        signed = sign(link, question);
        continue;
      }
      if (attempt <= link.retries && isPassing(answer)) {
        await pause(
          pauseBefore(attempt, { base: 100, retryAfterMs: readRetryAfter(answer.headers['retry-after']) }),
          question.signal,
        );
        continue;
      }
      const asked = askedOf(link, question, signed.message);
      const verdicts = loadVerdicts();
      const verdict = (verdicts instanceof Promise ? await verdicts : verdicts).verdictOf(answer, asked);
      const decision = verdict instanceof Promise ? await verdict : verdict;
      link.isBound ||= Boolean(decision.actionHash);
      if (!decision.actionHash && !link.answeredIds.take(decision.id, idempotencyKey)) throw otherAnswer(link.server);
      return { answer: decision, asked };
    } catch (error) {
      // The connection that gave it would go on giving wrong ones.
      if (error instanceof AIMError && error.code === 'verification.other-answer') link.close();
      if (!(error instanceof AIMError) || error.kind !== 'remote' || error instanceof VerificationUnavailableError) throw error;
      link.breaker.failed();
      if (attempt > link.retries || !(mayRetry(error) || error.code === 'remote.refused')) throw unavailable(error);
      await pause(pauseBefore(attempt, { base: 100 }), question.signal);
    }
  }
}

function isPassing({ status, headers }: Answer): boolean {
  if (status !== 429 && status !== 502 && status !== 503 && status !== 504) return false;
  return (readRetryAfter(headers['retry-after']) ?? 0) <= LONGEST_WAIT;
}

function askedOf(link: Link, { capability, resource }: Question, message: string): Asked {
  const { agentName, server, isBound } = link;
  return { capability, resource, agentId: link.identity.agentId, agentName, server, isBound, message };
}

type Signed = { at: number; body: string; message: string };

// The signed line and the body are made of the same pieces: the server rebuilds the one from the tokens of the other.
function sign({ identity, clock }: Link, { capability, resource, context, riskLevel }: Question): Signed {
  const { agentId, key } = identity;
  const at = clock.now();
  const timestamp = uniqueTimestamp(at);
  const action = exact(() => ({ agentId, capability, resource, context: toExact(context), timestamp }));
  const pieces = actionPieces(action);
  const message = messageOf(pieces);
  const risk = riskLevel === undefined ? '' : `,"riskLevel":"${riskLevel}"`;
  const sent = `{"agentId":${pieces.agentId},"capability":${pieces.capability},"resource":${pieces.resource}`;
  const when = `"context":${JSON.stringify(action.context)},"timestamp":${pieces.timestamp}`;
  const body = `${sent},${when},"signature":"${key.sign(message)}","publicKey":"${key.publicKey}"${risk}}`;
  return { at, body, message };
}

let count = 0;
let second = { at: -1, text: '' };

// Microseconds that do not repeat in this process: two actions in one millisecond are two, and not a repetition of one. They count and
// do not only grow, so that a clock that is put right, and the clocks of two servers, each stay what they are.
function uniqueTimestamp(milliseconds: number): string {
  const at = Math.floor(milliseconds / 1000);
  if (at !== second.at) second = { at, text: new Date(at * 1000).toISOString().slice(0, 20) };
  count = (count + 1) % 1000;
  return `${second.text}${String((Math.floor(milliseconds) % 1000) * 1000 + count).padStart(6, '0')}Z`;
}

function exact<Value>(build: () => Value): Value {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw error;
    throw new ConfigurationError('action.context', {
      message: `The context of the action cannot be signed: ${error.message}`,
      next: 'Use plain JSON values.',
      field: 'context',
      cause: error,
    });
  }
}

function unavailable(error: AIMError): VerificationUnavailableError {
  return new VerificationUnavailableError('verification.unavailable', {
    message: `No decision could be had. ${error.message}`,
    next: 'The action did not run. Check the server: aim status',
    exitCode: error.exitCode,
    cause: error,
  });
}
