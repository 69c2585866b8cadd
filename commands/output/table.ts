// A table that fits the terminal: columns are given up and cells shortened in the order that the view declares.

import { ours, type Printable } from '../../src/text/brand.ts';
import { fit, widthOf } from '../../src/text/width.ts';
import { shortIds } from '../../src/wire/short-id.ts';
import { cellText } from './cell.ts';
import type { Column } from './view.ts';

export type TableStyle = {
  width: number;
  headers: boolean;
  truncate: boolean;
  isTerminal: boolean;
  bold(text: string): string;
  now: number;
};

/** The lines of the table, none wider than `width` unless `truncate` is off or an id alone is wider. */
export function tableLines<Row>(given: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string[] {
  // A date takes half of a narrow terminal; how long ago it was takes five cells.
  const columns =
    style.truncate && style.width < NARROW
      ? given.map((column) => (column.format === 'time' ? { ...column, format: 'age' as const } : column))
      : given;
  const cells = new Map(
    columns.map((column) => [column, rows.map((row) => cellText(column, row, { for: 'people', now: style.now }))]),
  );
  const naturalOf = (column: Column<Row>) =>
    Math.max(style.headers ? widthOf(ours(column.title)) : 1, ...(cells.get(column) ?? []).map(widthOf));
  const natural = new Map(columns.map((column) => [column, naturalOf(column)]));
  if (style.truncate && style.isTerminal && totalOf(natural) > style.width) {
    for (const column of columns.filter(({ format }) => format === 'id')) {
      cells.set(column, shortened(cells.get(column) ?? []));
      natural.set(column, naturalOf(column));
    }
  }
  const widths = style.truncate ? fitted(columns, natural, style.width) : natural;
  const shown = columns.filter((column) => widths.has(column));
  const line = (texts: readonly Printable[]) =>
    texts
      .map((text, index) => {
        const column = shown[index] as Column<Row>;
        const align = column.format === 'number' || column.format === 'percent' ? 'right' : 'left';
        return fit(text, widths.get(column) ?? 0, align);
      })
      .join(GAP)
      .trimEnd();
  const body = rows.map((_, index) => line(shown.map((column) => cells.get(column)?.[index] ?? ours(''))));
  return style.headers ? [style.bold(line(shown.map((column) => ours(column.title.toUpperCase())))), ...body] : body;
}

const NARROW = 60;
const GAP = '  ';
const NOTHING = '-';
const NARROWEST = 8; // a cell that is shorter says nothing
const NARROWEST_GROWING = 16;

type Widths<Row> = Map<Column<Row>, number>;

const totalOf = <Row>(widths: Widths<Row>): number =>
  [...widths.values()].reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.size - 1);

// A person types the end of an id; a program gets the whole, as does whoever asks for it.
function shortened(cells: readonly Printable[]): Printable[] {
  const short = shortIds(cells.filter((cell) => cell !== NOTHING));
  return cells.map((cell) => (cell === NOTHING ? cell : ours(short(cell))));
}

function fitted<Row>(columns: readonly Column<Row>[], natural: Widths<Row>, room: number): Widths<Row> {
  const widths = new Map(natural);
  const total = () => totalOf(widths);
  const shrink = (column: Column<Row>, narrowest: number) => {
    const width = widths.get(column) ?? 0;
    widths.set(column, Math.max(Math.min(width, narrowest), width - Math.max(0, total() - room)));
  };
  const byGivingUp = [...columns].filter((column) => column.giveUp).sort((a, b) => (b.giveUp ?? 0) - (a.giveUp ?? 0));
  const mayShrink = (column: Column<Row>) => column.format === undefined || column.format === 'text';

  for (const column of columns) if (column.grow) shrink(column, NARROWEST_GROWING);
  for (const column of byGivingUp) {
    if (total() <= room) break;
    widths.delete(column);
  }
  // What was given up may leave more than was missing: the growing columns take it back.
  for (const column of columns) {
    if (column.grow && widths.has(column)) {
      widths.set(column, Math.min(natural.get(column) ?? 0, (widths.get(column) ?? 0) + Math.max(0, room - total())));
    }
  }
  const widestFirst = columns.filter((column) => widths.has(column) && mayShrink(column));
  for (const column of widestFirst.sort((a, b) => (widths.get(b) ?? 0) - (widths.get(a) ?? 0))) {
    if (total() > room) shrink(column, NARROWEST);
  }
  // What no cell can give any more, whole columns do, from the end; the first two always stay.
  for (const column of [...columns].reverse()) {
    if (total() <= room || widths.size <= 2) break;
    widths.delete(column);
  }
  return widths;
}
