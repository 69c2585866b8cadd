// Cells in lines for other programs: tab separated, or comma separated without letting a cell become a formula.

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
      return csvCell(typeof column.value(row) === 'number' ? text : withoutFormula(text));
    })
    .join(',');
}

export const csvTitles = (columns: readonly Column<never>[]) => columns.map((column) => csvCell(column.key)).join(',');

// Spreadsheets run a cell that begins like this (OWASP, CSV injection); an apostrophe makes it text.
const withoutFormula = (text: string) => (/^[=+\-@|%]/.test(text) ? `'${text}` : text);

const csvCell = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
