// The state of one list, kept while its screen is away, and its rows filtered and sorted.

import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type FieldValue, type Filter, parseFilter } from '../../src/state/filter.ts';
import { arrayRows, type ListState, listState, type Rows } from '../../src/state/list.ts';
import { sortRows } from '../../src/state/sort-rows.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { ListColumn } from './columns.ts';
import { filterHint } from './filter-hint.ts';

export type ListStore = StoreApi<ListState> & { readonly name: string };

/** `name` is unique among lists (`agents`, `agent:ID:events`): cursor, filter and sort come back with it. */
export function useListStore(name: string, initial: Partial<ListState> = {}): ListStore {
  const { shell, remembered } = useDashboard();
  return shell.memory(`list:${name}`, () => {
    const columns = remembered.get('columns')[kindOf(name)] ?? null;
    const preset = shell.takePreset(name);
    return Object.assign(
      createStore(() => listState({ ...initial, columns, ...preset })),
      { name },
    );
  });
}

/** Columns are chosen for a kind of list: `agent:ID:events` has those of `events`. */
export const kindOf = (name: string): string => name.replace(/^.*:/, '');

export function useListState(list: ListStore): ListState {
  return useSyncExternalStore(list.subscribe, list.getState);
}

export type ListRows<Row> = {
  rows: Rows<Row>;
  error: string | null;
  /** All rows, those that the filter hides too: what is marked there is still marked. */
  all?: Pick<Rows<Row>, 'at' | 'indexOf'>;
};

/** The rows of an array that is replaced when it changes. */
export function useRows<Row>(
  list: ListStore,
  items: readonly Row[],
  columns: readonly ListColumn<Row>[],
  idOf: (row: Row) => string,
): ListRows<Row> {
  const { filter, sort } = useListState(list);
  const { now } = useDashboard();
  useEffect(() => warm(items, columns), [items, columns]);
  return useMemo(() => {
    const parsed = parseFilter(filter, { now: now() });
    const kept = parsed.filter.isEmpty ? items : items.filter((row) => matches(parsed.filter, row, columns));
    const column = sort && columns.find(({ key }) => key === sort.column);
    const sorted = column ? sortRows(kept, column.value, sort.reverse) : kept;
    const error = parsed.error ? `${parsed.error.term} ${parsed.error.message}` : filterHint(filter, columns, items);
    return { rows: arrayRows(sorted, idOf, items.length), error, all: arrayRows(items, idOf) };
  }, [items, columns, filter, sort, idOf, now]);
}

export function matches<Row>(filter: Filter, row: Row, columns: readonly ListColumn<Row>[]): boolean {
  return filter.matches({
    get text() {
      return textOfRow(row, columns);
    },
    field: (name) => columns.find(({ key }) => key.toLowerCase() === name)?.value(row),
    get time() {
      const column = columns.find(({ key }) => key === 'time') ?? columns.find(({ isTime }) => isTime);
      const time = column?.value(row);
      return typeof time === 'number' ? time : null;
    },
  });
}

/** Rows are replaced when they change, so that what was put together for one key of a filter serves the next. */
const rowTexts = new WeakMap<object, WeakMap<object, string>>();

/** What the first key of a filter would have to put together for ten thousand rows at once is put together before, between two keys. */
function warm<Row>(items: readonly Row[], columns: readonly ListColumn<Row>[]): () => void {
  if (items.length < MANY) return () => {};
  let at = 0;
  let turn: NodeJS.Immediate;
  const next = () => {
    for (const end = performance.now() + SLICE; at < items.length && performance.now() < end; at++)
      textOfRow(items[at] as Row, columns);
    if (at < items.length) turn = setImmediate(next);
  };
  turn = setImmediate(next);
  return () => clearImmediate(turn);
}

const MANY = 1000;
const SLICE = 3; // milliseconds

function textOfRow<Row>(row: Row, columns: readonly ListColumn<Row>[]): string {
  const make = () =>
    columns
      .map((column) => textOf(column.value(row)))
      .join(' ')
      .toLowerCase();
  if (typeof row !== 'object' || row === null) return make();
  let texts = rowTexts.get(columns);
  if (!texts) {
    texts = new WeakMap<object, string>();
    rowTexts.set(columns, texts);
  }
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = make();
  texts.set(row, text);
  return text;
}

const textOf = (value: FieldValue): string => (value === null ? '' : Array.isArray(value) ? value.join(' ') : String(value));
