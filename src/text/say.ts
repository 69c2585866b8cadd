// Sentences of our own with other people's words in them: what is put in is made visible, whoever forgot to.

import type { Printable } from './brand.ts';
import { visible } from './visible.ts';

/** say`Approved by ${review.byEmail}.` A value without text is said as such. */
export function say(texts: TemplateStringsArray, ...values: readonly (string | number | null | undefined)[]): Printable {
  let sentence = texts[0] ?? '';
  values.forEach((value, index) => {
    sentence += `${value === null || value === undefined ? 'unknown' : typeof value === 'number' ? value : shown(value)}${texts[index + 1] ?? ''}`;
  });
  return sentence as Printable;
}

/** `1 request`, `2 requests`. */
export const counted = (count: number, thing: string, things = `${thing}s`): Printable =>
  `${count} ${count === 1 ? thing : things}` as Printable;

// Making visible changes nothing the second time, so that a value may come either way. Long ones are cut: a sentence is one line.
const shown = (value: string): Printable => visible(value, { max: LONGEST });
const LONGEST = 200;
