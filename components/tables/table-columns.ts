// The columns that a command's table declares, as columns of a list: what the command line shows, the dashboard shows.

import { cellText } from '../../commands/output/cell.ts';
import type { Column } from '../../commands/output/view.ts';
import type { FieldValue } from '../../src/state/filter.ts';
import { visible } from '../../src/text/visible.ts';
import { widthOf } from '../../src/text/width.ts';
import type { Tone } from '../theme.ts';
import type { ListColumn } from '../widgets/columns.ts';

export type TableRow = Readonly<Record<string, unknown>>;

/** As wide as what is in them, as far as that goes; ids give way first. */
export function tableColumns(
  columns: readonly Column<TableRow>[],
  rows: readonly TableRow[],
  now: () => number,
  /** The closed lists of words, as the options of the listing verb declare them, by the names of columns. */
  wordsOf: (key: string) => readonly string[] | null = () => null,
): ListColumn<TableRow>[] {
  return columns.map((column): ListColumn<TableRow> => {
    const text = (row: TableRow) => cellText(column, row, { for: 'people', now: now() });
    const title = visible(column.title.toUpperCase());
    const longest = rows.slice(0, SAMPLE).reduce((most, row) => Math.max(most, widthOf(text(row))), 0);
    const closed = wordsOf(column.key);
    const isId = column.format === 'id';
    return {
      key: column.key,
      title,
      width: Math.max(widthOf(title) + 2, Math.min(longest, column.grow ? 12 : isId ? 36 : 28)),
      ...(column.grow ? { grow: true, wish: Math.min(longest, WISH) } : {}),
      ...(isId || column.giveUp !== undefined ? { giveUp: isId ? 9 : (column.giveUp ?? 0) + 2 } : {}),
      ...(isId && columns.length > 1 ? { yields: true } : {}),
      ...(column.format === 'number' || column.format === 'percent' ? { align: 'right' as const } : {}),
      ...(column.format === 'age' || column.format === 'time' ? { isTime: true } : {}),
      ...(closed === null ? {} : { words: closed }),
      cell: text,
      tone: (row) => wordTone(column.value(row)),
      value: (row) => fieldOf(column.value(row), column.format),
    };
  });
}

const SAMPLE = 200;
const WISH = 60; // more than that is read in the row's own screen

// Words of closed lists that mean the same wherever they stand. The word itself is always shown.
const tones: Record<string, Tone> = {
  critical: 'bad',
  high: 'bad',
  warning: 'warning',
  pending: 'warning',
  rejected: 'bad',
  deactivated: 'muted',
  suspended: 'bad',
};
const wordTone = (value: unknown): Tone | undefined =>
  typeof value === 'string' ? tones[value] : value === false ? 'muted' : undefined;

function fieldOf(value: unknown, format: Column<TableRow>['format']): FieldValue {
  if (value === null || value === undefined) return null;
  if ((format === 'age' || format === 'time') && typeof value === 'string') return Date.parse(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
