// What a key does in the panel. Only a key that came alone, was not repeated, and met a panel that had stood still, decides.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import { startDecision } from './decide.ts';
import type { Effect, Model, Panel } from './model.ts';
import { toStep, withNotice } from './panel.ts';
import { problemWith, questionsFor } from './questions.ts';
import { whyNotUndo } from './undo.ts';
import { type Refusal, whyNotApprove, whyNotDeny } from './why-not.ts';

/** The keys by what they ask for; which key that is, the keymap says. `other` is any key without a meaning here. */
export type PressedKey =
  | 'approve'
  | 'approve-unproven'
  | 'confirm'
  | 'deny'
  | 'accept-key'
  | 'comment'
  | 'escalate'
  | 'nudge'
  | 'undo'
  | 'back'
  | 'other';

/** `lone`: nothing else came in the same read. `repeat`: the keyboard repeated it. */
export type Press = { key: PressedKey; at: number; lone: boolean; repeat: boolean };
/** Enter in a prompt, with what had been typed. */
export type Submission = { text: string; at: number; lone: boolean; repeat: boolean };

export type Step = readonly [model: Model, effects: readonly Effect[]];

export function press(model: Model, event: Press, newKey: () => string): Step {
  const { panel } = model;
  if (panel === null) return [model, []];
  if (event.key === 'back') {
    const back = toStep({ ...panel, answers: {} }, { kind: 'reading' }, event.at);
    return [{ ...model, panel: back }, panel.step.kind === 'signing-in' ? [{ kind: 'stop-sign-in' }] : []];
  }
  if (panel.step.kind === 'confirming') return pressConfirming(model, panel, event, newKey);
  if (panel.step.kind !== 'reading' || event.key === 'other') return [model, []];
  if (!event.lone || event.repeat) return still(model, withNotice(panel, TOGETHER, event.at));
  if (event.key === 'deny') return pressDeny(model, panel, event.at);
  if (event.key === 'comment') return still(model, toStep(panel, { kind: 'commenting' }, event.at));
  if (event.key === 'escalate' || event.key === 'nudge') return askOthers(model, panel, event.key, event.at, newKey);
  if (event.key === 'undo') return pressUndo(model, panel, event.at, newKey);
  if (event.key === 'accept-key') return pressAcceptKey(model, panel, event.at);
  if (event.key === 'confirm') return still(model, withNotice(panel, say`First a, then p.`, event.at));
  return pressApprove(model, panel, event);
}

/** Enter in a prompt: goes on to the next question, or sends the denial. It never approves. */
export function submit(model: Model, { text, at, lone, repeat }: Submission, newKey: () => string): Step {
  const { panel } = model;
  if (panel === null || !TYPED.has(panel.step.kind)) return [model, []];
  if (!lone || repeat) return still(model, withNotice(panel, TOGETHER, at));
  if (panel.step.kind === 'denying') return submitDenial(model, panel, text, at, newKey);
  if (panel.step.kind === 'commenting') return submitComment(model, panel, text, at, newKey);
  if (panel.step.kind !== 'asking') return [model, []];
  const { question, rest } = panel.step;
  const problem = problemWith(question, text, panel.shown);
  if (problem !== null) return still(model, withNotice(panel, problem, at));
  if (question === 'fingerprint') {
    return [{ ...model, panel: toStep(panel, { kind: 'reading' }, at) }, [{ kind: 'replace-pin', shown: panel.shown }]];
  }
  const [next, ...later] = rest;
  const answered = { ...panel, answers: { ...panel.answers, [question]: text.trim() } };
  if (next === undefined) return answeredAll(model, answered, at);
  return still(model, toStep(answered, { kind: 'asking', question: next, rest: later }, at));
}

/** What the browser said. Whoever has gone back, or looks at another request by now, is not led on by it. */
export function takeSignIn(model: Model, { id, words, at }: { id: string; words: Printable | null; at: number }): Step {
  const { panel } = model;
  if (panel === null || panel.shown.request.id !== id || panel.step.kind !== 'signing-in') return [model, []];
  if (words === null) return still(model, toStep(panel, { kind: 'confirming' }, at));
  return still(model, withNotice(toStep({ ...panel, answers: {} }, { kind: 'reading' }, at), words, at));
}

function answeredAll(model: Model, panel: Panel, at: number): Step {
  if (!panel.shown.request.steps.includes('fresh-sign-in')) return still(model, toStep(panel, { kind: 'confirming' }, at));
  return [{ ...model, panel: toStep(panel, { kind: 'signing-in' }, at) }, [{ kind: 'sign-in', shown: panel.shown }]];
}

const TYPED: ReadonlySet<string> = new Set(['asking', 'denying', 'commenting']);

const TOGETHER = say`It came together with other keys, so it was not taken. Press it alone.`;

function pressApprove(model: Model, panel: Panel, { key, at }: Press): Step {
  const refusal = whyNotApprove(model, panel, at, key === 'approve-unproven');
  if (refusal !== null) return refused(model, panel, refusal, at);
  const [question, ...rest] = questionsFor(panel.shown);
  if (question === undefined) return answeredAll(model, panel, at);
  return still(model, toStep(panel, { kind: 'asking', question, rest }, at));
}

/** The second step. Any key but the confirm key takes the first one back: who types on did not mean to approve. */
function pressConfirming(model: Model, panel: Panel, event: Press, newKey: () => string): Step {
  const back = toStep({ ...panel, answers: {} }, { kind: 'reading' }, event.at);
  if (event.key !== 'confirm') return still(model, withNotice(back, say`Not approved.`, event.at));
  if (!event.lone || event.repeat) return still(model, withNotice(back, TOGETHER, event.at));
  if (event.at - panel.stepAt > STEP_LASTS)
    return still(
      model,
      withNotice(back, say`Not approved: the first step was too long ago. Look again, and press a.`, event.at),
    );
  const refusal = whyNotApprove(model, panel, event.at, panel.shown.verdict.kind !== 'signed');
  // Too early is what a typing hand looks like: the first step is taken back too.
  if (refusal !== null) return refused(model, back, refusal, event.at);
  return startDecision(model, panel, { verb: 'approve', at: event.at, idempotencyKey: newKey() });
}

// Longer than any reading of a line; whoever was away for as long looks at it again.
export const STEP_LASTS = 120_000;

function pressDeny(model: Model, panel: Panel, at: number): Step {
  const refusal = whyNotDeny(model, panel, at);
  return refusal === null ? still(model, toStep(panel, { kind: 'denying' }, at)) : refused(model, panel, refusal, at);
}

function pressAcceptKey(model: Model, panel: Panel, at: number): Step {
  if (panel.shown.verdict.kind !== 'key-changed')
    return still(model, withNotice(panel, say`The agent's key has not changed.`, at));
  return still(model, toStep(panel, { kind: 'asking', question: 'fingerprint', rest: [] }, at));
}

function submitDenial(model: Model, panel: Panel, text: string, at: number, newKey: () => string): Step {
  const reason = text.trim();
  if (reason === '') return still(model, withNotice(panel, say`A denial needs a reason: the agent and its owner read it.`, at));
  const refusal = whyNotDeny(model, panel, at);
  if (refusal !== null) return refused(model, panel, refusal, at);
  return startDecision(model, panel, { verb: 'deny', reason, at, idempotencyKey: newKey() });
}

function submitComment(model: Model, panel: Panel, text: string, at: number, newKey: () => string): Step {
  if (text.trim() === '') return still(model, withNotice(panel, say`Nothing was typed.`, at));
  const effect: Effect = { kind: 'comment', id: panel.shown.request.id, text: text.trim(), idempotencyKey: newKey() };
  return [{ ...model, panel: toStep(panel, { kind: 'reading' }, at) }, [effect]];
}

function askOthers(model: Model, panel: Panel, kind: 'escalate' | 'nudge', at: number, newKey: () => string): Step {
  if (panel.shown.request.status !== 'pending') return still(model, withNotice(panel, say`It no longer waits.`, at));
  const effect: Effect = { kind, id: panel.shown.request.id, idempotencyKey: newKey() };
  const words = kind === 'escalate' ? say`Asking for more eyes.` : say`Reminding those who could review it.`;
  return [{ ...model, panel: withNotice(panel, words, at, 'normal') }, [effect]];
}

/** Safe whatever the hand was doing: at worst the request waits again. The server says whether it is possible. */
function pressUndo(model: Model, panel: Panel, at: number, newKey: () => string): Step {
  const refusal = whyNotUndo(panel.shown.request, model.inFlight.has(panel.shown.request.id), at);
  if (refusal !== null) return still(model, withNotice(panel, refusal, at));
  const effect: Effect = { kind: 'undo', id: panel.shown.request.id, idempotencyKey: newKey() };
  return [{ ...model, panel: withNotice(panel, say`Taking it back.`, at, 'normal') }, [effect]];
}

const still = (model: Model, panel: Panel): Step => [{ ...model, panel }, []];
const refused = (model: Model, panel: Panel, { words }: Refusal, at: number): Step =>
  still(model, withNotice(panel, words, at));
