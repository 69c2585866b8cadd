// Cells in lines for other programs: tab separated, or comma separated without letting a cell become a formula.

import { csvCell, csvText } from '../../src/text/csv.ts';
import { cellText } from './cell.ts';
import type { Column } from './view.ts';

/** Tab separated; a tab or line break inside a cell is shown as a sign, so a line is always one row. */
export function tabLine<Row>(columns: readonly Column<Row>[], row: Row): string {
  return columns.map((column) => cellText(column, row, { for: 'programs' })).join('\t');
}

/** One line of RFC 4180. */
export function csvLine<Row>(columns: readonly Column<Row>[], row: Row): string {
  return columns
    .map((column) => {
      const text = cellText(column, row, { for: 'programs' });
      return typeof column.value(row) === 'number' ? csvCell(text) : csvText(text);
    })
    .join(',');
}

export const csvTitles = (columns: readonly Column<never>[]) => columns.map((column) => csvCell(column.key)).join(',');
