// A decision in lines: everything is read out first, an approval takes two steps, and no line that came too early counts.

import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Approvals } from '../../src/state/approvals/create-approvals.ts';
import { dossierOf } from '../../src/state/approvals/facts.ts';
import type { Panel } from '../../src/state/approvals/model.ts';
import { givenBy, givenWords } from '../../src/state/approvals/narrowing.ts';
import type { PressedKey } from '../../src/state/approvals/press.ts';
import { questionWords } from '../../src/state/approvals/questions.ts';
import { whyNotApprove } from '../../src/state/approvals/why-not.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import { visible } from '../../src/text/visible.ts';
import type { VerificationId } from '../../src/wire/scalars.ts';
import { panelRows } from '../approvals/panel-rows.ts';
import { plainText } from '../paint.ts';
import type { TypedLine } from './line-source.ts';
import type { Printer } from './printer.ts';

export type Decision = {
  /** Fetches a request and reads all of it out. @throws AIMError */
  open(id: VerificationId): Promise<void>;
  readonly openId: VerificationId | null;
  /** Whether the line belongs to a question that stands open; then it was taken. */
  answer(line: TypedLine): boolean;
  press(key: PressedKey, line: TypedLine): void;
  /** A denial with its reason in the same line. */
  deny(reason: string, line: TypedLine): void;
  /** To be called whenever the approvals changed: what is different is read out, and what was decided is told. */
  changed(): void;
  close(): void;
};

export function createDecision({
  approvals,
  printer,
  width,
}: {
  approvals: Approvals;
  printer: Printer;
  width: number;
}): Decision {
  let readAt: number | null = null;
  let toldAt = 0;
  let noticedAt = 0;
  let askedAt = 0;

  const panel = () => approvals.get().panel;
  const readOut = (open: Panel) => {
    const { request, verdict, around } = open.shown;
    const rows = panelRows({
      dossier: dossierOf(request, verdict, { ...around, now: approvals.now() }),
      changes: open.changes,
      told: null,
      isSettled: request.status !== 'pending',
      given: Object.keys(open.narrow).length === 0 ? null : givenWords(givenBy(request, open.narrow)),
      width,
      gutter: ours('|'),
      isExpanded: true,
    });
    printer.say(say`Request ${request.id}: ${verdict.title}`, ...rows.map((row) => plainText(row).trimEnd() as Printable));
    approvals.dispatch({
      kind: 'laid-out',
      width,
      height: rows.length,
      total: rows.length,
      top: 0,
      bottom: rows.length,
      at: approvals.now(),
    });
    // Arming counts from when it was read out, not from when it was asked for.
    approvals.dispatch({ kind: 'uncovered', at: approvals.now() });
    readAt = panel()?.changedAt ?? null;
    printer.say(whatNext());
  };
  const whatNext = (): Printable => {
    const open = panel();
    if (!open) return ours('');
    const refusal = whyNotApprove(approvals.get(), open, approvals.now(), open.shown.verdict.kind !== 'signed');
    if (refusal !== null && refusal.code !== 'not-armed') return refusal.words;
    return open.shown.verdict.kind === 'signed'
      ? ours('approve begins an approval in two steps. deny REASON denies. back leaves it as it is.')
      : ours('U begins an approval of what is not proven. deny REASON denies. back leaves it as it is.');
  };
  const ask = () => {
    const open = panel();
    if (!open || open.stepAt === askedAt) return;
    askedAt = open.stepAt;
    if (open.step.kind === 'asking') printer.say(say`${questionWords(open.step.question, open.shown)}? Enter alone goes back.`);
    if (open.step.kind === 'denying') printer.say(ours('Reason for denying? Enter alone goes back.'));
    if (open.step.kind === 'commenting') printer.say(ours('To the other reviewers? Enter alone goes back.'));
    if (open.step.kind === 'confirming') printer.say(say`Type confirm to APPROVE ${summaryOf(open)}. Anything else goes back.`);
  };
  const tell = () => {
    const open = panel();
    if (!open) return;
    if (open.notice && open.notice.at !== noticedAt) {
      noticedAt = open.notice.at;
      printer.say(open.notice.words);
    }
    const told = approvals.get().told.get(open.shown.request.id);
    if (told && told.at !== toldAt) {
      toldAt = told.at;
      printer.announce(told.words);
    }
  };
  const pressNow = (key: PressedKey, { at, lone }: TypedLine) => {
    if (!panel()) return printer.say(ours('No request is open: approvals lists them, open N opens one.'));
    approvals.dispatch({ kind: 'pressed', key, at, lone, repeat: false });
    tell();
    ask();
  };

  return {
    async open(id) {
      approvals.close();
      await approvals.open(id);
      const open = panel();
      if (open) readOut(open);
    },
    get openId() {
      return panel()?.shown.request.id ?? null;
    },
    answer(line) {
      const step = panel()?.step.kind;
      if (step === undefined || step === 'reading') return false;
      const typed = line.text.trim();
      if (step === 'confirming') {
        pressNow(/^(p|confirm)$/.test(typed) ? 'confirm' : 'other', line);
        const flight = panel() && approvals.get().inFlight.get(panel()?.shown.request.id as VerificationId);
        if (flight) printer.say(ours('Sending your approval.'));
        return true;
      }
      if (typed === '' || typed === 'back') pressNow('back', line);
      else {
        approvals.dispatch({ kind: 'submitted', text: line.text, at: line.at, lone: line.lone, repeat: false });
        tell();
        ask();
      }
      return true;
    },
    press: pressNow,
    deny(reason, line) {
      pressNow('deny', line);
      if (reason === '' || panel()?.step.kind !== 'denying') return;
      // The reason came with the verb: it was typed before the question, and needs none. Whether it is too early was asked just now.
      approvals.dispatch({ kind: 'submitted', text: reason, at: line.at + STEP, lone: line.lone, repeat: false });
      tell();
    },
    changed() {
      const open = panel();
      tell();
      if (open && readAt !== null && open.layout === null && open.changedAt !== readAt) {
        printer.say(ours('It has changed while you were reading.'));
        readOut(open);
      }
    },
    close() {
      approvals.close();
    },
  };
}

/** The pause that the machine wants between a step and its answer; a reason in the same line as its verb has both at once. */
const STEP = 5000;

function summaryOf({ shown, narrow }: Panel): Printable {
  const { capability, resource } = actionOf(shown.request, shown.verdict);
  const on = resource === null ? '' : ` on ${visible(resource, { max: 200 })}`;
  return `${visible(capability, { max: 200 })}${on}: ${givenWords(givenBy(shown.request, narrow))}` as Printable;
}
