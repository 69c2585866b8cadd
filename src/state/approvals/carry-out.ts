// Carries one decision to the server and looks at the record afterwards. Whatever happens in between, nothing is claimed that was not seen.

import type { Receipt } from '../../crypto/receipt.ts';
import { AIMError, RemoteError } from '../../errors.ts';
import type { Api } from '../../http/api.ts';
import { pauseBefore } from '../../http/backoff.ts';
import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { UserId } from '../../wire/scalars.ts';
import type { ApprovalRequest, VerificationStatus } from '../../wire/verification.ts';
import type { FactTone } from './fact.ts';
import type { InFlight } from './model.ts';
import { outcomeOf } from './outcome.ts';
import type { ApprovalsEvent } from './reduce.ts';

export type Carrier = {
  api: Api;
  me: UserId | null;
  /** Signs the decision, where the server keeps receipts and the reviewer has a key. */
  receiptFor(flight: InFlight): Promise<Receipt | null>;
  /** The token of a sign-in that was made for a decision, while it is fresh. */
  freshToken?(): string | null;
  now(): number;
  random?: () => number;
  /** Runs something after so many milliseconds, unless the program ends before. */
  later(run: () => void, milliseconds: number): void;
  dispatch(event: ApprovalsEvent): void;
  /** The record was read again and may be something else than what the panel shows. */
  takeRequest(request: ApprovalRequest): void;
};

/** Never throws: whatever goes wrong becomes an event. A second attempt waits first, and looks before it sends. */
export function carryOut(flight: InFlight, carrier: Carrier): void {
  const attempt = () => void (flight.attempt === 1 ? first(flight, carrier) : again(flight, carrier));
  if (flight.attempt === 1) attempt();
  else carrier.later(attempt, pauseBefore(flight.attempt - 1, carrier.random === undefined ? {} : { random: carrier.random }));
}

async function first(flight: InFlight, carrier: Carrier): Promise<void> {
  if (flight.shown.request.binding !== null || flight.verb === 'deny') return send(flight, carrier);
  // This server binds nothing: it would approve whatever the request says by then. So it is compared just before.
  const held = await lookUp(flight, carrier);
  if (held === null) return unknown(flight, carrier);
  if (contentOf(held) === contentOf(flight.shown.request)) return send(flight, carrier);
  tell(flight, carrier, { words: CHANGED, tone: 'bad' }, null);
  carrier.takeRequest(held);
}

async function again(flight: InFlight, carrier: Carrier): Promise<void> {
  const held = await lookUp(flight, carrier);
  if (held === null) return unknown(flight, carrier);
  const isRecorded =
    held.quorum?.reviews.some((review) => review.by === carrier.me && review.decision === flight.verb) ?? false;
  if (held.status !== 'pending' || isRecorded)
    return tell(flight, carrier, outcomeOf(flight.verb, null, held, carrier.me), held);
  return send(flight, carrier);
}

async function send(flight: InFlight, carrier: Carrier): Promise<void> {
  const { api, me } = carrier;
  const { id, decision, idempotencyKey } = flight;
  const receipt = await carrier.receiptFor(flight).catch(() => null);
  const freshToken = carrier.freshToken?.() ?? undefined;
  const body = {
    ...decision,
    idempotencyKey,
    ...(freshToken === undefined ? {} : { freshToken }),
    ...(receipt === null ? {} : { receipt }),
  };
  let answered: VerificationStatus;
  try {
    const answer =
      flight.verb === 'approve'
        ? await api.approvals.approve(id, body)
        : await api.approvals.deny(id, { ...body, reason: decision.reason ?? '' });
    answered = answer.status;
  } catch (error) {
    return refused(flight, carrier, error);
  }
  const held = await lookUp(flight, carrier);
  if (held === null) return unknown(flight, carrier);
  tell(flight, carrier, outcomeOf(flight.verb, answered, held, me), held);
}

async function refused(flight: InFlight, carrier: Carrier, error: unknown): Promise<void> {
  if (!(error instanceof AIMError) || error instanceof RemoteError) return unknown(flight, carrier);
  const held = await lookUp(flight, carrier);
  if (error.code === 'policy.action-changed' && held !== null) {
    tell(flight, carrier, { words: CHANGED, tone: 'bad' }, null);
    return carrier.takeRequest(held);
  }
  const why = say`The server refused: ${error.message}`;
  if (held === null || held.status === 'pending') {
    return tell(flight, carrier, { words: say`Nothing was decided. ${why}`, tone: 'bad' }, held);
  }
  tell(flight, carrier, outcomeOf(flight.verb, null, held, carrier.me), held);
}

const CHANGED = say`Nothing was decided: the action changed after you opened it.`;

async function lookUp({ id }: InFlight, { api }: Carrier): Promise<ApprovalRequest | null> {
  return api.approvals.get(id).catch(() => null);
}

function tell(
  { id, idempotencyKey, verb }: InFlight,
  { dispatch, now }: Carrier,
  { words, tone }: { words: Printable; tone: FactTone },
  held: ApprovalRequest | null,
): void {
  dispatch({ kind: 'answered', id, idempotencyKey, told: { words, tone, held, at: now(), verb } });
}

function unknown({ id, idempotencyKey }: InFlight, { dispatch }: Carrier): void {
  dispatch({ kind: 'unknown', id, idempotencyKey });
}

/** What a reviewer decides about, as text to compare. */
function contentOf({ agentId, capability, resource, context, riskLevel, binding }: ApprovalRequest): string {
  return JSON.stringify([agentId, capability, resource, context, riskLevel, binding]);
}
