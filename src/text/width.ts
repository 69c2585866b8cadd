// How many cells a printable text takes, and the same text in exactly as many cells as there are.

import { eastAsianWidth } from 'get-east-asian-width';
import type { Printable } from './brand.ts';
import { glyphs } from './glyphs.ts';
import { isMark } from './safe-code-points.ts';

/** The cells of the widest line. Certain for what `visible()` made: every code point takes one or two cells, marks take none. */
export function widthOf(text: Printable): number {
  if (ASCII.test(text)) return text.length;
  const known = widths.get(text);
  if (known !== undefined) return known;
  let widest = 0;
  for (const line of text.split('\n')) {
    let cells = 0;
    for (const character of line) cells += cellsOf(character);
    widest = Math.max(widest, cells);
  }
  return widths.put(text, widest);
}

/** Exactly `columns` cells: padded, or cut with `…`. A wide character that would be halved leaves a space. One line only. */
export function fit(text: Printable, columns: number, align: 'left' | 'right' = 'left'): Printable {
  if (columns <= 0) return '' as Printable;
  if (ASCII.test(text) && text.length <= columns) {
    return (align === 'left' ? text.padEnd(columns) : text.padStart(columns)) as Printable;
  }
  const key = `${columns}${align}${glyphs().cut}${text}`;
  return (fitted.get(key) ?? fitted.put(key, fitSlowly(text, columns, align))) as Printable;
}

/** The longest beginning of a line that takes at most `columns` cells. Marks stay with their letter. */
export function headOf(line: string, columns: number): { head: string; cells: number } {
  // One more than fits, because a mark may follow the last letter.
  if (ASCII.test(line.slice(0, Math.max(0, columns) + 1))) {
    const head = line.slice(0, Math.max(0, columns));
    return { head, cells: head.length };
  }
  let cells = 0;
  let end = 0;
  for (const character of line) {
    const width = cellsOf(character);
    if (cells + width > columns) break;
    cells += width;
    end += character.length;
  }
  return { head: line.slice(0, end), cells };
}

function fitSlowly(text: Printable, columns: number, align: 'left' | 'right'): string {
  const signs = glyphs();
  const line = text.includes('\n') ? text.replaceAll('\n', signs.newline) : text;
  const whole = headOf(line, columns);
  if (whole.head.length === line.length) return pad(line, columns - whole.cells, align);
  const { head, cells } = headOf(line, columns - signs.cut.length);
  return pad(head + signs.cut, columns - cells - signs.cut.length, align);
}

const pad = (text: string, cells: number, align: 'left' | 'right'): string =>
  align === 'left' ? text + ' '.repeat(cells) : ' '.repeat(cells) + text;

function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x7f) return 1;
  if (isMark(character)) return 0;
  return eastAsianWidth(code);
}

const ASCII = /^[\x20-\x7e]*$/;

/** Answers of the last few thousand calls; names and statuses repeat on every frame. Long texts are not kept. */
function lately<Value>(limit = 4096): { get(key: string): Value | undefined; put(key: string, value: Value): Value } {
  const kept = new Map<string, Value>();
  return {
    get: (key) => kept.get(key),
    put(key, value) {
      if (key.length > 512) return value;
      if (kept.size >= limit) for (const oldest of [...kept.keys()].slice(0, limit / 4)) kept.delete(oldest);
      kept.set(key, value);
      return value;
    },
  };
}

const widths = lately<number>();
const fitted = lately<string>();
