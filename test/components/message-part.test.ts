// A message that is longer than its row: every part of it is shown, one after the other, and none is lost.

import { expect, test } from 'vitest';
import { partOf } from '../../components/shell/message-part.ts';
import { ours } from '../../src/text/brand.ts';

const said = {
  id: 1,
  text: ours('The server did not answer within 10 s. Look whether it runs: aim status'),
  tone: 'bad' as const,
  since: 1000,
  until: 13_000,
};
const at = (columns: number, now: number, toast = said) =>
  partOf(toast, columns, now)
    ?.runs.map(({ text }) => text)
    .join('');

test.each<[title: string, columns: number, now: number, shown: string | undefined]>([
  ['fits: it is shown whole', 80, 1000, said.text],
  ['fits: it leaves when its time is over', 80, 13_000, undefined],
  ['begins with its first part', 46, 1000, 'The server did not answer within 10 s. (1/2)'],
  ['then says what to do next', 46, 5000, 'Look whether it runs: aim status (2/2)'],
  ['begins again while there is time', 46, 9000, 'The server did not answer within 10 s. (1/2)'],
  ['leaves when its time is over', 46, 13_000, undefined],
  ['of a clock that was set back is at its beginning', 46, 0, 'The server did not answer within 10 s. (1/2)'],
])('%s', (_, columns, now, shown) => expect(at(columns, now)).toBe(shown));

test('none leaves before its last part was shown', () => {
  const brief = { ...said, until: 2000 };
  expect(at(24, 14_000, brief)).toMatch(/ \(4\/\d\)$/);
  expect(at(24, 1000 + 9 * 4000, brief)).toBe(undefined);
});
