// What now holds on the server, told from a second look at its record: what was sent, and what was answered, prove nothing.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import { duration, localTime } from '../../text/time.ts';
import { visible } from '../../text/visible.ts';
import type { UserId } from '../../wire/scalars.ts';
import type { ApprovalRequest, VerificationStatus } from '../../wire/verification.ts';
import type { FactTone } from './fact.ts';
import type { Verb } from './model.ts';
import { progressOf } from './review-facts.ts';
import { undoWords } from './undo.ts';

export type Outcome = { words: Printable; tone: FactTone };

/** `answered` is the status that the server's answer to the decision named, null where it refused. `held` is its record now. */
export function outcomeOf(verb: Verb, answered: VerificationStatus | null, held: ApprovalRequest, me: UserId | null): Outcome {
  if (held.status === 'approved') return verb === 'approve' ? approved(held) : ineffectual(verb, held);
  if (held.status === 'denied') return verb === 'deny' ? denied(held) : ineffectual(verb, held);
  if (held.status !== 'pending') return ineffectual(verb, held);
  const isRecorded = held.quorum?.reviews.some((review) => review.by === me && review.decision === verb) ?? false;
  if (isRecorded && held.quorum !== null) {
    return { words: say`Your ${nouns[verb]} is recorded, and it still waits: ${progressOf(held.quorum)}.`, tone: 'warning' };
  }
  if (answered === null) return { words: say`Nothing was decided: it still waits.`, tone: 'warning' };
  return {
    words: say`The server answered "${answered}", but its record still says pending. Treat it as NOT ${participles[verb]}.`,
    tone: 'bad',
  };
}

/** What a request has come to, for rows and panels that show one that was decided elsewhere. */
export function statusWords(request: ApprovalRequest): Printable {
  const by = (who: string | null): string => (who === null ? '' : ` by ${visible(who)}`);
  const at = request.decidedAt === null ? '' : ` at ${localTime(request.decidedAt)}`;
  if (request.status === 'approved') return `approved${by(request.approvedBy)}${at}` as Printable;
  if (request.status === 'denied')
    return `denied${by(request.deniedBy)}${at}${request.denialReason === null ? '' : `: ${visible(request.denialReason)}`}` as Printable;
  if (request.status === 'expired') return say`expired undecided, which denies it`;
  if (request.status === 'cancelled') return say`cancelled by the agent's side`;
  return say`${request.status}`;
}

const nouns: Record<Verb, string> = { approve: 'approval', deny: 'denial' };
const participles: Record<Verb, string> = { approve: 'approved', deny: 'denied' };

function approved(held: ApprovalRequest): Outcome {
  const { grant, approvedBy } = held;
  const until = grant?.expiresAt ? ` It ends at ${localTime(grant.expiresAt)}` : '';
  const seconds = grant?.expiresAt && grant.startsAt ? (Date.parse(grant.expiresAt) - Date.parse(grant.startsAt)) / 1000 : null;
  const span = seconds === null ? '' : ` (${duration(seconds)} from the approval)`;
  const uses = grant?.usesAllowed ? `, ${grant.usesLeft ?? grant.usesAllowed} of ${grant.usesAllowed} uses left` : '';
  const by = approvedBy === null ? '' : ` The record names ${visible(approvedBy)}.`;
  const undo = grant === null || held.undoUntil !== null ? undoWords(held) : '';
  return { words: `Approved.${until}${span}${uses}${until === '' ? '' : '.'}${by}${undo}` as Printable, tone: 'good' };
}

function denied(held: ApprovalRequest): Outcome {
  const undo = held.undoUntil === null ? '' : undoWords(held);
  return { words: say`Denied.${undo} The agent is told: ${held.denialReason ?? 'no reason'}`, tone: 'good' };
}

function ineffectual(verb: Verb, held: ApprovalRequest): Outcome {
  return { words: say`Your ${nouns[verb]} has no effect: it is ${statusWords(held)}.`, tone: 'warning' };
}
