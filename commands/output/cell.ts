// One cell as text: for people (local time, ages, percentages) or for programs (as exact as the value itself).

import { asUntrusted, ours, type Printable } from '../../src/text/brand.ts';
import { age, localDateTime } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import type { Cell, Column } from './view.ts';

export type CellStyle = { for: 'people'; now: number } | { for: 'programs' };

export function cellText<Row>(column: Pick<Column<Row>, 'value' | 'format'>, row: Row, style: CellStyle): Printable {
  const value = column.value(row);
  if (value === null || value === undefined || value === '') return ours(style.for === 'people' ? '-' : '');
  if (style.for === 'programs') return plain(value);
  switch (column.format) {
    case 'time':
      return localDateTime(String(value));
    case 'age':
      return age(String(value), style.now);
    case 'percent':
      return ours(typeof value === 'number' ? `${Math.round(value * 100)} %` : String(value));
    case 'number':
      return ours(typeof value === 'number' ? value.toLocaleString('en') : String(value));
    default:
      return plain(typeof value === 'boolean' ? ours(value ? 'yes' : 'no') : value);
  }
}

/** Any cell as text that a terminal can take. What looks like our own words is checked again: it costs little. */
export function plain(value: NonNullable<Cell>): Printable {
  return typeof value === 'string' ? visible(asUntrusted(value)) : ours(String(value));
}

/** A line of a text view. */
export const cellsText = (cells: readonly Cell[]): string =>
  cells
    .filter((cell) => cell !== null && cell !== undefined)
    .map(plain)
    .join('');
