// What an action that only reads answered, as a document over the screen.

import { createElement } from 'react';
import type { Action } from '../../commands/action.ts';
import { render } from '../../commands/output/render.ts';
import type { OutputStyle } from '../../commands/output/style.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { Pane } from '../widgets/pane.tsx';

export async function showResult(dashboard: Dashboard, action: Action, result: unknown, title: Printable): Promise<void> {
  if (!('view' in action)) return;
  const text = await render(result, action.view, style);
  const items =
    text === ''
      ? [{ kind: 'line' as const, runs: [ours('Nothing to show.')] }]
      : text
          .trimEnd()
          .split('\n')
          .map((line) => ({ kind: 'line' as const, runs: [visible(line)] }));
  dashboard.shell.open({
    kind: 'dialog',
    render: ({ width, height, close }) => createElement(Pane, { title, items, width, height, close }),
  });
}

const plain = (text: string): string => text;
const style: OutputStyle = {
  format: 'table',
  fields: null,
  jq: null,
  template: null,
  columns: null,
  sort: null,
  headers: true,
  truncate: true,
  quiet: false,
  width: 120,
  isTerminal: true,
  bold: plain,
  dim: plain,
};
