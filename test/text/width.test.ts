// Text cut and broken to cells.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit as fitTo, widthOf } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })).map((text) => visible(text));

describe('fit', () => {
  test.each<[title: string, text: string, columns: number, expected: string, align?: 'left' | 'right']>([
    ['pads a short text', 'ab', 4, 'ab  '],
    ['pads on the left where asked', '42', 4, '  42', 'right'],
    ['marks what it cut', 'abcdef', 4, 'abc…'],
    ['leaves a space where a wide letter would be halved', '日本語', 4, '日… '],
    ['keeps a text that just fits', 'abcd', 4, 'abcd'],
    ['is empty where there is no room', 'abcd', 0, ''],
    ['has room for the mark alone', 'abcd', 1, '…'],
    ['shows a line break as a sign', 'a\nb', 4, 'a⏎b '],
  ])('%s', (_, text, columns, expected, align) => {
    expect(fitTo(ours(text), columns, align)).toBe(expected);
  });

  test('takes exactly the cells it was given', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 90 }), fc.constantFrom('left', 'right'), (text, columns, align) => {
        return widthOf(fitTo(text, columns, align as 'left' | 'right')) === columns;
      }),
      { numRuns: 2000 },
    );
  });
});

describe('wrap', () => {
  test.each<[title: string, text: string, columns: number, expected: string[]]>([
    ['breaks at spaces', 'delete the customer table', 12, ['delete the', 'customer', 'table']],
    ['breaks a long word anywhere', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['keeps line breaks', 'a\n\nb', 4, ['a', '', 'b']],
    ['has one row for nothing', '', 4, ['']],
    ['does not halve wide letters', '日本語', 5, ['日本', '語']],
  ])('%s', (_, text, columns, expected) => {
    expect(wrap(ours(text), columns)).toEqual(expected);
  });

  test('loses no character but the spaces at which it breaks, and no row is too wide', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const rows = wrap(text, columns);
        return rows.every((row) => widthOf(row) <= columns) && rows.join('').replaceAll(' ', '') === text.replaceAll(' ', '');
      }),
    );
  });
});
