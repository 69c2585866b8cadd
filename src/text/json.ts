// JSON that is safe on a terminal: the same value, with everything escaped that a terminal might act on or hide.

import type { Printable } from './brand.ts';

/**
 * Valid JSON, with DEL, C1 controls, bidi and zero-width characters, line separators and the like as \u escapes. `JSON.stringify` alone
 * leaves all of them raw, and 0x9B starts a control sequence on 8-bit terminals. Line breaks come only from `indent`.
 */
export function terminalJson(value: unknown, indent?: number | string): Printable {
  const text = JSON.stringify(value, null, indent) ?? 'null';
  // Nearly all of it is plain, which is seen at a tenth of the cost of looking for what is not.
  return (NOT_PLAIN.test(text) ? text.replace(UNSAFE, escaped) : text) as Printable;
}

const NOT_PLAIN = /[^\n -~]/;

const UNSAFE = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
