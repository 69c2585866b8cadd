// Tells whoever is not looking that a request waits: by bell, by the terminal, or by the desktop, and never in an agent's words.

import { attention, notifyDesktop } from '../src/notify/terminal.ts';
import { ours } from '../src/text/brand.ts';
import { admits } from '../src/wire/session.ts';
import { runningApprovals } from './approvals/approvals-store.ts';
import type { Dashboard } from './dashboard-context.ts';
import { words } from './words.ts';

/** @returns how to stop. */
export function notifyApprovals(dashboard: Dashboard): () => void {
  const { state, context, account, now, signal, environment } = dashboard;
  if (!admits(account.role, 'manager')) return () => {};
  let last = Number.NEGATIVE_INFINITY;
  const openedAt = now();

  return state.onItem((item) => {
    const kind = context.settings.get('attention');
    if (kind === 'none' || item.kind !== 'event' || item.event.type !== 'approval' || item.event.change !== 'created') return;
    // What waited before this dashboard was opened is on the screen; a burst rings once.
    if (Date.parse(item.event.at) < openedAt || now() - last < AT_MOST_EVERY) return;
    last = now();
    const waiting = Math.max(1, runningApprovals()?.get().queue.rows.length ?? 1);
    const text = words`aim ${environment.word}: ${waiting} ${ours(waiting === 1 ? 'request waits' : 'requests wait')} for a decision`;
    if (kind === 'desktop') void notifyDesktop(text).then((isShown) => isShown || signal(attention('bell', text)));
    else signal(attention(kind, text));
  });
}

const AT_MOST_EVERY = 10_000; // milliseconds
