// The only way from text that others wrote to a terminal: what cannot be seen, or would act on the terminal, is shown as what it is.

import type { Printable, Untrusted } from './brand.ts';
import { emojiAt } from './emoji.ts';
import { type GlyphSet, type Glyphs, glyphs } from './glyphs.ts';
import { isMark, isPlain } from './safe-code-points.ts';

export type VisibleOptions = {
  /** `one` (the default) shows line breaks and tabs as signs; `many` keeps line breaks, for text that has a block of its own. */
  lines?: 'one' | 'many' | undefined;
  /** The most characters to show; what is cut is said in numbers. */
  max?: number | undefined;
  glyphs?: GlyphSet | undefined;
};

/**
 * Makes text safe to show. Nothing is removed in silence: an escape becomes ␛, a bidi override ⟨U+202E⟩, a line break ⏎, the tenth
 * accent on a letter ⟨+8 marks⟩, and what `max` cuts is counted. The exact text stays with the caller, for copies, hashes and JSON.
 */
export function visible(text: Untrusted | string, options: VisibleOptions = {}): Printable {
  const { lines = 'one', max } = options;
  const signs = glyphs(options.glyphs);
  if (max !== undefined && text.length > max) return cutTo(max, text, options, signs);
  if (ASCII.test(text)) return text as Printable;
  return shown(text.normalize('NFC').replace(THAI_AM, apart), lines, signs) as Printable;
}

/** What to say about text that is not shown. */
export const cutNote = (count: number, signs: Glyphs = glyphs()): Printable => `${signs.cut} +${count} more` as Printable;

// SARA AM is a letter that draws a ring over the letter before it. Taken apart it looks the same, and all agree on its width.
const THAI_AM = /[\u0e33\u0eb3]/g;
const apart = (letter: string): string => letter.normalize('NFKD');

const ASCII = /^[\x20-\x7e]*$/;

function cutTo(max: number, text: string, options: VisibleOptions, signs: Glyphs): Printable {
  // Cut before anything else is done: ten megabytes in a name must cost no more than `max` characters.
  let end = 0;
  for (let kept = 0; kept < max && end < text.length; kept++) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  if (end >= text.length) return visible(text, { ...options, max: undefined });
  const rest = lengthInCodePoints(text, end);
  return `${visible(text.slice(0, end), { ...options, max: undefined })}${cutNote(rest, signs)}` as Printable;
}

function lengthInCodePoints(text: string, from: number): number {
  let count = 0;
  for (let at = from; at < text.length; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

function shown(text: string, lines: 'one' | 'many', signs: Glyphs): string {
  const out: string[] = [];
  let marks = 0;
  let mayCarryMark = false;
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (isMark(character) && mayCarryMark && signs.set === 'unicode') {
      marks += 1;
      if (marks <= MARKS) out.push(character);
      at += character.length;
      continue;
    }
    if (marks > MARKS) out.push(`${signs.open}+${marks - MARKS} marks${signs.close}`);
    marks = 0;
    const emoji = emojiAt(text, at, signs);
    const sign = emoji?.shown ?? one(text, at, character, lines, signs);
    // A mark without a letter of its own would land on the sign before it, which may be ours.
    mayCarryMark = emoji === undefined && sign === character && character !== ' ' && character !== '\n';
    out.push(sign);
    at += emoji?.length ?? (sign === signs.newline || sign === '\n' ? lineBreakAt(text, at) : character.length);
  }
  if (marks > MARKS) out.push(`${signs.open}+${marks - MARKS} marks${signs.close}`);
  return out.join('');
}

/** Two accents on one letter are a language (Vietnamese); a tower of them smears over the rows above and below. */
const MARKS = 2;

function one(text: string, at: number, character: string, lines: 'one' | 'many', signs: Glyphs): string {
  if (character === '\n' || text.startsWith('\r\n', at)) return lines === 'many' ? '\n' : signs.newline;
  if (character === '\t') return signs.tab;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20)
    return signs.set === 'unicode' ? String.fromCodePoint(0x2400 + code) : `^${String.fromCodePoint(0x40 + code)}`;
  if (code === 0x7f) return signs.set === 'unicode' ? '␡' : '^?';
  if (code < 0x7f) return character;
  if (signs.set === 'unicode' && isPlain(character)) return character;
  return `${signs.open}U+${code.toString(16).toUpperCase().padStart(4, '0')}${signs.close}`;
}

const lineBreakAt = (text: string, at: number): number => (text.startsWith('\r\n', at) ? 2 : 1);
