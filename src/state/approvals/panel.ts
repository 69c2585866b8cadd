// The panel: one request, pinned by its id. It changes only when that request does, says what changed, and disarms.

import { type Change, changesBetween } from './changes.ts';
import { dossierOf } from './facts.ts';
import type { Notice, Panel, PanelStep, Shown } from './model.ts';

export function openPanel(shown: Shown, to: 'read' | 'deny', at: number): Panel {
  return {
    shown,
    base: shown,
    changes: [],
    openedAt: at,
    changedAt: at,
    layout: null,
    seen: 0,
    step: to === 'deny' && shown.request.status === 'pending' ? { kind: 'denying' } : { kind: 'reading' },
    stepAt: at,
    answers: {},
    narrow: {},
    notice: null,
  };
}

/** The same request as it is now. What the reviewer sees is either the same, or a change that is shown and must be read. */
export function changePanel(panel: Panel, shown: Shown, at: number): Panel {
  // What is settled can only be told more exactly: nothing is left to decide, so nothing disarms.
  if (panel.base.request.status !== 'pending') {
    // Somebody took a decision back: it waits again, and is read again.
    if (shown.request.status === 'pending') return openPanel(shown, 'read', at);
    return { ...panel, shown, base: shown, changes: [] };
  }
  if (differences(panel.shown, shown, at).length === 0 && shown.request.status === panel.shown.request.status)
    return { ...panel, shown };
  const isDenying = panel.step.kind === 'denying' && shown.request.status === 'pending';
  return {
    ...panel,
    shown,
    changes: differences(panel.base, shown, at),
    changedAt: at,
    layout: null,
    seen: 0,
    // A reason that is being typed stays; an approval that was under way starts over.
    step: isDenying ? panel.step : { kind: 'reading' },
    answers: {},
    notice: null,
  };
}

/** After the reviewer's own decision: what now holds is no surprise, and nothing is left to decide. */
export function settlePanel(panel: Panel, shown: Shown, at: number): Panel {
  return { ...openPanel(shown, 'read', at), openedAt: panel.openedAt, layout: panel.layout, seen: panel.seen };
}

export function layOut(
  panel: Panel,
  laid: { width: number; height: number; total: number; top: number; bottom: number; at: number },
): Panel {
  const { width, height, total, at } = laid;
  const before = panel.layout;
  const isResized = before !== null && (before.width !== width || before.height !== height);
  const layout = { width, height, total };
  // A resize moves every row: what was under the eyes is not any more, and a key on its way was meant for the old picture.
  if (isResized) return { ...panel, layout, seen: seenAfter(0, laid), changedAt: at };
  const seen = seenAfter(panel.seen, laid);
  if (before?.total === total && seen === panel.seen) return panel;
  // Who reads on has heard what the last key lacked.
  return { ...panel, layout, seen, notice: before !== null && seen > panel.seen ? null : panel.notice };
}

/** Rows from the first one on that were all on screen: whoever jumps to the end has read nothing of what lies between. */
export const seenAfter = (seen: number, { total, top, bottom }: { total: number; top: number; bottom: number }): number =>
  Math.min(total, top <= seen ? Math.max(seen, bottom) : seen);

export function toStep(panel: Panel, step: PanelStep, at: number): Panel {
  return { ...panel, step, stepAt: at, notice: null };
}

export const withNotice = (panel: Panel, words: Notice['words'], at: number, tone: Notice['tone'] = 'warning'): Panel => ({
  ...panel,
  notice: { words, tone, at },
});

const differences = (before: Shown, after: Shown, now: number): Change[] =>
  changesBetween(dossier(before, now), dossier(after, now));
const dossier = ({ request, verdict, around }: Shown, now: number) => dossierOf(request, verdict, { ...around, now });
