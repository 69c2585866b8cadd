// Several at once. Approving: one group, one risk, twenty at most, every one listed, their number typed. Denying: any, with a reason.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import type { VerificationId } from '../../wire/scalars.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import { contradictions } from './action-facts.ts';
import { launch } from './decide.ts';
import { groupKey } from './groups.ts';
import type { Bulk, Effect, Model, Shown, Verb } from './model.ts';
import { graceOf } from './pace.ts';
import { seenAfter } from './panel.ts';
import { STEP_LASTS } from './press.ts';
import { unreadWords, whyNotApproveAction, whyNotDecide } from './why-not.ts';

export const BULK_LIMIT = 20;

export type BulkEvent =
  | { kind: 'bulk-opened'; verb: Verb; items: readonly Shown[]; at: number }
  | { kind: 'bulk-closed' }
  | { kind: 'bulk-laid-out'; width: number; height: number; total: number; top: number; bottom: number; at: number }
  | { kind: 'bulk-pressed'; key: 'approve' | 'confirm' | 'back' | 'other'; at: number; lone: boolean; repeat: boolean }
  /** The number that was typed, or the reason of the denials. */
  | { kind: 'bulk-submitted'; text: string; at: number; lone: boolean; repeat: boolean };

type Step = readonly [model: Model, effects: readonly Effect[]];

/** Why these may not be decided together, or null. */
export function whyNotBulk(
  verb: Verb,
  items: readonly Shown[],
  inFlight: ReadonlySet<VerificationId> | ReadonlyMap<VerificationId, unknown>,
): Printable | null {
  if (items.length === 0) return say`Nothing is marked.`;
  for (const { request } of items) {
    const refusal = whyNotDecide(request, inFlight.has(request.id));
    if (refusal !== null) return say`${request.agentName ?? request.agentId}: ${refusal.words}`;
  }
  if (verb === 'deny') return null;
  if (items.length > BULK_LIMIT) return say`At most ${BULK_LIMIT} are approved together; these are ${items.length}.`;
  for (const shown of items) {
    const refusal = whyNotApproveAction(shown, false);
    if (refusal !== null) return refusal.words;
    if (shown.request.steps.length > 0) return say`Policy asks for more steps: these are approved one by one.`;
  }
  const groups = new Set(items.map(({ request, verdict }) => groupKey(request, verdict)));
  if (groups.size > 1)
    return say`They are not the same: only identical requests of one agent and one risk are approved together.`;
  return items.some(({ request, verdict }) => contradictions(request, verdict).length > 0)
    ? say`The server lists one of them as something else than was signed: look at each.`
    : null;
}

export function reduceBulk(model: Model, event: BulkEvent, newKey: () => string): Step {
  if (event.kind === 'bulk-opened') return [{ ...model, bulk: open(event) }, []];
  const { bulk } = model;
  if (bulk === null) return [model, []];
  if (event.kind === 'bulk-closed') return [{ ...model, bulk: null }, []];
  if (event.kind === 'bulk-laid-out') return still(model, layOut(bulk, event));
  if (event.kind === 'bulk-submitted') return submit(model, bulk, event, newKey);
  return press(model, bulk, event, newKey);
}

/** One of them is another one now: it is left out, and the rest must be looked at again. */
export function bulkAfter(model: Model, request: ApprovalRequest): Model {
  const { bulk } = model;
  const shown = bulk?.items.find((item) => item.request.id === request.id);
  if (bulk === null || shown === undefined || isSame(shown.request, request)) return model;
  const items = bulk.items.filter((item) => item !== shown);
  const notice = { words: say`One of them changed, and is left out.`, tone: 'warning' as const, at: bulk.changedAt };
  return { ...model, bulk: items.length === 0 ? null : { ...bulk, items, layout: null, seen: 0, step: 'reading', notice } };
}

const isSame = (before: ApprovalRequest, after: ApprovalRequest): boolean =>
  before.status === after.status &&
  JSON.stringify(before.binding) === JSON.stringify(after.binding) &&
  before.riskLevel === after.riskLevel;

const open = ({ verb, items, at }: { verb: Verb; items: readonly Shown[]; at: number }): Bulk => ({
  verb,
  items,
  openedAt: at,
  changedAt: at,
  layout: null,
  seen: 0,
  step: 'reading',
  stepAt: at,
  notice: null,
});

function layOut(
  bulk: Bulk,
  laid: { width: number; height: number; total: number; top: number; bottom: number; at: number },
): Bulk {
  const { width, height, total, at } = laid;
  const isNew = bulk.layout === null || bulk.layout.width !== width || bulk.layout.height !== height;
  return {
    ...bulk,
    layout: { width, height, total },
    seen: seenAfter(isNew ? 0 : bulk.seen, laid),
    changedAt: isNew ? at : bulk.changedAt,
  };
}

type Key = { at: number; lone: boolean; repeat: boolean };

function press(model: Model, bulk: Bulk, { key, at, lone, repeat }: Key & { key: string }, newKey: () => string): Step {
  if (key === 'back' || (bulk.step === 'confirming' && key !== 'confirm')) return still(model, to(bulk, 'reading', at));
  if (key === 'other') return [model, []];
  if (bulk.step === 'confirming' && at - bulk.stepAt > STEP_LASTS)
    return still(model, withNotice(to(bulk, 'reading', at), say`Not approved: the count was too long ago. Look again.`, at));
  const refusal = whyNotNow(model, bulk, { at, lone, repeat });
  if (refusal !== null)
    return still(model, withNotice(bulk.step === 'confirming' ? to(bulk, 'reading', at) : bulk, refusal, at));
  if (key === 'approve' && bulk.step === 'reading' && bulk.verb === 'approve') return still(model, to(bulk, 'counting', at));
  if (key === 'confirm' && bulk.step === 'confirming') return sendAll(model, bulk, undefined, at, newKey);
  return [model, []];
}

function submit(model: Model, bulk: Bulk, { text, at, lone, repeat }: Key & { text: string }, newKey: () => string): Step {
  const refusal =
    bulk.verb === 'deny' ? whyNotKey(model, bulk, { at, lone, repeat }) : whyNotNow(model, bulk, { at, lone, repeat });
  if (refusal !== null) return still(model, withNotice(bulk, refusal, at));
  if (bulk.verb === 'deny') {
    if (text.trim() === '') return still(model, withNotice(bulk, say`A denial needs a reason.`, at));
    return sendAll(model, bulk, text.trim(), at, newKey);
  }
  if (bulk.step !== 'counting') return [model, []];
  if (text.trim() !== String(bulk.items.length)) return still(model, withNotice(bulk, say`That is not how many they are.`, at));
  return still(model, to(bulk, 'confirming', at));
}

function sendAll(model: Model, bulk: Bulk, reason: string | undefined, at: number, newKey: () => string): Step {
  const effects: Effect[] = [];
  let next: Model = { ...model, bulk: null };
  // One reading of the whole list: their number must not make the reviewer look hasty.
  const openedAt = bulk.openedAt;
  for (const shown of bulk.items) {
    const [after, wanted] = launch(
      next,
      { shown, openedAt, answers: {}, narrow: {} },
      { verb: bulk.verb, at, idempotencyKey: newKey(), ...(reason === undefined ? {} : { reason }) },
    );
    next = after;
    effects.push(...wanted);
  }
  return [next, effects];
}

function whyNotNow(model: Model, bulk: Bulk, key: Key): Printable | null {
  return whyNotKey(model, bulk, key) ?? unreadWords(bulk);
}

function whyNotKey(model: Model, bulk: Bulk, { at, lone, repeat }: Key): Printable | null {
  if (!lone || repeat) return say`It came together with other keys, so it was not taken. Press it alone.`;
  if (at < Math.max(bulk.changedAt, bulk.stepAt) + graceOf(model.pace, at))
    return say`It has just changed. Press the key again.`;
  return whyNotBulk(bulk.verb, bulk.items, model.inFlight);
}

const to = (bulk: Bulk, step: Bulk['step'], at: number): Bulk => ({ ...bulk, step, stepAt: at, notice: null });
const withNotice = (bulk: Bulk, words: Printable, at: number): Bulk => ({ ...bulk, notice: { words, tone: 'warning', at } });
const still = (model: Model, bulk: Bulk): Step => [{ ...model, bulk }, []];
