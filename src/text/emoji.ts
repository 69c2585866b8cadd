// Emoji, collapsed to what every terminal draws alike: a family of four is one person and a ⁺, a flag is its country's letters.

import type { Glyphs } from './glyphs.ts';

/**
 * The emoji that starts at this place, if it is more than a single character, and what to show for it. Terminals disagree about the width
 * of sequences (zero-width joiners, skin tones, variation selectors), and one that is drawn wider than counted breaks the whole frame.
 */
export function emojiAt(text: string, at: number, signs: Glyphs): { shown: string; length: number } | undefined {
  if (signs.set === 'ascii') return undefined; // every code point beyond ASCII is a token there
  const sequence = matchAt(SEQUENCE, text, at);
  if (sequence !== undefined) {
    const base = String.fromCodePoint(sequence.codePointAt(0) ?? 0);
    if (sequence.length === base.length) return undefined;
    const isPlainVariant = sequence.length === base.length + 1 && /[\ufe0e\ufe0f]$/.test(sequence);
    return { shown: isPlainVariant ? base : `${base}${signs.more}`, length: sequence.length };
  }
  const flag = matchAt(FLAG, text, at);
  if (flag !== undefined) return { shown: `:${lettersOf(flag)}:`, length: flag.length };
  const keycap = matchAt(KEYCAP, text, at);
  if (keycap !== undefined) return { shown: `${keycap[0]}${signs.more}`, length: keycap.length };
  return undefined;
}

const PICTURE = '(?:(?![#*0-9])\\p{Emoji}(?<!\\p{Regional_Indicator}|\\p{Emoji_Modifier}))';
const UNIT = `${PICTURE}(?:\\ufe0e|\\ufe0f|\\p{Emoji_Modifier})?(?:[\\u{e0020}-\\u{e007e}]+\\u{e007f})?`;
const SEQUENCE = new RegExp(`${UNIT}(?:\\u200d${UNIT})*`, 'uy');
const FLAG = /\p{Regional_Indicator}{2}/uy;
const KEYCAP = /[#*0-9]\ufe0f?\u20e3/uy;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const lettersOf = (flag: string): string =>
  [...flag].map((indicator) => String.fromCodePoint((indicator.codePointAt(0) ?? 0) - 0x1f1e6 + 0x61)).join('');
