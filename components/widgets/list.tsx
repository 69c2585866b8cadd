// A list of any length: only what is visible exists, each row is one <Text>, rows are keyed by their slot.

import { Box } from 'ink';
import { useLayoutEffect, useMemo } from 'react';
import { nearest } from '../../src/settings/nearest.ts';
import { unknownFields } from '../../src/state/filter.ts';
import { type Rows, windowOf } from '../../src/state/list.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit, widthOf } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Blank, Line } from '../line.tsx';
import { plainText, type Runs } from '../paint.ts';
import type { PlainLines } from '../shell/plain-text.ts';
import type { Mark, Selection } from '../shell/shell.ts';
import { own, words } from '../words.ts';
import { chosenColumns, type ListColumn, placeColumns, rowRuns } from './columns.ts';
import { FilterLine } from './filter-line.tsx';
import { ListHeading } from './list-heading.tsx';
import { useJump } from './use-jump.ts';
import { type ListRows, type ListStore, useListState } from './use-list.ts';
import { useListArea } from './use-list-area.ts';
import { useListKeys } from './use-list-keys.ts';

export type ListProps<Row> = {
  list: ListStore;
  rows: ListRows<Row>;
  columns: readonly ListColumn<Row>[];
  width: number;
  height: number;
  /** Enter on a row. */
  onOpen?: (row: Row) => void;
  /** What actions of the registry get when the cursor is on this row. */
  select?: (row: Row) => Selection | null;
  /** The newest row is the last, and the cursor stays on it until it is moved (`G` to go back). */
  follows?: boolean;
  /** Shown where there are no rows at all: what this is, and how to get the first one. */
  empty: readonly Runs[];
  /** One list of several on a screen has the keys. */
  active?: boolean;
};

export function List<Row>({
  list,
  rows: found,
  columns: all,
  width,
  height,
  onOpen,
  select,
  follows = false,
  empty,
  active = true,
}: ListProps<Row>) {
  const { shell, theme } = useDashboard();
  const state = useListState(list);
  const { rows, error } = found;
  const columns = useMemo(() => chosenColumns(all, state.columns), [all, state.columns]);
  const bodyHeight = Math.max(1, height - 2);
  const { index, top } = windowOf(state, rows, bodyHeight);
  useListKeys({ list, rows, columns, all, height: bodyHeight, onOpen, follows, active });

  const current = rows.at(index);
  const selection = current !== undefined && select ? select(current) : null;
  const currentId = rows.idAt(index) ?? null;
  useLayoutEffect(() => {
    if (active && select) shell.select(selection);
    if (active && select) shell.mark(state.marked.size === 0 ? NO_MARKS : marksOf(state.marked, found, select));
    // What the cursor is on is what a key acts on: it stays on that row from the first time it is seen, whatever moves around it.
    const { cursorId, isFollowing } = list.getState();
    if (!isFollowing && currentId !== null && cursorId !== currentId) {
      list.setState({ cursorId: currentId, cursorIndex: index, offset: index - top });
    }
  });

  shell.memory<{ read: PlainLines | null }>(`plain:${shell.place.screen}`, () => ({ read: null })).read = () =>
    plainLines(columns, rows);
  const shownInstead = (rows.total === 0 && state.filter === '' ? empty : nothingFound(state.filter, all, width)).slice(
    0,
    bodyHeight,
  );
  const placed = placeColumns(columns, width - GUTTER);
  const box = useListArea({ list, rows, placed, top, height: bodyHeight, index, gutter: GUTTER, width, follows, onOpen });
  const visible = Math.min(bodyHeight, rows.length - top);
  const letterOf = useJump({
    list,
    rows,
    top,
    height: bodyHeight,
    shown: Math.max(0, visible),
    active: active && state.filterBefore === null,
  });
  const slots = Array.from({ length: Math.max(0, visible) }, (_, slot) => slot);
  return (
    <Box ref={box} flexDirection="column" width={width} height={height}>
      <ListHeading placed={placed} state={state} width={width} />
      {rows.length === 0
        ? shownInstead.map((runs, slot) => <Line key={slotKey(slot)} runs={runs} width={width} />)
        : slots.map((slot) => {
            const row = rows.at(top + slot);
            const id = rows.idAt(top + slot);
            if (row === undefined || id === undefined) return <Blank key={slotKey(slot)} rows={1} />;
            const isCurrent = top + slot === index;
            const mark = state.marked.has(id) ? theme.glyphs.mark : ' ';
            const gutter = `${letterOf(slot) ?? (isCurrent ? theme.glyphs.cursor : ' ')}${mark}` as Printable;
            return (
              <Line key={slotKey(slot)} runs={[gutter, ...rowRuns(row, placed)]} width={width} selected={isCurrent && active} />
            );
          })}
      <Blank rows={bodyHeight - (rows.length === 0 ? shownInstead.length : slots.length)} />
      <FilterLine list={list} rows={rows} error={error} index={index} width={width} follows={follows} active={active} />
    </Box>
  );
}

/** Every row of the list as it is filtered and sorted, as wide as what is in it. */
function plainLines<Row>(columns: readonly ListColumn<Row>[], rows: Rows<Row>): readonly string[] {
  const count = Math.min(rows.length, MOST_PLAIN);
  const all = Array.from({ length: count }, (_, index) => rows.at(index)).filter((row) => row !== undefined);
  const placed = columns
    .filter(({ hidden }) => !hidden)
    .map((column) => {
      const longest = all.slice(0, 500).reduce((most, row) => Math.max(most, widthOf(column.cell(row, WIDEST_PLAIN))), 0);
      return { column, width: Math.min(WIDEST_PLAIN, Math.max(widthOf(column.title), longest)) };
    });
  const heading = placed.map(({ column, width }) => fit(column.title, width, column.align ?? 'left')).join('  ');
  return [heading, ...all.map((row) => plainText(rowRuns(row, placed)))].map((line) => line.trimEnd());
}

const WIDEST_PLAIN = 80;
const MOST_PLAIN = 10_000;
const NO_MARKS: readonly Mark[] = [];
function marksOf<Row>(
  marked: ReadonlySet<string>,
  { rows, all = rows }: ListRows<Row>,
  select: (row: Row) => Selection | null,
): readonly Mark[] {
  return [...marked].flatMap((id) => {
    const row = all.at(all.indexOf(id));
    const selection = row === undefined ? null : select(row);
    return selection ? [{ ...selection, isHidden: rows.indexOf(id) === -1 }] : [];
  });
}

const GUTTER = 2;
const slotKey = (slot: number): string => `slot-${slot}`;
/** Why nothing is shown: a field that this list has not, before the advice to show everything again. */
function nothingFound<Row>(filter: string, columns: readonly ListColumn<Row>[], width: number): readonly Runs[] {
  const keys = columns.map(({ key }) => key);
  const unknown = unknownFields(filter, keys).map((name) => {
    const meant = nearest(name, keys);
    const more = meant === null ? ours('') : words` Did you mean ${own(meant)}?`;
    return words`${visible(name, { max: 40 })} is no field of this list.${more}`;
  });
  const fields = words`Its fields: ${own(keys.join(', '))}, since, until.`;
  const lines = [
    ours('Nothing matches the filter. esc clears it.'),
    ...unknown,
    ...(/[:=<>]/.test(filter) ? wrap(fields, width - 4) : []),
  ];
  return lines.map((line, index) => [ours('  '), { text: line, tone: index === 0 ? 'normal' : 'muted' }]);
}
