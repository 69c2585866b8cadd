// The approvals machine: what each event makes of the model, and what it wants done. Pure: times and ids come with the events.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { AgentId, VerificationId } from '../../wire/scalars.ts';
import type { ApprovalRequest, Narrowing } from '../../wire/verification.ts';
import { type BulkEvent, bulkAfter, reduceBulk } from './bulk.ts';
import { takeAnswer, takeUnknown } from './decide.ts';
import type { Model, Panel, Shown, Told } from './model.ts';
import { type Mutes, toggleMute } from './mutes.ts';
import { noPace } from './pace.ts';
import { changePanel, layOut, openPanel, toStep, withNotice } from './panel.ts';
import { type Press, press, type Step, type Submission, submit, takeSignIn } from './press.ts';
import { emptyQueue, tidied, withList, withRequest } from './queue.ts';
import { takeNotUndone, takeUndone } from './undo.ts';

export type ApprovalsEvent =
  | { kind: 'listed'; requests: readonly ApprovalRequest[] }
  | { kind: 'changed'; request: ApprovalRequest }
  /** The reviewer's own wish: takes away what no longer waits. */
  | { kind: 'tidied' }
  /** The panel opens. `deny` opens it at the reason prompt, which is one step less. */
  | { kind: 'opened'; shown: Shown; to: 'read' | 'deny'; at: number }
  | { kind: 'closed' }
  /** The request in the panel, or what is known around it, may be different now. */
  | { kind: 'shown'; shown: Shown; at: number }
  /** The screen has laid the panel out: how many rows there are, and which of them are visible (`top` up to, but not, `bottom`). */
  | { kind: 'laid-out'; width: number; height: number; total: number; top: number; bottom: number; at: number }
  | ({ kind: 'pressed' } & Press)
  | ({ kind: 'submitted' } & Submission)
  | { kind: 'narrowed'; narrow: Narrowing; at: number }
  /** It is on screen again after something lay over it: nobody has looked at it meanwhile. */
  | { kind: 'uncovered'; at: number }
  /** The terminal has the focus again: the first keys may have been meant for where it was. */
  | { kind: 'refocused'; at: number }
  /** The clock has jumped, or the machine slept: nothing that is timed can be told any more. */
  | { kind: 'lost-time'; at: number }
  /** The sign-in that policy asks for was made (`words` null), or was not. */
  | { kind: 'signed-in'; id: VerificationId; words: Printable | null; at: number }
  /** Something to know while the browser is open. */
  | { kind: 'sign-in-note'; id: VerificationId; words: Printable; at: number }
  | { kind: 'undone'; shown: Shown; at: number }
  | { kind: 'not-undone'; id: VerificationId; words: Printable; at: number }
  | BulkEvent
  | { kind: 'muted'; agent: AgentId; at: number }
  /** What was muted here before. */
  | { kind: 'mutes-kept'; mutes: Mutes }
  /** The record after a decision, as a second look found it. */
  | { kind: 'answered'; id: VerificationId; idempotencyKey: string; told: Told }
  /** No answer, or none that says what holds: the decision goes out again with the same key. */
  | { kind: 'unknown'; id: VerificationId; idempotencyKey: string };

export const noApprovals: Model = {
  queue: emptyQueue,
  panel: null,
  bulk: null,
  inFlight: new Map(),
  told: new Map(),
  mutes: new Map(),
  pace: noPace,
};

/** `newKey` makes the idempotency key of a decision: randomness is handed in. */
export function reduce(model: Model, event: ApprovalsEvent, newKey: () => string): Step {
  switch (event.kind) {
    case 'listed': {
      const { queue, missing } = withList(model.queue, event.requests);
      return [{ ...model, queue }, missing.map((id) => ({ kind: 'reread', id }))];
    }
    case 'changed':
      return [bulkAfter({ ...model, queue: withRequest(model.queue, event.request) }, event.request), []];
    case 'tidied':
      return [{ ...model, queue: tidied(model.queue) }, []];
    case 'opened':
      return [{ ...model, panel: openPanel(event.shown, event.to, event.at), told: withoutStale(model, event.shown) }, []];
    case 'closed':
      return [{ ...model, panel: null }, []];
    case 'shown':
      return onPanel(model, (panel) => (isSame(panel, event.shown) ? changePanel(panel, event.shown, event.at) : panel));
    case 'laid-out':
      return onPanel(model, (panel) => layOut(panel, event));
    case 'narrowed':
      // The reviewer's own change, but what will hold is another thing now: it must be looked at before it is confirmed.
      return onPanel(model, (panel) => ({
        ...panel,
        narrow: event.narrow,
        changedAt: event.at,
        step: { kind: 'reading' },
        notice: null,
      }));
    case 'uncovered':
      return onPanel(model, (panel) => ({
        ...panel,
        changedAt: event.at,
        step: panel.step.kind === 'denying' ? panel.step : { kind: 'reading' },
      }));
    case 'refocused':
      return changedNow(model, event.at);
    case 'lost-time':
      return disarmed(model, event.at);
    case 'pressed':
      return press(model, event, newKey);
    case 'submitted':
      return submit(model, event, newKey);
    case 'signed-in':
      return takeSignIn(model, event);
    case 'sign-in-note':
      return onPanel(model, (panel) =>
        panel.shown.request.id === event.id && panel.step.kind === 'signing-in'
          ? withNotice(panel, event.words, event.at, 'normal')
          : panel,
      );
    case 'undone':
      return [takeUndone(model, event), []];
    case 'not-undone':
      return [takeNotUndone(model, event), []];
    case 'muted':
      return [{ ...model, mutes: toggleMute(model.mutes, event.agent, event.at) }, []];
    case 'mutes-kept':
      return [{ ...model, mutes: new Map([...event.mutes, ...model.mutes]) }, []];
    case 'bulk-opened':
    case 'bulk-closed':
    case 'bulk-laid-out':
    case 'bulk-pressed':
    case 'bulk-submitted':
      return reduceBulk(model, event, newKey);
    case 'answered':
      return [takeAnswer(model, event), []];
    case 'unknown':
      return takeUnknown(model, event);
  }
}

/** What is on screen counts as new from now on; what was typed and answered stays. */
const changedNow = (model: Model, at: number): Step => [
  {
    ...model,
    panel: model.panel && { ...model.panel, changedAt: at, stepAt: Math.min(model.panel.stepAt, at) },
    bulk: model.bulk && { ...model.bulk, changedAt: at, stepAt: Math.min(model.bulk.stepAt, at) },
  },
  [],
];

/** The same, and a first step that was taken is taken back. */
function disarmed(model: Model, at: number): Step {
  const [{ panel, bulk, ...rest }] = changedNow(model, at);
  const isFirstStep = panel?.step.kind === 'confirming';
  return [
    {
      ...rest,
      panel:
        panel && isFirstStep ? withNotice({ ...toStep(panel, { kind: 'reading' }, at), answers: {} }, LOST_TIME, at) : panel,
      bulk: bulk && bulk.step === 'confirming' ? { ...bulk, step: 'reading', stepAt: at } : bulk,
    },
    [],
  ];
}

const LOST_TIME = say`Not approved: the screen stood still, or the clock was set, after the first step. Look again, and press a.`;

const isSame = (panel: Panel, shown: Shown): boolean => panel.shown.request.id === shown.request.id;

/** What was told of a request that still waits is old news when it is opened again. */
function withoutStale({ told }: Model, { request }: Shown): Model['told'] {
  if (request.status !== 'pending' || !told.has(request.id)) return told;
  return new Map([...told].filter(([id]) => id !== request.id));
}

function onPanel(model: Model, change: (panel: Panel) => Panel): Step {
  if (model.panel === null) return [model, []];
  const panel = change(model.panel);
  return [panel === model.panel ? model : { ...model, panel }, []];
}
