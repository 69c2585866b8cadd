// Sorting rows: as people count, and what is not there last.

import { describe, expect, test } from 'vitest';
import type { FieldValue } from '../../src/state/filter.ts';
import { sortRows } from '../../src/state/sort-rows.ts';

describe('sortRows', () => {
  test.each<[title: string, values: FieldValue[], sorted: FieldValue[]]>([
    ['numbers as numbers', [10, 9, 1.5, -2], [-2, 1.5, 9, 10]],
    ['names as people count', ['agent-10', 'agent-9', 'Agent-1'], ['Agent-1', 'agent-9', 'agent-10']],
    ['names of other scripts', ['öl-2', 'zug', 'öl-10', 'abend'], ['abend', 'öl-2', 'öl-10', 'zug']],
    ['what is not there last', [null, 2, null, 1], [1, 2, null, null]],
    ['lists by their words', [['b'], ['a', 'c'], ['a']], [['a'], ['a', 'c'], ['b']]],
    ['yes and no', [true, false], [false, true]],
  ])('sorts %s', (_, values, sorted) => {
    expect(sortRows(values, (value) => value)).toEqual(sorted);
  });

  test('the other way round keeps what is not there last, and equals in their order', () => {
    const rows = [
      { id: 1, by: 2 },
      { id: 2, by: null },
      { id: 3, by: 5 },
      { id: 4, by: 2 },
    ];
    expect(sortRows(rows, ({ by }) => by, true).map(({ id }) => id)).toEqual([3, 1, 4, 2]);
  });
});
