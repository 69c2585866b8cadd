// What is probably misspelt in a filter: a value that a field never has, with the nearest that it can have.

import { nearest } from '../../src/settings/nearest.ts';
import { fieldTerms } from '../../src/state/filter.ts';
import type { ListColumn } from './columns.ts';

/** Null where every value is one that the field can have, or as far as the rows show. `rows` are all, without the filter. */
export function filterHint<Row>(text: string, columns: readonly ListColumn<Row>[], rows: Iterable<Row>): string | null {
  for (const { name, values } of fieldTerms(text)) {
    const column = columns.find(({ key }) => key.toLowerCase() === name);
    if (!column) continue;
    const known = new Set([...(column.words ?? []), ...seenIn(column, rows)].map((word) => word.toLowerCase()));
    if (known.size === 0) continue;
    for (const value of values) {
      if (value === 'none' || [...known].some((word) => word.includes(value))) continue;
      const meant = nearest(
        value,
        [...known].filter((word) => word.length <= LONGEST),
      );
      if (meant !== null) return `There is no ${name} ${value}; did you mean ${meant}?`;
      if (column.words) return `There is no ${name} ${value}: it is one of ${column.words.join(', ')}`;
    }
  }
  return null;
}

const SAMPLE = 2000; // rows; more would be felt while typing
const LONGEST = 60; // a description is no word that somebody misspells

function seenIn<Row>(column: ListColumn<Row>, rows: Iterable<Row>): string[] {
  const seen: string[] = [];
  let looked = 0;
  for (const row of rows) {
    if (++looked > SAMPLE) break;
    const value = column.value(row);
    if (typeof value === 'string') seen.push(value);
    else if (Array.isArray(value)) seen.push(...value);
  }
  return seen;
}
