// Which columns to show and how rows are ordered, by the names that views give their columns.

import { UsageError } from '../../src/errors.ts';
import { nearest } from '../../src/settings/nearest.ts';
import type { OutputStyle } from './style.ts';
import type { Cell, Column } from './view.ts';

export function chosenColumns<Row>(columns: readonly Column<Row>[], names: readonly string[] | null): readonly Column<Row>[] {
  return names === null ? columns : names.map((name) => ({ ...columnNamed(columns, name, 'columns'), giveUp: 0 }));
}

export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: OutputStyle['sort']): readonly Row[] {
  if (sort === null) return rows;
  const { value } = columnNamed(columns, sort.column, 'sort');
  const direction = sort.descending ? -1 : 1;
  return [...rows].sort((a, b) => direction * compare(value(a), value(b)));
}

// Empty cells come last whichever way the rest is ordered round.
function compare(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === null || a === undefined || a === '') return 1;
  if (b === null || b === undefined || b === '') return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

function columnNamed<Row>(columns: readonly Column<Row>[], name: string, option: string): Column<Row> {
  const found = columns.find((column) => column.key === name || column.title.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const keys = columns.map((column) => column.key);
  const meant = nearest(name, keys);
  throw new UsageError('output.unknown-column', {
    message: `There is no column ${JSON.stringify(name)}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: `The columns are: ${keys.join(', ')}`,
    field: option,
  });
}
