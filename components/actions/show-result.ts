// What an action that only reads answered, as a document over the screen.

import { createElement } from 'react';
import type { Action } from '../../commands/action.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { Pane } from '../widgets/pane.tsx';
import { resultLines } from './result-lines.ts';

export async function showResult(dashboard: Dashboard, action: Action, result: unknown, title: Printable): Promise<void> {
  if (!('view' in action)) return;
  const { shell, size } = dashboard;
  const lines = await resultLines(result, action.view, { width: Math.max(60, size.get().columns - 2) });
  const items = (lines.length === 0 ? [ours('Nothing to show.')] : lines).map((line) => ({
    kind: 'line' as const,
    runs: [line],
  }));
  shell.open({
    kind: 'dialog',
    render: ({ width, height, close }) => createElement(Pane, { title, items, width, height, close }),
  });
}
