// Text of others, made visible: nothing in it acts, and nothing in it hides.

import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { isSafe } from '../../src/text/safe-code-points.ts';
import { type VisibleOptions, visible } from '../../src/text/visible.ts';
import { widthOf } from '../../src/text/width.ts';

describe('visible', () => {
  test.each<[title: string, text: string, expected: string, options?: VisibleOptions]>([
    ['leaves plain words alone', 'billing-bot 42', 'billing-bot 42'],
    ['leaves letters of other scripts alone', '日本語 Ελληνικά Kraków', '日本語 Ελληνικά Kraków'],
    ['shows an escape as a picture', '\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['shows the 8-bit control sequence introducer', '\u009b31m', '⟨U+009B⟩31m'],
    ['shows a carriage return, which rewrites a line', 'safe\revil', 'safe␍evil'],
    ['shows backspaces, which erase what was read', 'rm\b\bls', 'rm␈␈ls'],
    ['shows line breaks and tabs as signs in a line', 'a\nb\r\nc\td', 'a⏎b⏎c→d'],
    ['keeps line breaks in a block', 'a\r\nb\tc', 'a\nb→c', { lines: 'many' }],
    ['names bidi overrides', 'abc\u202etxt.exe', 'abc⟨U+202E⟩txt.exe'],
    ['names zero-width characters', 'ad\u200bmin', 'ad⟨U+200B⟩min'],
    ['names soft hyphens', 'ad\u00admin', 'ad⟨U+00AD⟩min'],
    ['names tag characters', 'ok\u{e0041}\u{e0042}', 'ok⟨U+E0041⟩⟨U+E0042⟩'],
    ['names line and paragraph separators', 'a\u2028b\u2029c', 'a⟨U+2028⟩b⟨U+2029⟩c'],
    ['names spaces that are not a space', 'a\u00a0b', 'a⟨U+00A0⟩b'],
    ['names letters that look like nothing', 'a\u3164b', 'a⟨U+3164⟩b'],
    ['names private use, unassigned and interlinear characters', '\ue000\u0378\ufff9', '⟨U+E000⟩⟨U+0378⟩⟨U+FFF9⟩'],
    ['names lone surrogates', 'a\ud800b', 'a⟨U+D800⟩b'],
    ['names a variation selector after a letter', 'a\ufe0f', 'a⟨U+FE0F⟩'],
    ['composes what has a composed form', 'e\u0301', 'é'],
    ['counts the accents beyond two', `gx\u0316\u0301${'\u0302'.repeat(7)}d`, 'gx\u0316\u0301⟨+7 marks⟩d'],
    ['does not let an accent land on the sign before the text', '\u0338approved', '⟨U+0338⟩approved'],
    ['names marks that may take a cell', 'कि', 'क⟨U+093F⟩'],
    ['shows one person for a family', '👨‍👩‍👧 team', '👨⁺ team'],
    ['shows a flag as its letters', '🇳🇱', ':nl:'],
    ['shows a keycap as its digit', '1️⃣', '1⁺'],
    ['drops only the variation selector of a plain emoji', '❤️', '❤'],
    ['does not let anybody draw the bar that is our own', '▌aim: approved', '⟨U+258C⟩aim: approved'],
    ['counts what it cuts', 'x'.repeat(432), `${'x'.repeat(20)}… +412 more`, { max: 20 }],
    ['counts characters, not code units', '𝒳'.repeat(30), `${'𝒳'.repeat(20)}… +10 more`, { max: 20 }],
    ['does not cut what just fits', '𝒳'.repeat(20), '𝒳'.repeat(20), { max: 20 }],
    ['uses ASCII alone where asked', 'é\u001b[0m\u202e\n', '<U+00E9>^[[0m<U+202E>\\n', { glyphs: 'ascii' }],
  ])('%s', (_, text, expected, options) => {
    expect(visible(text, options)).toBe(expected);
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc
      .array(
        fc.constantFrom(
          '\u200d',
          '\ufe0f',
          '👩',
          '🏽',
          '🇳',
          '\u20e3',
          '1',
          'e',
          '\u0301',
          '\u{e0067}',
          '\u{e007f}',
          '🏴',
          '❤',
          '\r',
          '\n',
        ),
      )
      .map((parts) => parts.join('')),
  );

  test('never lets an unsafe code point through, and none at all in a line', () => {
    fc.assert(
      fc.property(anything, (text) => isSafe(visible(text, { lines: 'many' })) && !/[\p{C}\n]/u.test(visible(text))),
      { numRuns: 3000 },
    );
  });

  test('changes nothing the second time', () => {
    fc.assert(
      fc.property(anything, (text) => visible(visible(text)) === visible(text)),
      { numRuns: 3000 },
    );
  });

  test('is ASCII alone in ASCII mode', () => {
    fc.assert(fc.property(anything, (text) => /^[\x20-\x7e]*$/.test(visible(text, { glyphs: 'ascii' }))));
  });

  test('takes as many cells as Ink, which lays out the screen, believes', () => {
    fc.assert(
      fc.property(anything, (text) => widthOf(visible(text)) === stringWidth(visible(text))),
      { numRuns: 3000 },
    );
  });
});
