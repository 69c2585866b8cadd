// Drives the approvals machine as a screen would, with a clock that only the test moves.

import type { Effect, InFlight, Model, Shown } from '../../src/state/approvals/model.ts';
import type { PressedKey } from '../../src/state/approvals/press.ts';
import { type ApprovalsEvent, noApprovals, reduce } from '../../src/state/approvals/reduce.ts';
import { verdictOf } from '../../src/state/approvals/verdict.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { NOW } from './signed-request.ts';

export const shownOf = (request: ApprovalRequest, known: Parameters<typeof verdictOf>[1] = null): Shown => ({
  request,
  verdict: verdictOf(request, known),
  around: { agent: null, otherNames: [] },
});

export type Driver = {
  readonly model: Model;
  readonly effects: Effect[];
  at: number;
  send(event: ApprovalsEvent): Driver;
  wait(milliseconds: number): Driver;
  open(request: ApprovalRequest, to?: 'read' | 'deny'): Driver;
  /** The screen has shown rows up to `bottom`. */
  see(bottom: number, total?: number): Driver;
  press(key: PressedKey, how?: { lone?: boolean; repeat?: boolean }): Driver;
  enter(text: string, how?: { lone?: boolean; repeat?: boolean }): Driver;
  readonly flight: InFlight | undefined;
  readonly decisions: InFlight[];
  readonly notice: string | undefined;
};

export function driver(): Driver {
  let model: Model = noApprovals;
  let key = 0;
  const effects: Effect[] = [];
  const drive: Driver = {
    at: NOW,
    effects,
    get model() {
      return model;
    },
    send(event) {
      const [next, wanted] = reduce(model, event, () => `key-${++key}`);
      model = next;
      effects.push(...wanted);
      return drive;
    },
    wait(milliseconds) {
      drive.at += milliseconds;
      return drive;
    },
    open: (request, to = 'read') => drive.send({ kind: 'opened', shown: shownOf(request), to, at: drive.at }),
    see: (bottom, total = 20) => drive.send({ kind: 'laid-out', width: 80, height: 19, total, top: 0, bottom, at: drive.at }),
    press: (pressed, { lone = true, repeat = false } = {}) =>
      drive.send({ kind: 'pressed', key: pressed, at: drive.at, lone, repeat }),
    enter: (text, { lone = true, repeat = false } = {}) => drive.send({ kind: 'submitted', text, at: drive.at, lone, repeat }),
    get flight() {
      return [...model.inFlight.values()].at(-1);
    },
    get decisions() {
      return effects.flatMap((effect) => (effect.kind === 'decide' ? [effect.flight] : []));
    },
    get notice() {
      return model.panel?.notice?.words;
    },
  };
  return drive;
}

/** A panel that was read to its end and has stood still for a while. */
export const readAndReady = (request: ApprovalRequest): Driver => driver().open(request).see(20).wait(1000);
