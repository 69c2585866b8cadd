// Which code points may reach a terminal as they are. Everything else is shown as a token that names it.

/**
 * Letters, digits, punctuation and symbols of known width, and the space. Not: controls, formats (bidi, zero width, tags), private use,
 * unassigned, surrogates, every space but U+0020, whatever Unicode calls ignorable, marks (see `isMark`), and the few below.
 */
export function isPlain(character: string): boolean {
  return PLAIN.test(character) && !UNCERTAIN.test(character);
}

/** A mark that sits on the letter before it and takes no cell. Marks that may take a cell (Mc) are shown as tokens. */
export function isMark(character: string): boolean {
  return MARK.test(character) && !UNCERTAIN.test(character);
}

const PLAIN = /^[\p{L}\p{N}\p{P}\p{S} ]$/u;
const MARK = /^[\p{Mn}\p{Me}]$/u;

// Ignorable letters (Hangul fillers) look like nothing. Conjoining jamo and the letters that join what follows them (the long row) change
// the width of their neighbours. The blank of Braille looks like a space. Emoji modifiers and lone regional indicators are drawn
// differently by each terminal. Left and right bars are how `aim` marks its own words and the gutter of others': nobody else draws them.
const UNCERTAIN = new RegExp(
  '^[\\p{Default_Ignorable_Code_Point}\\p{Emoji_Modifier}\\p{Regional_Indicator}\\u1160-\\u11ff\\ud7b0-\\ud7ff\\u2800\\u2589-\\u2590\\ufffc' +
    '\\u0d4e\\u{111c2}\\u{111c3}\\u{113d1}\\u{1193f}\\u{11941}\\u{11a84}-\\u{11a89}\\u{11d46}\\u{11f02}\\u{16d63}\\u{16d67}-\\u{16d6a}]$',
  'u',
);

/** Holds nothing that `visible()` would have changed, but for its own line breaks. For tests, and for what must prove its output. */
export function isSafe(text: string): boolean {
  for (const character of text) if (!isPlain(character) && !isMark(character) && character !== '\n') return false;
  return true;
}
