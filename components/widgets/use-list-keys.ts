// The keys of every list: vim's and the arrows, marks, sorting, filter, pause.

import { type ListState, type Motion, markRange, move, type Rows, sortBy, toggleMark, windowOf } from '../../src/state/list.ts';
import { useDashboard } from '../dashboard-context.ts';
import { bind } from '../keys/bind.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { openColumns } from './choose-columns.tsx';
import { type ListColumn, placeColumns } from './columns.ts';
import type { ListStore } from './use-list.ts';

export type ListKeys<Row> = {
  list: ListStore;
  rows: Rows<Row>;
  columns: readonly ListColumn<Row>[];
  /** The hidden ones too. */
  all: readonly ListColumn<Row>[];
  height: number;
  onOpen: ((row: Row) => void) | undefined;
  follows: boolean;
  active: boolean;
};

export function useListKeys<Row>({ list, rows, columns, all, height, onOpen, follows, active }: ListKeys<Row>): void {
  const dashboard = useDashboard();
  const change = (next: (state: ListState) => ListState) => list.setState(next);
  const go = (motion: Motion) => () => change((state) => move(state, rows, height, motion, follows));
  const currentId = () => rows.idAt(windowOf(list.getState(), rows, height).index);
  const onCurrent = (next: (state: ListState, id: string) => ListState) => () => {
    const id = currentId();
    if (id !== undefined) change((state) => next(state, id));
  };
  const chooseColumn = (step: number) => () => {
    const keys = placeColumns(columns, Number.MAX_SAFE_INTEGER).map(({ column }) => column.key);
    change((state) => {
      const at = keys.indexOf(state.column ?? '');
      return { ...state, column: keys[(at + step + keys.length) % keys.length] ?? null };
    });
  };
  const open = () => {
    const row = rows.at(windowOf(list.getState(), rows, height).index);
    if (row !== undefined) onOpen?.(row);
  };

  const bindings: Binding[] = [
    bind('list.down', ['down', 'j'], 'down', 'Move down', go(1)),
    bind('list.up', ['up', 'k'], 'up', 'Move up', go(-1)),
    bind('list.page-down', ['pgdn', 'ctrl-f', 'ctrl-d'], 'page down', 'Move down by a page', go('page-down')),
    bind('list.page-up', ['pgup', 'ctrl-b', 'ctrl-u'], 'page up', 'Move up by a page', go('page-up')),
    bind('list.first', ['home', 'g'], 'first', 'Go to the first row', go('first')),
    bind(
      'list.last',
      ['end', 'G'],
      'last',
      follows ? 'Go to the newest row and follow what comes' : 'Go to the last row',
      go('last'),
    ),
    ...(onOpen ? [{ ...bind('list.open', ['enter', 'right', 'l'], 'open', 'Open the row', open), footer: 1 }] : []),
    {
      ...bind('list.filter', ['/'], 'filter', 'Filter: words, /regex/, !not, ~fuzzy, field:value, since:10m', () =>
        change((state) => ({ ...state, filterBefore: state.filter })),
      ),
      footer: 3,
    },
    bind(
      'list.mark',
      ['space'],
      'mark',
      'Mark the row',
      onCurrent((state, id) => move(toggleMark(state, id), rows, height, 1)),
    ),
    bind(
      'list.mark-range',
      ['ctrl-space'],
      'mark to here',
      'Mark all rows since the last mark',
      onCurrent((state, id) => markRange(state, rows, id)),
    ),
    bind('list.unmark', ['ctrl-\\'], 'clear marks', 'Clear all marks', () =>
      change((state) => ({ ...state, marked: new Set(), markedLast: null })),
    ),
    bind('list.column-left', ['<', 'shift-left'], 'column', 'Choose the column to the left', chooseColumn(-1)),
    bind('list.column-right', ['>', 'shift-right'], 'column', 'Choose the column to the right', chooseColumn(1)),
    bind('list.sort', ['o'], 'sort', 'Sort by the chosen column; again reverses, a third time stops', () =>
      change((state) => sortBy(state, state.column ?? columns[0]?.key ?? '')),
    ),
    bind('list.columns', ['|'], 'columns', 'Choose which columns are shown, and in which order', () =>
      openColumns(dashboard, list, all),
    ),
  ];
  if (follows)
    bindings.push({
      ...bind('list.pause', ['p'], 'pause', 'Hold the rows still while more are collected', () =>
        change((state) => togglePause(state, rows, height)),
      ),
      footer: 4,
    });
  if (list.getState().filter !== '')
    bindings.push(
      bind('list.clear-filter', ['esc'], 'clear filter', 'Show everything again', () =>
        change((state) => ({ ...state, filter: '' })),
      ),
    );
  useKeys(bindings, { id: `list:${list.name}`, level: 'widget', active });
}

function togglePause<Row>(state: ListState, rows: Rows<Row>, height: number): ListState {
  if (state.pausedAt !== null) return { ...state, pausedAt: null };
  const { index, top } = windowOf(state, rows, height);
  return { ...state, pausedAt: rows.total, cursorId: rows.idAt(index) ?? null, cursorIndex: index, offset: index - top };
}
