// How a text that is being typed is drawn: the part around the cursor that fits, with a cell for the cursor.

import type { TextEdit } from '../../src/state/text-edit.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { headOf, widthOf } from '../../src/text/width.ts';

/**
 * The text with `▏`-like cursor as a cell of its own (`cursorSign`), cut on the left when it is longer than the field.
 * What is typed or pasted is made visible as anything else.
 */
export function fieldText({ text, cursor }: TextEdit, width: number, cursorSign: string, masked = false): Printable {
  const shown = (part: string): Printable => (masked ? ('•'.repeat([...part].length) as Printable) : visible(part));
  const left = shown(text.slice(0, cursor));
  const right = shown(text.slice(cursor));
  const room = Math.max(1, width - 1);
  const kept = widthOf(left) <= room - 1 ? left : tailOf(left, Math.max(1, room - 2));
  const rest = headOf(right, Math.max(0, room - widthOf(kept))).head;
  return `${kept}${cursorSign}${rest}` as Printable;
}

function tailOf(text: Printable, columns: number): Printable {
  const characters = [...text];
  let tail = '';
  while (characters.length > 0) {
    const next = `${characters.pop()}${tail}`;
    if (widthOf(next as Printable) > columns) break;
    tail = next;
  }
  return `…${tail}` as Printable;
}
