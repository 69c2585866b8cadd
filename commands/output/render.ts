// A result as the text that a command prints: one place for every verb and every format.

import { UsageError } from '../../src/errors.ts';
import { ours } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { widthOf } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';
import { cellsText, cellText, plain } from './cell.ts';
import { chosenColumns, sorted } from './columns.ts';
import { csvLine, csvTitles, tabLine } from './delimited.ts';
import { hangingRows } from './hanging.ts';
import type { OutputStyle } from './style.ts';
import { tableLines } from './table.ts';
import { isList, resultValue, select } from './value.ts';
import type { Column, View } from './view.ts';

/** The whole text, with its last line break; empty where there is nothing to print. */
export async function render(result: unknown, view: View<unknown>, style: OutputStyle): Promise<string> {
  if (view.kind === 'none') return '';
  if (style.format === 'json' || style.format === 'ndjson' || style.format === 'yaml') return documentText(result, view, style);
  if (style.quiet) return ids(result, view);
  const text = linesOf(result, view, style);
  return text.length === 0 ? '' : `${text.join('\n')}\n`;
}

/** The hint below a table, where a person will see it. */
export function hintOf(result: unknown, view: View<unknown>, style: OutputStyle): string | null {
  if (!style.isTerminal || style.format !== 'table' || style.quiet) return null;
  return 'next' in view ? (view.next?.(result) ?? null) : null;
}

async function documentText(result: unknown, view: View<unknown>, style: OutputStyle): Promise<string> {
  const whole = inOrder(resultValue(result, view), view, style);
  const value = style.fields === null ? whole : select(whole, style.fields);
  if (style.jq !== null) return (await import('./jq.ts')).applyJq(value, style.jq);
  if (style.template !== null) return (await import('./template.ts')).fillTemplate(value, style.template);
  if (style.format === 'yaml') return (await import('./yaml.ts')).terminalYaml(value);
  if (style.format === 'ndjson')
    return (isList(value) ? value.items : [value]).map((item) => `${terminalJson(item)}\n`).join('');
  return `${terminalJson(value, style.isTerminal ? 2 : undefined)}\n`;
}

// Where the items are what the view's columns read, `--sort` orders them in every format.
function inOrder(value: unknown, view: View<unknown>, style: OutputStyle): unknown {
  if (view.kind !== 'table' || style.sort === null || !isList(value)) return value;
  return { ...value, items: sorted(value.items, view.columns as readonly Column<unknown>[], style.sort) };
}

function ids(result: unknown, view: View<unknown>): string {
  const rows = view.kind === 'table' ? view.rows(result) : [result];
  const columns = (
    view.kind === 'table' ? view.columns : view.kind === 'record' ? view.fields : []
  ) as readonly Column<unknown>[];
  const idOf = (row: unknown): string | null => {
    if (typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string') return plain(row.id as never);
    return columns[0] === undefined ? null : cellText(columns[0], row, { for: 'programs' });
  };
  return rows
    .map(idOf)
    .filter((id) => id !== null)
    .map((id) => `${id}\n`)
    .join('');
}

function linesOf(result: unknown, view: View<unknown>, style: OutputStyle): string[] {
  if (view.kind === 'none') return [];
  if (view.kind === 'text') {
    checkHasColumns(style);
    const width = style.isTerminal ? style.width : null;
    return view.lines(result).flatMap((cells) => (view.isWhole?.(cells) ? [cellsText(cells)] : hangingRows(cells, width)));
  }
  if (view.kind === 'record') return recordLines(result, view.fields, style);
  const columns = view.columns as readonly Column<unknown>[];
  const shown = chosenColumns(columns, style.columns);
  const rows = sorted(view.rows(result), columns, style.sort);
  if (style.format === 'csv')
    return [
      ...(style.headers ? [csvTitles(shown as readonly Column<never>[])] : []),
      ...rows.map((row) => csvLine(shown, row)),
    ];
  if (style.format === 'plain')
    return [
      ...(style.headers ? [shown.map(({ title }) => title.toUpperCase()).join('\t')] : []),
      ...rows.map((row) => tabLine(shown, row)),
    ];
  if (rows.length === 0) return [view.empty];
  return tableLines(shown, rows, { ...style, now: Date.now() });
}

// What would not be looked at is refused: nobody should take another answer for the one that they asked for.
function checkHasColumns({ columns, sort }: OutputStyle): void {
  const option = columns !== null ? 'columns' : sort !== null ? 'sort' : null;
  if (option === null) return;
  throw new UsageError('output.no-columns', {
    message: `What this prints for people has no columns, so --${option} has nothing to choose from.`,
    next: 'Its members: --json',
    field: option,
  });
}

function recordLines(result: unknown, fields: readonly Column<unknown>[], style: OutputStyle): string[] {
  const shown = chosenColumns(fields, style.columns);
  if (style.format === 'csv') return [csvTitles(shown as readonly Column<never>[]), csvLine(shown, result)];
  if (style.format === 'plain') return shown.map((field) => `${field.key}\t${cellText(field, result, { for: 'programs' })}`);
  const titles = Math.max(...shown.map(({ title }) => widthOf(ours(title)))) + 2;
  return shown.flatMap((field) => {
    const text = cellText(field, result, { for: 'people', now: Date.now() });
    // What is copied as one word is one line, however narrow the terminal.
    const mayBreak = style.truncate && style.isTerminal && field.format !== 'id';
    const rows = mayBreak ? wrap(text, Math.max(20, style.width - titles)) : [text];
    return rows.map((row, index) => `${index === 0 ? style.dim(field.title.padEnd(titles)) : ' '.repeat(titles)}${row}`);
  });
}
