// A line that must stay one row of the terminal, whatever others wrote into it: what is cut off says so.

import type { Printable } from '../../src/text/brand.ts';
import { fit, widthOf } from '../../src/text/width.ts';

/** `width` null: not on a terminal, where lines are lines. */
export function oneRow(text: Printable, width: number | null): Printable {
  if (width === null || (widthOf(text) <= width && !text.includes('\n'))) return text;
  return `${fit(text, Math.max(1, width - CUT.length)).trimEnd()}${CUT}` as Printable;
}

const CUT = ' (cut, whole above)';
