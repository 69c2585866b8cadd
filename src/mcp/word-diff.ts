// Two texts word by word. A module of its own, so that only what shows a difference loads the library.

import { diffWordsWithSpace } from 'diff';

export type DiffPart = { kind: 'same' | 'added' | 'removed'; text: string };

/** Bounded: two texts that have little in common would take the square of their length. */
export function wordDiff(before: string, after: string): DiffPart[] {
  const parts = diffWordsWithSpace(before.slice(0, LONGEST), after.slice(0, LONGEST), { timeout: 500 });
  if (parts === undefined)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  return parts.map(({ added, removed, value }) => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: value }));
}

const LONGEST = 50_000;
