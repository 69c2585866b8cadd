// A verb that goes on, printed item by item: NDJSON for programs, lines for people, each flushed before the next is asked for.

import { once } from 'node:events';
import { ExitCode } from '../../src/errors.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { fit, widthOf } from '../../src/text/width.ts';
import { shortIds } from '../../src/wire/short-id.ts';
import type { Io } from '../action.ts';
import { cellsText, cellText } from './cell.ts';
import { chosenColumns } from './columns.ts';
import { csvLine, csvTitles, tabLine } from './delimited.ts';
import type { OutputStyle } from './style.ts';
import { select } from './value.ts';
import type { Column, View } from './view.ts';

/** @returns the exit code: 0 at the end of the stream or at the moment of `until`, 130 where it was interrupted. */
export async function printStream(
  items: AsyncIterable<unknown>,
  view: View<unknown>,
  style: OutputStyle,
  { io, signal, until = signal }: { io: Io; signal: AbortSignal; until?: AbortSignal },
): Promise<number> {
  const line = linePrinter(view, style);
  const lines = batchedWriter(io.stdout, signal);
  try {
    for await (const item of items) await lines.write(line(item));
    await lines.flush();
  } catch (error) {
    if (!signal.aborted && !until.aborted) throw error;
  } finally {
    lines.end();
  }
  return signal.aborted ? (signal.reason?.exitCode ?? ExitCode.Interrupted) : ExitCode.Ok;
}

/**
 * Lines that are there together are written together, in the same turn of the event loop: a line never waits for the next one,
 * and a hundred thousand of them are not a hundred thousand system calls.
 */
function batchedWriter(stream: Io['stdout'], signal: AbortSignal) {
  let waiting = '';
  let soon: NodeJS.Immediate | undefined;
  const send = (): boolean => {
    soon = undefined;
    const text = waiting;
    waiting = '';
    return text === '' || stream.write(text);
  };
  const flush = async () => {
    if (!send()) await once(stream, 'drain', { signal });
  };
  return {
    flush,
    write: async (text: string): Promise<void> => {
      waiting += text;
      if (waiting.length >= LARGEST_BATCH) return flush();
      soon ??= setImmediate(send);
    },
    end: () => {
      clearImmediate(soon);
      send();
    },
  };
}

const LARGEST_BATCH = 65_536;

function linePrinter(view: View<unknown>, style: OutputStyle): (item: unknown) => string {
  if (['json', 'ndjson'].includes(style.format)) {
    return (item) => `${terminalJson(style.fields === null ? item : select(item, style.fields))}\n`;
  }
  // A stream of YAML is a stream of documents; JSON is YAML.
  if (style.format === 'yaml') return (item) => `---\n${terminalJson(item, 2)}\n`;
  if (view.kind === 'none') return () => '';
  if (view.kind === 'text') {
    return (item) =>
      view
        .lines(item)
        .map((cells) => `${cellsText(cells)}\n`)
        .join('');
  }
  return view.kind === 'record'
    ? rowPrinter((item) => [item], view.fields, style)
    : rowPrinter(view.rows, view.columns as readonly Column<unknown>[], style);
}

function rowPrinter(
  rows: (item: unknown) => readonly unknown[],
  columns: readonly Column<unknown>[],
  style: OutputStyle,
): (item: unknown) => string {
  const shown = chosenColumns(columns, style.columns);
  const line =
    style.format === 'csv'
      ? (row: unknown) => csvLine(shown, row)
      : style.format === 'plain'
        ? (row: unknown) => tabLine(shown, row)
        : alignedLine(shown, style);
  const titles =
    style.format === 'csv'
      ? csvTitles(shown as readonly Column<never>[])
      : shown.map(({ title }) => title.toUpperCase()).join('\t');
  let begun = !style.headers || style.format === 'table';
  return (item) => {
    const text = rows(item)
      .map((row) => `${line(row)}\n`)
      .join('');
    const head = begun || text === '' ? '' : `${titles}\n`;
    begun ||= text !== '';
    return head + text;
  };
}

// Widths only ever grow: what is on the screen stays where it is, and columns line up after a few lines.
function alignedLine(columns: readonly Column<unknown>[], style: OutputStyle): (row: unknown) => string {
  const widths = columns.map(() => 0);
  const isNarrow = style.truncate && style.isTerminal && style.width < NARROW;
  return (row) => {
    let room = style.truncate ? style.width : Number.POSITIVE_INFINITY;
    const cells: Printable[] = [];
    for (const [index, column] of columns.entries()) {
      const whole = cellText(column, row, { for: 'people', now: Date.now() });
      const text = column.format === 'id' && isNarrow ? ours(shortIds([whole])(whole)) : whole;
      widths[index] = Math.max(widths[index] ?? 0, Math.min(widthOf(text), WIDEST));
      const isLast = index === columns.length - 1;
      const width = isLast
        ? Math.min(widthOf(text), room)
        : Math.min(style.truncate ? (widths[index] ?? 0) : Math.max(widths[index] ?? 0, widthOf(text)), room);
      cells.push(width <= 0 ? ours('') : fit(text, width));
      room -= width + 2;
    }
    return cells.join('  ').trimEnd();
  };
}

const WIDEST = 36; // a whole id
const NARROW = 120; // a whole id would leave too little to the rest
