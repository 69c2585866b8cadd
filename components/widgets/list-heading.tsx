// The titles of a list's columns, with the sorted one and the chosen one marked.

import type { ListState } from '../../src/state/list.ts';
import type { Printable } from '../../src/text/brand.ts';
import { fit } from '../../src/text/width.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import type { PlacedColumn } from './columns.ts';

export type ListHeadingProps<Row> = { placed: readonly PlacedColumn<Row>[]; state: ListState; width: number };

export function ListHeading<Row>({ placed, state, width }: ListHeadingProps<Row>) {
  const { theme } = useDashboard();
  const cells = placed.flatMap(({ column, width: columnWidth }, index) => {
    const arrow = state.sort?.column === column.key ? (state.sort.reverse ? theme.glyphs.downward : theme.glyphs.up) : '';
    const isChosen = state.column === column.key;
    const title = `${isChosen ? '[' : ''}${column.title}${arrow}${isChosen ? ']' : ''}` as Printable;
    const cell = {
      text: fit(title, columnWidth, column.align ?? 'left'),
      tone: isChosen ? ('accent' as const) : ('muted' as const),
    };
    return index === 0 ? [cell] : ['  ' as Printable, cell];
  });
  return <Line runs={['  ' as Printable, ...cells]} width={width} />;
}
