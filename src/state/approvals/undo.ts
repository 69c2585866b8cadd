// Taking a decision back: how long, why not, and in which words what came of it is told.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import { localTime } from '../../text/time.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import type { Model, Panel, Shown } from './model.ts';
import { openPanel, withNotice } from './panel.ts';
import { withRequest } from './queue.ts';

/** Why the reviewer's own decision cannot be taken back, or null. */
export function whyNotUndo(
  { undoUntil, toldAt, quorum, status }: ApprovalRequest,
  isInFlight: boolean,
  now: number,
): Printable | null {
  if (isInFlight) return say`Your decision was sent; its effect is not known yet.`;
  if (undoUntil !== null)
    return Date.parse(undoUntil) > now ? null : say`A decision can be taken back for ten seconds; they are over.`;
  if (quorum === null) return say`This server takes no decision back.`;
  if (status !== 'pending' && toldAt !== null)
    return say`It cannot be taken back: the agent was told at ${localTime(toldAt)} and may have acted.`;
  return say`There is nothing of yours to take back.`;
}

/** Whether a decision can be taken back, or that it cannot: said with every approval. */
export function undoWords({ undoUntil, toldAt, quorum }: ApprovalRequest): Printable {
  if (undoUntil !== null) return say` It can be taken back for ten seconds, unless the agent hears of it first.`;
  return toldAt === null || quorum === null
    ? say` The agent acts on it at once: it cannot be taken back.`
    : say` The agent was told at ${localTime(toldAt)}: it cannot be taken back.`;
}

/** The request waits again: it is read again, and armed again, like one that was just opened. */
export function takeUndone(model: Model, { shown, at }: { shown: Shown; at: number }): Model {
  const { id } = shown.request;
  const told = new Map(model.told);
  told.delete(id);
  const isOpen = model.panel?.shown.request.id === id;
  return {
    ...model,
    told,
    queue: withRequest(model.queue, shown.request),
    panel: isOpen ? withNotice(openPanel(shown, 'read', at), say`Taken back: it waits again.`, at, 'good') : model.panel,
  };
}

/** The server says why it did not. */
export function takeNotUndone(model: Model, { id, words, at }: { id: string; words: Printable; at: number }): Model {
  const { panel } = model;
  if (panel?.shown.request.id !== id) return model;
  return { ...model, panel: withNotice(panel as Panel, words, at, 'bad') };
}
