// What holds for any text and any moment: none has been seen before, so that no answer comes from an earlier call. Hence long words, no bias
// towards small ones, and no shrinking to them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ours, type Printable } from '../../src/text/brand.ts';
import { lookalikeOf } from '../../src/text/confusables.ts';
import { programWords } from '../../src/text/program-words.ts';
import { isSafe } from '../../src/text/safe-code-points.ts';
import { say } from '../../src/text/say.ts';
import { countdown, localDateTime, localTime } from '../../src/text/time.ts';
import { cutNote, visible } from '../../src/text/visible.ts';
import { fit as fitTo, headOf, widthOf } from '../../src/text/width.ts';

/** Letters of one cell, of two, and with a mark that takes none. */
const letter = fc.oneof(
  fc.constantFrom('a', 'Z', '~', 'é', 'ж', 'ß').map((text) => ({ text, cells: 1 })),
  fc.constantFrom('日', '語', '한', '😀').map((text) => ({ text, cells: 2 })),
  fc.constantFrom('q\u0301', 'x\u0323\u0301').map((text) => ({ text, cells: 1 })),
);
const fresh = <Value>(values: fc.Arbitrary<Value>) => fc.noBias(fc.noShrink(values));
const word = fresh(
  fc.array(letter, { minLength: 12, maxLength: 40 }).map((letters) => ({
    letters,
    text: letters.map(({ text }) => text).join('') as Printable,
    cells: letters.reduce((sum, { cells }) => sum + cells, 0),
  })),
);
const few = { numRuns: 60 };

describe('any words', () => {
  test('take the cells of their letters, and as many as their widest line', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(widthOf(one.text)).toBe(one.cells);
        expect(widthOf(`${one.text}\n${other.text}` as Printable)).toBe(Math.max(one.cells, other.cells));
      }),
      few,
    );
  });

  test('are filled up with spaces on the side that is asked for', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 0, max: 20 }), ({ text, cells }, more) => {
        expect(fitTo(text, cells + more)).toBe(text + ' '.repeat(more));
        expect(fitTo(text, cells + more, 'right')).toBe(' '.repeat(more) + text);
      }),
      few,
    );
  });

  test('lose their end where it does not fit, and a mark says so', () => {
    fc.assert(
      fc.property(word, fc.nat(), ({ letters, text, cells }, at) => {
        const columns = 1 + (at % cells);
        fc.pre(columns < cells);
        const kept: string[] = [];
        let left = columns - 1;
        for (const one of letters) {
          if (one.cells > left) break;
          left -= one.cells;
          kept.push(one.text);
        }
        expect(fitTo(text, columns)).toBe(`${kept.join('')}…${' '.repeat(left)}`);
        expect(fitTo(text, columns, 'right')).toBe(`${' '.repeat(left)}${kept.join('')}…`);
        expect(headOf(text, columns - 1)).toEqual({ head: kept.join(''), cells: columns - 1 - left });
      }),
      few,
    );
  });

  test('on two lines are one line where there is room for one', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(fitTo(`${one.text}\n${other.text}` as Printable, one.cells + other.cells + 3)).toBe(
          `${one.text}⏎${other.text}  `,
        );
      }),
      few,
    );
  });

  test('are shown as they are, up to a length and with the rest counted', () => {
    fc.assert(
      fc.property(word, fc.nat(), ({ text }, at) => {
        const points = [...text];
        const max = at % (points.length + 2);
        expect(visible(text)).toBe(text.normalize('NFC'));
        const shown = visible(text, { max });
        const rest = points.length - max;
        if (rest <= 0) expect(shown).toBe(visible(text));
        else expect(shown).toBe(`${visible(points.slice(0, max).join(''))}${cutNote(rest)}`);
      }),
      few,
    );
  });
});

test.each<[text: string, shown: string, options?: Parameters<typeof visible>[1]]>([
  ['a\u0301\u0302\u0303\u0304', 'á\u0302\u0303⟨+1 marks⟩'],
  ['q\u0301\u0302', 'q\u0301\u0302'],
  ['q\u0301\u0302\u0303\u0304b', 'q\u0301\u0302⟨+2 marks⟩b'],
  ['q\u0301\u0302\u0303', 'q\u0301\u0302⟨+1 marks⟩'],
  [' \u0301', ' ⟨U+0301⟩'],
  ['a\n\u0301', 'a\n⟨U+0301⟩', { lines: 'many' }],
  ['\u0007\u0301', '␇⟨U+0301⟩'],
  ['👨‍👩‍👧\u0301', '👨⁺⟨U+0301⟩'],
  ['é\u007f', 'é␡'],
  ['é\u007f', '<U+00E9>^?', { glyphs: 'ascii' }],
  ['é~', 'é~'],
  ['a\tb\r\nc', 'a→b⏎c'],
  ['a\r\nb\nc', 'a\nb\nc', { lines: 'many' }],
  ['กำ', 'กํา'],
  ['😀a', '😀a'],
  ['😀\ufe0f', '😀'],
  ['😀\u{1f3fd}', '😀⁺'],
  ['\uffffé', '⟨U+FFFF⟩é'],
])('%j is shown as %j', (text, shown, options) => {
  expect(visible(text, options)).toBe(shown);
});

test.each<[text: string, max: number, shown: string]>([
  ['éé', 2, 'éé'],
  ['ééé', 2, 'éé… +1 more'],
  ['\uffff\uffffé', 2, '⟨U+FFFF⟩⟨U+FFFF⟩… +1 more'],
  ['é\n\n', 1, 'é… +2 more'],
])('%j cut to %i is %j', (text, max, shown) => {
  expect(visible(text, { max })).toBe(shown);
  expect(visible(text, { max: text.length })).toBe(visible(text));
  expect(visible(`${text}\nb`, { max, lines: 'many' })).toBe(`${visible(text.slice(0, max))}${cutNote(text.length + 2 - max)}`);
});

test.each<[text: string, safe: boolean]>([
  ['plain, é, 日 and q\u0301\nagain', true],
  ['', true],
  ['a\tb', false],
  ['a\u001b', false],
  ['a\u202eb', false],
  ['a\u00a0b', false],
])('%j is safe: %s', (text, safe) => {
  expect(isSafe(text)).toBe(safe);
});

describe('any moment', () => {
  const moments = fresh(fc.integer({ min: 0, max: 4_000_000_000 }).map((second) => second * 1000));

  test('is told in the zone that is asked for', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const iso = (at: number) => new Date(at).toISOString();
        expect(localDateTime(moment, 'UTC')).toBe(`${iso(moment).slice(0, 10)} ${iso(moment).slice(11, 19)}`);
        expect(localTime(moment + 999, 'UTC')).toBe(iso(moment).slice(11, 19));
        expect(localTime(moment, 'Etc/GMT-5')).toBe(iso(moment + 5 * 3_600_000).slice(11, 19));
      }),
      few,
    );
  });

  test('without a zone is told in the operator’s own', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const there = new Date(moment);
        const two = (part: number) => String(part).padStart(2, '0');
        expect(localTime(moment)).toBe([there.getHours(), there.getMinutes(), there.getSeconds()].map(two).join(':'));
        expect(localDateTime(moment).slice(0, 4)).toBe(String(there.getFullYear()));
      }),
      few,
    );
  });

  test('that is none counts down to nothing', () => {
    expect([countdown('no time', 0), countdown(1, 0), countdown(0, 0)]).toEqual(['?', '1s', 'expired']);
  });
});

test.each<[line: string, words: string[]]>([
  ['code --wait', ['code', '--wait']],
  [`'/opt/my editor/ed' -n`, ['/opt/my editor/ed', '-n']],
  [`"C:\\some folder\\ed" '' ""`, ['C:\\some folder\\ed', '', '']],
  ['  ', []],
])('the words of %s are %j', (line, words) => {
  expect(programWords(line)).toEqual(words);
});

test('a sentence says numbers, texts and what is missing, with nothing in front', () => {
  expect(say`${3} of ${'\u001bx'}, ${null}`).toBe('3 of ␛x, unknown');
  expect(say`${1e21}`).toBe('1e+21');
});

test('a name deserves a second look for what it looks like, mixes, or how it is written', () => {
  expect(lookalikeOf('pаypal', [ours('paypal'), 'other'])).toEqual({ kind: 'looks-like', other: 'paypal' });
  expect(lookalikeOf('שלום', [])).toEqual({ kind: 'right-to-left' });
  expect(lookalikeOf('plain', ['plain', 'other'])).toBeUndefined();
  const long = `paypal${'x'.repeat(60)}`;
  expect(lookalikeOf(`pаypal${'x'.repeat(60)}`, [long])).toEqual({ kind: 'looks-like', other: visible(long, { max: 40 }) });
});
