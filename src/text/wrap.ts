// Printable text broken into rows of at most so many cells: at spaces where there are some, anywhere where there are none.

import type { Printable } from './brand.ts';
import { headOf } from './width.ts';

/** Rows of at most `columns` cells. Every character is kept but the space at which a row breaks; an empty text is one empty row. */
export function wrap(text: Printable, columns: number): Printable[] {
  const width = Math.max(2, columns); // a wide character needs two cells
  return text.split('\n').flatMap((line) => wrapLine(line, width)) as Printable[];
}

function wrapLine(line: string, columns: number): string[] {
  const rows: string[] = [];
  let rest = line;
  for (;;) {
    const { head } = headOf(rest, columns);
    if (head.length === rest.length) return [...rows, rest];
    const end = breakIn(head, rest);
    rows.push(rest.slice(0, end));
    rest = rest.slice(rest[end] === ' ' ? end + 1 : end);
  }
}

/** Where the row ends: at the last space of its second half, so that one long word does not leave a row nearly empty. */
function breakIn(head: string, line: string): number {
  if (line[head.length] === ' ') return head.length;
  const space = head.lastIndexOf(' ');
  return space > head.length / 2 ? space : head.length;
}
