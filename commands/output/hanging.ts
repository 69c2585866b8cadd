// A line of a text view on a terminal: what does not fit goes on below its value, so that no text of others ever begins a row.

import { ours, type Printable } from '../../src/text/brand.ts';
import { widthOf } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';
import { cellsText, plain } from './cell.ts';
import type { Cell } from './view.ts';

/** The first cell is the label, or a gutter, which each row has again. `width` null: not on a terminal, where lines are lines. */
export function hangingRows(cells: readonly Cell[], width: number | null): string[] {
  const [first, ...rest] = cells.filter((cell) => cell !== null && cell !== undefined);
  const whole = cellsText(cells);
  if (width === null || first === undefined || widthOf(ours(whole)) <= width) return [whole];
  const label = rest.length === 0 ? ours('') : plain(first);
  const text = (rest.length === 0 ? plain(first) : cellsText(rest)) as Printable;
  const isGutter = /^\s*[|│]\s*$/.test(label);
  const columns = widthOf(label) > width / 2 ? 2 : Math.max(2, widthOf(label));
  const [head = '', ...others] = wrap(text, Math.max(2, width - widthOf(label)));
  if (rest.length > 0 && columns === widthOf(label)) {
    const before = isGutter ? label : ' '.repeat(columns);
    return [`${label}${head}`, ...others.map((row) => `${before}${row}`)];
  }
  // A label alone, or one that leaves no room: the rest stands indented below.
  const [begins = '', ...below] = wrap(whole as Printable, Math.max(2, width - 2));
  return [begins, ...below.map((row) => `  ${row}`)];
}
