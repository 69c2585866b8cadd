// Which columns of a list fit, how wide each is, and the rows made of them.

import type { FieldValue } from '../../src/state/filter.ts';
import type { Printable } from '../../src/text/brand.ts';
import { fit } from '../../src/text/width.ts';
import type { Runs } from '../paint.ts';
import type { Tone } from '../theme.ts';

export type ListColumn<Row> = {
  /** What `field:value` filters, sorting and saved views call it. */
  key: string;
  title: Printable;
  /** Cells at the least; a column that grows takes what is left. */
  width: number;
  grow?: boolean;
  /** Columns with the highest number go first when the terminal is narrow. Without it a column stays. */
  giveUp?: number;
  /** Cells in which it would say all that it has to say. */
  wish?: number;
  /** Only there where every other column has what it wishes for: an id says less than half a title does. */
  yields?: boolean;
  align?: 'left' | 'right';
  /** Not shown, but there for filters and as a choice. */
  hidden?: boolean;
  /** All that it can be, where that is a closed list: a filter that asks for something else is told so. */
  words?: readonly string[];
  /** `since:` and `until:` look at it, in a list that has no column `time`. */
  isTime?: boolean;
  cell(row: Row, width: number): Printable;
  tone?(row: Row): Tone | undefined;
  /** For sorting and filtering. Text of others may be here: it is compared, never shown. */
  value(row: Row): FieldValue;
};

export type PlacedColumn<Row> = { column: ListColumn<Row>; width: number };

export function placeColumns<Row>(columns: readonly ListColumn<Row>[], width: number): PlacedColumn<Row>[] {
  const kept = columns.filter((column) => !column.hidden);
  const needed = () => kept.reduce((sum, column) => sum + column.width + GAP, -GAP);
  const wished = () => kept.reduce((sum, column) => sum + Math.max(column.width, column.wish ?? 0) + GAP, -GAP);
  for (let last = kept.findLast(({ yields }) => yields); last && wished() > width; last = kept.findLast(({ yields }) => yields))
    kept.splice(kept.indexOf(last), 1);
  while (needed() > width) {
    const first = kept.reduce<ListColumn<Row> | null>(
      (worst, column) => ((column.giveUp ?? 0) > 0 && (column.giveUp ?? 0) >= (worst?.giveUp ?? 0) ? column : worst),
      null,
    );
    if (!first) break;
    kept.splice(kept.indexOf(first), 1);
  }
  const narrowed = narrow(kept, needed() - width);
  kept.splice(0, kept.length, ...narrowed);
  const growing = kept.filter((column) => column.grow).length;
  let spare = Math.max(0, width - needed());
  return kept.map((column, index) => {
    if (!column.grow) return { column, width: column.width };
    const isLast = !kept.slice(index + 1).some((later) => later.grow);
    const share = isLast ? spare : Math.floor(spare / growing);
    spare -= share;
    return { column, width: Math.max(1, column.width + share) };
  });
}

/** Where all that stays is still too wide, the widest give of their width, so that each keeps some of what it says. */
function narrow<Row>(columns: readonly ListColumn<Row>[], cells: number): readonly ListColumn<Row>[] {
  const narrowed = columns.map((column) => ({ ...column }));
  for (let over = cells; over > 0; over--) {
    // Half of a time says nothing: it is cut last.
    const widest = widestOf(narrowed.filter(({ isTime }) => !isTime)) ?? widestOf(narrowed);
    if (!widest) return narrowed;
    widest.width--;
  }
  return narrowed;
}

const widestOf = <Row>(columns: readonly ListColumn<Row>[]): ListColumn<Row> | null =>
  columns.reduce<ListColumn<Row> | null>(
    (most, column) => (column.width > LEAST && column.width > (most?.width ?? 0) ? column : most),
    null,
  );

const LEAST = 6;

/** Those that were chosen, in that order; none of them gives way before those that were not chosen would have. */
export function chosenColumns<Row>(
  columns: readonly ListColumn<Row>[],
  chosen: readonly string[] | null,
): readonly ListColumn<Row>[] {
  if (chosen === null) return columns;
  const found = chosen.flatMap((key) => columns.find((column) => column.key === key) ?? []);
  if (found.length === 0) return columns;
  return found.map(({ hidden, yields: _, ...column }, index) => ({
    ...column,
    width: Math.max(column.width, hidden ? HIDDEN_WIDTH : 0),
    ...(hidden ? { grow: true } : {}),
    // The last chosen goes first where there is no room for all.
    ...(index === 0 ? {} : { giveUp: index }),
  }));
}

const HIDDEN_WIDTH = 12;

export const GAP = 2;

export function rowRuns<Row>(row: Row, placed: readonly PlacedColumn<Row>[]): Runs {
  return placed.flatMap(({ column, width }, index) => {
    const text = fit(column.cell(row, width), width, column.align ?? 'left');
    const cell = { text, tone: column.tone?.(row) };
    return index === 0 ? [cell] : [SPACE, cell];
  });
}

const SPACE = ' '.repeat(GAP) as Printable;
