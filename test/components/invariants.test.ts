// The checks themselves: each finds what it is for.

import { describe, expect, test } from 'vitest';
import { breaches, type Evidence } from './invariants.ts';

const fine: Evidence = {
  before: ['one', 'two'],
  frame: '\u001b[?1049h\u001b[Hone\ntwo',
  columns: 10,
  height: 2,
  raw: '\u001b[?7l\u001b[1;31mone\u001b[0m\ntwo',
  lateWrites: 0,
};

describe('the invariants of a frame', () => {
  test('hold for a frame that is as it should be', async () => {
    expect(await breaches(fine)).toEqual([]);
  });

  test.each<[title: string, change: Partial<Evidence>, expected: RegExp]>([
    [
      'a row that is wider than the terminal',
      { frame: '\u001b[?1049h\u001b[Hone and a half\ntwo' },
      /another one when all is drawn anew/,
    ],
    ['a frame that came about otherwise than by drawing it', { before: ['one', 'too'] }, /Row 1 is another one/],
    ['a frame that is too high', { frame: '\u001b[?1049h\u001b[Hone\ntwo\nthree' }, /3 rows in a terminal of 2/],
    ['a row below the last', { frame: '\u001b[?1049h\u001b[Hone\u001b[2Htwo\u001b[3Hthree' }, /3 rows in a terminal of 2/],
    ['a move that mosh does not know', { raw: 'one\u001b[Etwo' }, /nobody allowed/],
    ['a link in an escape sequence', { raw: '\u001b]8;;https://evil.example\u0007x' }, /nobody allowed/],
    ['a title', { raw: '\u001b]0;root\u0007' }, /nobody allowed/],
    ['a question to the terminal', { raw: '\u001b[6n' }, /nobody allowed/],
    ['a control character of eight bits', { raw: '\u009b2J' }, /nobody allowed/],
    ['a carriage return', { raw: 'one\rtwo' }, /nobody allowed/],
    ['a write after the end', { lateWrites: 2 }, /2 writes after the end/],
  ])('tell of %s', async (_, change, expected) => {
    expect((await breaches({ ...fine, ...change })).join('\n')).toMatch(expected);
  });
});
