// Why a decision cannot be made just now, or null. One function for key, footer, command and test: they cannot disagree.

import type { Printable } from '../../text/brand.ts';
import { counted, say } from '../../text/say.ts';
import { duration } from '../../text/time.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import type { Model, Panel, Shown } from './model.ts';
import { graceOf } from './pace.ts';
import { isProven, mayApproveUnproven } from './verdict.ts';

export type Refusal = { code: RefusalCode; words: Printable };
export type RefusalCode =
  | 'not-waiting'
  | 'in-flight'
  | 'may-not-review'
  | 'blocked'
  | 'not-proven'
  | 'never'
  | 'unknown-step'
  | 'not-read'
  | 'not-armed';

/** For both verbs: what is no longer waiting, or is being decided, or is not for this reviewer, takes no decision. */
export function whyNotDecide(request: ApprovalRequest, inFlight: boolean): Refusal | null {
  if (inFlight) return refuse('in-flight', say`Your decision was sent; its effect is not known yet.`);
  if (request.status !== 'pending') return refuse('not-waiting', say`It no longer waits: it is ${request.status}.`);
  if (request.mayReview === false) {
    return refuse(
      'may-not-review',
      say`You may not review this: ${request.mayNotReviewBecause ?? 'the server does not say why'}`,
    );
  }
  return null;
}

/** The rules about the action itself, that no waiting and reading changes. `unproven` asks for the longer way. */
export function whyNotApproveAction(
  { request, verdict }: Pick<Shown, 'request' | 'verdict'>,
  unproven: boolean,
): Refusal | null {
  if (verdict.kind === 'misfit') return refuse('never', say`It cannot be approved: ${verdict.title}. ${verdict.because}`);
  if (verdict.kind === 'key-changed') {
    return refuse('not-proven', say`The agent's key has changed. Accept the new one first (K), once its owner has said why.`);
  }
  if (request.blockedBecause !== null) return refuse('blocked', blockedWords(request.blockedBecause));
  if (request.steps.includes('unknown'))
    return refuse('unknown-step', say`Policy asks for a step that this version of aim does not know.`);
  if (!isProven(verdict) && !unproven) {
    return refuse('not-proven', say`It is ${verdict.title}. U approves what is not proven, with more steps.`);
  }
  if (isProven(verdict) && unproven) return refuse('not-proven', say`It is ${verdict.title}: a approves it.`);
  return unproven && !mayApproveUnproven(verdict) ? refuse('never', say`It cannot be approved.`) : null;
}

export const blockedWords = (because: string): Printable => say`An approval would change nothing by now: ${because}`;

/** Everything, for a panel at a moment. */
export function whyNotApprove(model: Model, panel: Panel, at: number, unproven = false): Refusal | null {
  const { shown } = panel;
  return (
    whyNotDecide(shown.request, model.inFlight.has(shown.request.id)) ??
    whyNotApproveAction(shown, unproven) ??
    notRead(panel) ??
    notArmed(model, panel, at)
  );
}

/** A denial needs no reading to the end, but a key that was on its way when the panel changed does not deny either. */
export function whyNotDeny(model: Model, panel: Panel, at: number): Refusal | null {
  return whyNotDecide(panel.shown.request, model.inFlight.has(panel.shown.request.id)) ?? notArmed(model, panel, at);
}

export const rowsBelow = ({ layout, seen }: Panel): number => Math.max(0, (layout?.total ?? 1) - seen);

/** When keys begin to decide: after the last change of the panel, or of the step, whichever came later. */
export const armedAt = (model: Model, panel: Panel): number =>
  Math.max(panel.changedAt, panel.stepAt) + graceOf(model.pace, Math.max(panel.changedAt, panel.stepAt));

export const isArmed = (model: Model, panel: Panel, at: number): boolean => at >= armedAt(model, panel);

function notRead(panel: Panel): Refusal | null {
  if (panel.layout === null) return refuse('not-read', say`It is not on screen yet.`);
  const words = unreadWords(panel);
  return words === null ? null : refuse('not-read', words);
}

/** What was not on screen yet, in numbers: also what a jump to the end has left out. */
export function unreadWords({ layout, seen }: Pick<Panel, 'layout' | 'seen'>): Printable | null {
  const below = (layout?.total ?? 1) - seen;
  return below <= 0 ? null : say`Read on first: ${counted(below, 'more row')}, from row ${seen + 1}.`;
}

function notArmed(model: Model, panel: Panel, at: number): Refusal | null {
  const wait = armedAt(model, panel) - at;
  if (wait <= 0) return null;
  const why =
    graceOf(model.pace, at) > 1000
      ? ` You approve in less than three seconds: take ${duration(Math.ceil(wait / 1000))} to read.`
      : '';
  return refuse('not-armed', say`It has just changed. Press the key again.${why}`);
}

const refuse = (code: RefusalCode, words: Printable): Refusal => ({ code, words });
