// CSV that a spreadsheet shows and does not run, and that reads back as what was written.

import { expect, test } from 'vitest';
import { csvCell, csvText } from '../../src/text/csv.ts';

test.each<[title: string, text: string, cell: string]>([
  ['plain', 'billing-bot', 'billing-bot'],
  ['empty', '', ''],
  ['a formula', '=1+1', "'=1+1"],
  ['a command', '+cmd', "'+cmd"],
  ['a minus', '-2', "'-2"],
  ['a function', '@SUM(A1)', "'@SUM(A1)"],
  ['an exchange of data', '|calc', "'|calc"],
  ['a percent', '%x', "'%x"],
  ['a formula behind blanks', '  =1+1', "'  =1+1"],
  ['a formula behind a blank of another kind', '\u00a0=1+1', "'\u00a0=1+1"],
  ['a formula in full width', '\uff1d1+1', "'\uff1d1+1"],
  ['a tab at its beginning', '\tx', "'\tx"],
  ['a line break at its beginning', '\n=1', '"\'\n=1"'],
  ['a formula in quotes', '="a",b', '"\'=""a"",b"'],
  ['a comma', 'a,b', '"a,b"'],
  ['a quote', 'a"b', '"a""b"'],
  ['a line break', 'a\nb', '"a\nb"'],
  ['a blank at its end', 'a ', '"a "'],
  ['a sign of a formula later on', 'a=b', 'a=b'],
])('text: %s', (_, text, cell) => expect(csvText(text)).toBe(cell));

test('a number keeps its minus', () => expect(csvCell('-2')).toBe('-2'));
