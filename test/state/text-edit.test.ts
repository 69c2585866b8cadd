// A line of text and what keys do to it.

import { describe, expect, test } from 'vitest';
import { editKey, insert, type TextEdit, textEdit } from '../../src/state/text-edit.ts';

const typed = (edit: TextEdit, ...names: string[]): TextEdit =>
  names.reduce(
    (now, name) => editKey(now, { name, text: name.length === 1 ? name : name === 'space' ? ' ' : null }) ?? now,
    edit,
  );

describe('editing a line', () => {
  test.each<[title: string, start: string, keys: string[], expected: string]>([
    ['types at the cursor', 'ac', ['left', 'b'], 'ab|c'],
    ['deletes before the cursor', 'abc', ['backspace'], 'ab|'],
    ['deletes after the cursor', 'abc', ['home', 'delete'], '|bc'],
    ['deletes a family of emoji as the one character that it looks like', 'a👨‍👩‍👧', ['backspace'], 'a|'],
    ['moves over a letter with its accents in one step', 'xe\u0301', ['left'], 'x|e\u0301'],
    ['deletes a word', 'one two', ['ctrl-w'], 'one |'],
    ['deletes to the beginning', 'one two', ['ctrl-u'], '|'],
    ['deletes to the end', 'one two', ['home', 'ctrl-k'], '|'],
    ['moves by words', 'one two', ['alt-b', 'alt-b'], '|one two'],
  ])('%s', (_, start, keys, expected) => {
    const { text, cursor } = typed(textEdit(start), ...keys);
    expect(`${text.slice(0, cursor)}|${text.slice(cursor)}`).toBe(expected);
  });

  test('leaves keys that edit nothing to others', () => {
    expect(editKey(textEdit('a'), { name: 'enter', text: null })).toBeNull();
  });

  test('takes a paste in one piece', () => {
    expect(insert({ text: 'ad', cursor: 1 }, 'bc')).toEqual({ text: 'abcd', cursor: 3 });
  });
});
