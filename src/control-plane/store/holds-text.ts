// Whether one of some columns holds a text somewhere, in capital or small letters.

import { type RawBuilder, sql } from 'kysely';

/** A wildcard in the text is a letter like any other: many of them would keep a database busy for as long as somebody likes. */
export function holdsText(text: string, columns: readonly string[]): RawBuilder<boolean> {
  const like = `%${text.toLowerCase().replace(/[%_\\]/g, '\\$&')}%`;
  // Without the word of escaping SQLite takes the sign before `_` for a letter, and finds no name that has one.
  const each = columns.map((column) => sql`lower(${sql.ref(column)}) like ${like} escape '\\'`);
  return sql<boolean>`(${sql.join(each, sql` or `)})`;
}
