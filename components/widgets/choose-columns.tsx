// Which columns a list shows, and in which order: chosen in a dialog, remembered for every list of that kind.

import { Box } from 'ink';
import { createElement, useState } from 'react';
import { ours, type Printable } from '../../src/text/brand.ts';
import { fit } from '../../src/text/width.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { bind } from '../keys/bind.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Blank, Line } from '../line.tsx';
import { own, words } from '../words.ts';
import type { ListColumn } from './columns.ts';
import { kindOf, type ListStore } from './use-list.ts';

export function openColumns<Row>(dashboard: Dashboard, list: ListStore, columns: readonly ListColumn<Row>[]): void {
  const choices = columns.map(({ key, title, hidden }) => ({ key, title, isShown: !hidden }));
  dashboard.shell.open({
    kind: 'dialog',
    rows: Math.min(choices.length + 2, 16),
    render: ({ width, height, close }) => createElement(ChooseColumns, { list, choices, width, height, close }),
  });
}

type Choice = { key: string; title: Printable; isShown: boolean };
type ChooseColumnsProps = { list: ListStore; choices: readonly Choice[]; width: number; height: number; close(): void };

/** Each change is seen at once in the list above; escape takes them back. */
function ChooseColumns({ list, choices, width, height, close }: ChooseColumnsProps) {
  const { theme, remembered, shell } = useDashboard();
  const [before] = useState(() => list.getState().columns);
  const [order, setOrder] = useState<readonly Choice[]>(() => inOrder(choices, before));
  const [at, setAt] = useState(0);
  const change = (next: readonly Choice[]) => {
    setOrder(next);
    list.setState({ columns: next.filter(({ isShown }) => isShown).map(({ key }) => key) });
  };
  const toggle = () => {
    const next = order.map((choice, index) => (index === at ? { ...choice, isShown: !choice.isShown } : choice));
    if (next.some(({ isShown }) => isShown)) change(next);
    else shell.say(ours('One column stays.'), 'warning');
  };
  const carry = (by: -1 | 1) => () => {
    const to = at + by;
    const [moved, other] = [order[at], order[to]];
    if (!moved || !other) return;
    change(order.with(at, other).with(to, moved));
    setAt(to);
  };
  const keep = () => {
    const chosen = list.getState().columns;
    const { [kindOf(list.name)]: _, ...others } = remembered.get('columns');
    remembered.set('columns', chosen === null ? others : { ...others, [kindOf(list.name)]: chosen });
    close();
  };
  const reset = () => {
    list.setState({ columns: null });
    setOrder(choices);
  };
  const cancel = () => {
    list.setState({ columns: before });
    close();
  };
  useKeys(
    [
      bind('columns.toggle', ['space', 'x'], 'show or hide', 'Show or hide this column', toggle, 1),
      bind('columns.later', ['J', 'shift-down', 'right'], 'later', 'Move this column to the right', carry(1), 2),
      bind('columns.earlier', ['K', 'shift-up', 'left'], 'earlier', 'Move this column to the left', carry(-1), 3),
      bind('columns.keep', ['enter'], 'keep', 'Keep it so, also for the next time', keep, 4),
      bind('columns.reset', ['r'], 'as it was made', 'Show the columns that the list shows by itself', reset, 5),
      bind('columns.cancel', ['esc', 'q', 'ctrl-c'], 'cancel', 'Leave the columns as they were', cancel, 6),
      bind('columns.down', ['down', 'j'], 'down', 'Next column', () => setAt(Math.min(at + 1, order.length - 1))),
      bind('columns.up', ['up', 'k'], 'up', 'Column before', () => setAt(Math.max(0, at - 1))),
    ],
    { id: 'columns', level: 'overlay', modal: true },
  );
  const rows = height - 1;
  const top = Math.max(0, Math.min(at - rows + 1, order.length - rows));
  const shown = order.slice(top, top + rows);
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line
        runs={[{ text: words`${theme.glyphs.own as Printable} Columns, from left to right`, tone: 'accent' }]}
        width={width}
      />
      {shown.map(({ key, title, isShown }, slot) => (
        <Line
          key={key}
          runs={[
            words`${(top + slot === at ? theme.glyphs.cursor : ' ') as Printable} ${(isShown ? theme.glyphs.mark : ' ') as Printable} `,
            { text: fit(title, 20), tone: isShown ? 'strong' : 'muted' },
            { text: own(key), tone: 'muted' },
          ]}
          width={width}
          selected={top + slot === at}
        />
      ))}
      <Blank rows={rows - shown.length} />
    </Box>
  );
}

/** The chosen ones first, then those that are hidden. */
function inOrder(choices: readonly Choice[], chosen: readonly string[] | null): readonly Choice[] {
  if (chosen === null) return choices;
  const first = chosen.flatMap((key) => choices.find((choice) => choice.key === key) ?? []);
  const rest = choices.filter(({ key }) => !chosen.includes(key));
  return [...first.map((choice) => ({ ...choice, isShown: true })), ...rest.map((choice) => ({ ...choice, isShown: false }))];
}
