// The cursor and the window of a list: what a person expects while rows come and go.

import { describe, expect, test } from 'vitest';
import { arrayRows, listState, markRange, move, sortBy, toggleMark, windowOf } from '../../src/state/list.ts';

const rowsOf = (...ids: string[]) => arrayRows(ids, (id) => id);
const ten = rowsOf(...'abcdefghij');

describe('the cursor of a list', () => {
  test('stays on its row, at its place on the screen, when rows are added above it', () => {
    const at = move(move(listState(), ten, 4, 1), ten, 4, 1);
    const before = windowOf(at, ten, 4);
    const more = rowsOf('x', 'y', ...'abcdefghij');
    const after = windowOf(at, more, 4);
    expect(more.idAt(after.index)).toBe('c');
    expect(after.index - after.top).toBe(before.index - before.top);
  });

  test('goes to the row that took its place when its own row is gone', () => {
    const at = move(listState(), ten, 4, 3);
    expect(windowOf(at, rowsOf('a', 'b', 'c', 'e', 'f'), 4).index).toBe(3);
  });

  test('never leaves the list, however far it is moved', () => {
    expect(windowOf(move(listState(), ten, 4, 99), ten, 4)).toEqual({ index: 9, top: 6 });
    expect(windowOf(move(listState(), ten, 4, -99), ten, 4)).toEqual({ index: 0, top: 0 });
  });

  test('has nowhere to go in an empty list', () => {
    expect(windowOf(move(listState(), rowsOf(), 4, 1), rowsOf(), 4)).toEqual({ index: 0, top: 0 });
  });

  test('moves by a page less one row, so that one row is seen twice', () => {
    expect(windowOf(move(listState(), ten, 4, 'page-down'), ten, 4).index).toBe(3);
  });
});

describe('a list that follows', () => {
  const following = listState({ isFollowing: true });

  test('stays on the newest row as rows come', () => {
    expect(windowOf(following, ten, 4)).toEqual({ index: 9, top: 6 });
    expect(windowOf(following, rowsOf(...'abcdefghijkl'), 4)).toEqual({ index: 11, top: 8 });
  });

  test('stops when the cursor is moved up, and knows what was there', () => {
    const up = move(following, ten, 4, -1, true);
    expect(up.isFollowing).toBe(false);
    expect(up.leftAt).toBe(10);
    expect(windowOf(up, rowsOf(...'abcdefghijkl'), 4).index).toBe(8);
  });

  test('begins again at the last row', () => {
    const again = move(move(following, ten, 4, -3, true), ten, 4, 'last', true);
    expect(again).toMatchObject({ isFollowing: true, leftAt: null });
  });
});

describe('marks', () => {
  test('come and go with the same key', () => {
    const marked = toggleMark(listState(), 'b');
    expect([...marked.marked]).toEqual(['b']);
    expect([...toggleMark(marked, 'b').marked]).toEqual([]);
  });

  test('reach from the last mark to the cursor, in the order shown', () => {
    expect([...markRange(toggleMark(listState(), 'd'), ten, 'b').marked].sort()).toEqual(['b', 'c', 'd']);
  });
});

test('sorting by a column again reverses it, and a third time ends it', () => {
  const once = sortBy(listState(), 'name');
  const twice = sortBy(once, 'name');
  expect([once.sort, twice.sort, sortBy(twice, 'name').sort]).toEqual([
    { column: 'name', reverse: false },
    { column: 'name', reverse: true },
    null,
  ]);
});
