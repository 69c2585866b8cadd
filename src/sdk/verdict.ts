// One answer of a server, sorted into the only outcomes there are: allowed, denied, waiting, or no decision.

import { actionHash } from '../crypto/action.ts';
import { ActionDeniedError, AuthenticationError, VerificationUnavailableError } from '../errors.ts';
import { readRetryAfter } from '../http/backoff.ts';
import { decode, parseJson, refuseYesWithError, type Source } from '../http/decode.ts';
import { oneLine, reasonCode, serverWords } from '../http/server-words.ts';
import type { Answer } from '../http/transport.ts';
import { visible } from '../text/visible.ts';
import type { VerificationAnswer } from '../wire/verification.ts';
import { otherAnswer } from './other-answer.ts';
import { plainAnswer } from './plain-answer.ts';

export type Asked = {
  capability: string;
  resource: string | null;
  agentId: string;
  agentName: string;
  server: string;
  /** What was signed. Its hash is made where a server names it. */
  message: string;
  /** This server says with each answer what it answers: one that does not is not from it. */
  isBound: boolean;
  /** The request that is waited for. */
  verificationId?: string;
};

/**
 * The decision in an answer, or a wait; at once where it is one of the usual kind.
 * @throws ActionDeniedError, AuthenticationError, VerificationUnavailableError
 */
export function verdictOf(answer: Answer, asked: Asked): VerificationAnswer | Promise<VerificationAnswer> {
  const { status, text, headers } = answer;
  const source = { server: asked.server, path: '/api/v1/sdk-api/verifications', requestId: headers['x-request-id'] };
  if (status < 200 || status > 299) return refusalOf(answer, asked, source);
  const sent = read(() => parseJson(text, headers['content-type'], source));
  const plain = plainAnswer(sent);
  return plain === null ? byTheSchema(sent, asked, source) : judge(plain, asked);
}

async function byTheSchema(sent: unknown, asked: Asked, source: Source): Promise<VerificationAnswer> {
  const { verificationAnswer } = await import('../wire/verification.ts');
  const decision = read(() => decode(verificationAnswer, sent, source));
  // A no is one in whatever letters; a yes is the word that servers write (the older ones `auto-approved`), and no other.
  if (decision.status === 'approved' && !YES.has((sent as { status?: unknown }).status))
    return judge({ ...decision, status: 'unknown' }, asked);
  // A yes beside an error is none. A no stays one.
  if (decision.status === 'approved' || decision.status === 'pending') read(() => refuseYesWithError(sent, source));
  return judge(decision, asked);
}

const YES = new Set<unknown>(['approved', 'auto-approved']);

async function refusalOf({ status, text, headers }: Answer, asked: Asked, source: Source): Promise<VerificationAnswer> {
  const body = softJson(text);
  if (status === 403) {
    const { verificationAnswer } = await import('../wire/verification.ts');
    const decision = verificationAnswer.safeParse(body).data;
    if (decision !== undefined && decision.status === 'denied') return judge(decision, asked);
    throw denied(asked, serverWords(body), { code: reasonCode(body) });
  }
  if (status === 401) {
    const words = serverWords(body);
    throw new AuthenticationError('agent.not-recognized', {
      message: `${asked.server} does not accept the signature of agent ${oneLine(asked.agentName, 80)}${words === null ? '.' : `: ${words}`}`,
      next: 'Its key may have been replaced, or the agent deleted: aim agents show',
      requestId: source.requestId,
    });
  }
  const retryAfterMs = readRetryAfter(headers['retry-after']);
  throw new VerificationUnavailableError(status === 429 ? 'verification.rate-limited' : 'verification.unavailable', {
    message: `${asked.server} answered with status ${status} and no decision${wordsOf(body)}.`,
    next: 'The action did not run. Check the server: aim status',
    requestId: source.requestId,
    ...(retryAfterMs !== undefined && { retryAfter: Math.ceil(retryAfterMs / 1000) }),
  });
}

function judge(decision: VerificationAnswer, asked: Asked): VerificationAnswer {
  // On a connection that has slipped, every answer is that of the question before (a proxy that answers twice is enough).
  const isOther = decision.actionHash ? decision.actionHash.toLowerCase() !== actionHash(asked.message) : asked.isBound;
  if (isOther || (asked.verificationId !== undefined && decision.id !== asked.verificationId)) {
    throw otherAnswer(asked.server);
  }
  switch (decision.status) {
    case 'approved':
    case 'pending':
      return decision;
    case 'denied':
    case 'cancelled':
      throw denied(asked, decision.denialReason === null ? null : visible(decision.denialReason, { max: 2000 }), {
        verificationId: decision.id,
      });
    case 'expired':
      throw denied(
        asked,
        decision.denialReason === null ? 'nobody decided in time' : visible(decision.denialReason, { max: 2000 }),
        { verificationId: decision.id, code: 'expired' },
      );
    default:
      throw new VerificationUnavailableError('verification.no-decision', {
        message: `${asked.server} answered with a status that is no decision.`,
        next: 'The action did not run. The server may be of a newer version.',
      });
  }
}

type Denial = { verificationId?: string; code?: string | null };

/** The refusal of an action, in the words of whoever refused it. */
export function denied(
  { capability, resource, agentName }: Asked,
  reason: string | null,
  { verificationId, code }: Denial = {},
): ActionDeniedError {
  const what = `${oneLine(capability, 120)}${resource === null ? '' : ` on ${oneLine(resource, 200)}`}`;
  return new ActionDeniedError(code === 'expired' ? 'action.expired' : 'action.denied', {
    message: `AIM denied ${what}${reason === null ? '.' : `: ${reason}`}`,
    next: nextStep(reason, { capability, agentName, verificationId }),
    reason: reason ?? undefined,
    verificationId,
  });
}

type Refused = { capability: string; agentName: string; verificationId: string | undefined };

/** What an operator would do about it, as a command to copy. */
function nextStep(reason: string | null, { capability, agentName, verificationId }: Refused): string | undefined {
  const agent = /^[\w.-]+$/.test(agentName) ? agentName : 'AGENT';
  if (/^Agent not verified\b/.test(reason ?? '')) return `Verify it: aim agents verify ${agent}`;
  if (/^Capability .{1,200} is not granted\b/.test(reason ?? ''))
    return `Grant it: aim agents capabilities grant ${agent} ${/^[\w:.*-]+$/.test(capability) ? capability : 'CAPABILITY'}`;
  return verificationId === undefined ? undefined : `See why: aim events show ${verificationId}`;
}

// Half an answer is no answer: whatever was wrong with it, the action has no decision.
function read<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new VerificationUnavailableError('verification.unreadable', {
      message: error.message,
      next: 'The action did not run. Check that the address is that of an AIM server.',
      cause: error,
    });
  }
}

const wordsOf = (body: unknown): string => {
  const words = serverWords(body);
  return words === null ? '' : `: ${words}`;
};

function softJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
