// What the approvals screen knows, as plain data: the queue, one panel, decisions under way, and the reviewer's own pace.

import type { Printable } from '../../text/brand.ts';
import type { VerificationId } from '../../wire/scalars.ts';
import type { ApprovalRequest, Narrowing } from '../../wire/verification.ts';
import type { Change } from './changes.ts';
import type { FactTone } from './fact.ts';
import type { Surroundings } from './facts.ts';
import type { Mutes } from './mutes.ts';
import type { Pace } from './pace.ts';
import type { Queue } from './queue.ts';
import type { Verdict } from './verdict.ts';

/** A request as it stands on the screen. What is shown is made of this alone, so that nothing changes behind the reviewer's back. */
export type Shown = { request: ApprovalRequest; verdict: Verdict; around: Omit<Surroundings, 'now'> };

/** What the reviewer must still type before an approval: asked by policy, or because the action is not proven. */
export type Question = 'matching-code' | 'type-resource' | 'type-agent' | 'reason' | 'fingerprint';

export type PanelStep =
  | { kind: 'reading' }
  /** A prompt on the way to an approval. Enter goes on to the next; it never approves. */
  | { kind: 'asking'; question: Question; rest: readonly Question[] }
  /** The reviewer is in the browser, signing in anew. */
  | { kind: 'signing-in' }
  /** Everything is answered: the confirm key approves. */
  | { kind: 'confirming' }
  /** The reason of a denial is being typed. */
  | { kind: 'denying' }
  /** Something for the other reviewers is being typed. It decides nothing. */
  | { kind: 'commenting' };

export type Notice = { words: Printable; tone: FactTone; at: number };

export type Panel = {
  shown: Shown;
  /** What the reviewer first opened. */
  base: Shown;
  /** What is different from it now. */
  changes: readonly Change[];
  openedAt: number;
  /** The last change of anything in the panel that the reviewer did not make. Arming counts from here. */
  changedAt: number;
  layout: { width: number; height: number; total: number } | null;
  /** The furthest row that has been on screen since the last change. */
  seen: number;
  step: PanelStep;
  /** When this step was opened: a key that was on its way belongs to the step before. */
  stepAt: number;
  answers: Partial<Record<Question, string>>;
  narrow: Narrowing;
  notice: Notice | null;
};

export type Verb = 'approve' | 'deny';

/** A decision that was sent and whose effect is not known yet. Kept until it is, also when the panel is closed. */
export type InFlight = {
  id: VerificationId;
  verb: Verb;
  idempotencyKey: string;
  attempt: number;
  /** `sent`: an answer is awaited. `unknown`: the link failed between key and answer. */
  state: 'sent' | 'unknown';
  since: number;
  openedAt: number;
  shown: Shown;
  decision: DecisionBody;
};

/** What the machine sends. The receipt is added by whoever holds the reviewer's key. */
export type DecisionBody = {
  reason?: string;
  actionHash?: string;
  narrow?: Narrowing;
  matchingCode?: string;
  confirmResource?: string;
  interactive: true;
};

/** What now holds on the server, said once per decision. `held` is what a second look at the record found. */
export type Told = { words: Printable; tone: FactTone; held: ApprovalRequest | null; at: number; verb: Verb };

/** Several decisions at once: identical requests approved by their number, or any denied with one reason. */
export type Bulk = {
  verb: Verb;
  items: readonly Shown[];
  openedAt: number;
  changedAt: number;
  layout: { width: number; height: number; total: number } | null;
  seen: number;
  step: 'reading' | 'counting' | 'confirming';
  stepAt: number;
  notice: Notice | null;
};

export type Model = {
  queue: Queue;
  panel: Panel | null;
  bulk: Bulk | null;
  inFlight: ReadonlyMap<VerificationId, InFlight>;
  told: ReadonlyMap<VerificationId, Told>;
  mutes: Mutes;
  pace: Pace;
};

/** What the machine wants done. Whoever runs it answers with events; the machine itself touches nothing. */
export type Effect =
  | { kind: 'decide'; flight: InFlight }
  /** The first approval with this key: keep it. */
  | { kind: 'pin'; shown: Shown }
  /** The explicit step after a key changed. */
  | { kind: 'replace-pin'; shown: Shown }
  /** Look at the record again. */
  | { kind: 'reread'; id: VerificationId }
  | { kind: 'comment'; id: VerificationId; text: string; idempotencyKey: string }
  | { kind: 'escalate'; id: VerificationId; idempotencyKey: string }
  | { kind: 'nudge'; id: VerificationId; idempotencyKey: string }
  | { kind: 'undo'; id: VerificationId; idempotencyKey: string }
  /** Proves in the browser who is there. Answered with `signed-in`. */
  | { kind: 'sign-in'; shown: Shown }
  | { kind: 'stop-sign-in' };
