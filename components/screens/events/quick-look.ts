// Which live events need a closer look, told from the text that the server wrote: taking each of fifty thousand apart costs a core.

import type { LogRow } from '../../../src/state/event-log.ts';
import type { Filter } from '../../../src/state/filter.ts';

/** False only for a row that the filter would refuse. True says nothing: the filter decides. */
export function quickLook({ needs }: Filter): (row: LogRow) => boolean {
  const tests = needs.filter((words) => words.every(isTellable)).map((words) => ({ words, expression: anyOf(words) }));
  if (tests.length === 0) return () => true;
  return (row) => {
    if (row.kind !== 'event' || row.text === undefined || ODD.test(row.text)) return true;
    const { text, outcome } = row;
    return tests.every(({ words, expression }) => expression.test(text) || words.some((word) => outcome.includes(word)));
  };
}

/**
 * A word of one value of an event. Numbers and times are shown otherwise than they are written, a phrase may go over two columns, and
 * whether something ran is written as no word at all.
 */
function isTellable(word: string): boolean {
  return /^[!-~]+$/.test(word) && !/^[\d.e+-]+$/.test(word) && !UNWRITTEN.some((other) => other.includes(word));
}

// Where something is written as an escape, the letters of the text are not those of the event; and İ has an i among its small letters.
const ODD = /[^\x20-\x5b\x5d-\x7e]/;

const UNWRITTEN = ['yes', 'no', 'failed', 'true', 'false', 'null'];

const anyOf = (words: readonly string[]): RegExp =>
  new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'i');
