// Small forms that the MCP screens share: how long ago, and a long name with both of its ends.

import { ours, type Printable } from '../../src/text/brand.ts';
import { glyphs } from '../../src/text/glyphs.ts';
import { age, type Moment } from '../../src/text/time.ts';
import { headOf, widthOf } from '../../src/text/width.ts';
import { words } from '../words.ts';

export function ago(at: Moment, now: Moment): Printable {
  const long = age(at, now);
  return long === 'now' ? ours('just now') : words`${long} ago`;
}

/** Names of packages differ at their ends as often as at their beginnings. */
export function middleCut(text: Printable, width: number): Printable {
  if (widthOf(text) <= width || width < 8) return text;
  const { cut } = glyphs();
  const room = width - widthOf(ours(cut));
  const { head, cells } = headOf(text, Math.ceil(room / 2));
  const letters = [...text];
  let tail = '';
  while (letters.length > 0) {
    const longer = `${letters.pop()}${tail}`;
    if (widthOf(longer as Printable) > room - cells) break;
    tail = longer;
  }
  return `${head}${cut}${tail}` as Printable;
}
