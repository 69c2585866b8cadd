// A decision on its way: sent with a key of its own, sent again with the same key until its effect is known, told once.

import type { Printable } from '../../text/brand.ts';
import type { VerificationId } from '../../wire/scalars.ts';
import type { DecisionBody, Effect, InFlight, Model, Panel, Told, Verb } from './model.ts';
import { deservesMute } from './mutes.ts';
import { givenBy } from './narrowing.ts';
import { withApproval } from './pace.ts';
import { settlePanel, toStep } from './panel.ts';
import { namedIn } from './questions.ts';
import { withRequest } from './queue.ts';

type Step = readonly [model: Model, effects: readonly Effect[]];

/** What is decided about, as the reviewer had it before them. */
export type Decided = Pick<Panel, 'shown' | 'openedAt' | 'answers' | 'narrow'>;
type Start = { verb: Verb; reason?: string; at: number; idempotencyKey: string };

export function startDecision(model: Model, panel: Panel, start: Start): Step {
  const [next, effects] = launch(model, panel, start);
  return [{ ...next, panel: toStep({ ...panel, answers: {} }, { kind: 'reading' }, start.at) }, effects];
}

/** Puts one decision on its way, whatever is on screen. */
export function launch(model: Model, decided: Decided, { verb, reason, at, idempotencyKey }: Start): Step {
  const { shown, openedAt } = decided;
  const { id } = shown.request;
  const decision = bodyOf(decided, verb, reason);
  const flight: InFlight = { id, verb, idempotencyKey, attempt: 1, state: 'sent', since: at, openedAt, shown, decision };
  const pin: Effect[] = verb === 'approve' && shown.verdict.isFirstUse ? [{ kind: 'pin', shown }] : [];
  const pace = verb === 'approve' ? withApproval(model.pace, at, (at - openedAt) / 1000) : model.pace;
  return [{ ...model, pace, inFlight: new Map(model.inFlight).set(id, flight) }, [...pin, { kind: 'decide', flight }]];
}

/** What now holds, from the record. An answer to a decision that was not made here (another key) changes nothing. */
export function takeAnswer(
  model: Model,
  { id, idempotencyKey, told }: { id: VerificationId; idempotencyKey: string; told: Told },
): Model {
  const flight = model.inFlight.get(id);
  if (flight?.idempotencyKey !== idempotencyKey) return model;
  const inFlight = new Map(model.inFlight);
  inFlight.delete(id);
  const tolds = new Map(model.told).set(id, offering(model, told));
  const queue = told.held === null ? model.queue : withRequest(model.queue, told.held);
  const { panel } = model;
  const isOpen = panel !== null && panel.shown.request.id === id;
  const shown = isOpen && told.held !== null ? { ...panel.shown, request: told.held } : null;
  return {
    ...model,
    inFlight,
    told: tolds,
    queue,
    panel: isOpen && shown !== null ? settlePanel(panel, shown, told.at) : panel,
  };
}

/** Who is asked again and again is told what else there is than denying once more. */
function offering(model: Model, told: Told): Told {
  const agent = told.held?.agentId;
  if (agent === undefined || !deservesMute([...model.told.values(), told], agent, told.at)) return told;
  return {
    ...told,
    words:
      `${told.words} You have denied it three times in an hour: M in the queue mutes it, suspending it ends it.` as Printable,
  };
}

/** The link failed between key and answer. Nobody knows; the same decision goes out again under the same key. */
export function takeUnknown(model: Model, { id, idempotencyKey }: { id: VerificationId; idempotencyKey: string }): Step {
  const flight = model.inFlight.get(id);
  if (flight?.idempotencyKey !== idempotencyKey) return [model, []];
  const again: InFlight = { ...flight, state: 'unknown', attempt: flight.attempt + 1 };
  return [{ ...model, inFlight: new Map(model.inFlight).set(id, again) }, [{ kind: 'decide', flight: again }]];
}

function bodyOf({ shown, answers, narrow }: Decided, verb: Verb, reason: string | undefined): DecisionBody {
  const why = reason ?? answers.reason;
  const hash = shown.verdict.signed?.hash;
  // What was shown as given is sent in full, so that no server can understand "nothing said" as "everything asked".
  const given = verb === 'approve' ? givenBy(shown.request, narrow) : {};
  return {
    interactive: true,
    ...(why === undefined ? {} : { reason: why }),
    ...(hash === undefined ? {} : { actionHash: hash }),
    ...(Object.keys(given).length === 0 ? {} : { narrow: given }),
    ...(verb === 'approve' && answers['matching-code'] !== undefined ? { matchingCode: answers['matching-code'] } : {}),
    // The characters themselves: what no keyboard has was typed as it is shown.
    ...(verb === 'approve' && answers['type-resource'] !== undefined ? { confirmResource: namedIn(shown) } : {}),
  };
}
