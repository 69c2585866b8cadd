// SQL of ours as text, run as it stands. What every verification does many times must not be built anew each time.

import type { NodeSqliteConnection } from './node-sqlite.ts';
import type { Schema } from './schema.ts';

/** Within one transaction. Texts are SQL of ours, never of others; values are `$1`, `$2` …, each once and in this order. */
export type Statements = {
  run<Row = never>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Many rows into one table; the columns of the first are the columns of all. */
  insert<Row = never>(table: keyof Schema, rows: readonly object[], options?: InsertOptions): Promise<readonly Row[]>;
  /**
   * Looks which of the rows are there already, by two columns that are unique together. What it gives inserts, of those that are wanted by
   * then, the ones that are not, and tells their ids.
   */
  newOf<Row extends { id: string }>(
    table: keyof Schema,
    rows: readonly Row[],
    unique: readonly [keyof Row & string, keyof Row & string],
  ): Promise<(wanted: readonly Row[]) => ReadonlySet<string>>;
  /** Goes along with whatever comes next, the commit at the latest; where it fails, so does the transaction. */
  post(text: string, values: readonly unknown[]): void;
  postRows(table: keyof Schema, rows: readonly object[], options?: InsertOptions): void;
  /**
   * Appends to the stream and, where there are other instances, tells them with the commit. The positions, in the order of the rows, are
   * made by the database and may be known only after it.
   */
  postEvents(rows: readonly object[]): Promise<readonly number[]>;
};

export type InsertOptions = { onConflict?: string; returning?: string };

/** On SQLite: each at once, on its one connection. */
export function statementsOfSqlite(connection: NodeSqliteConnection): Statements {
  const rowsOf = <Row>(text: string, values: readonly unknown[]): Row[] => connection.rows<Row>(unnumbered(text), values);
  function insert<Row>(table: keyof Schema, rows: readonly object[], options: InsertOptions = {}): Row[] {
    const [first] = rows;
    if (first === undefined) return [];
    const text = insertText(table, Object.keys(first), options);
    const returned: Row[] = [];
    for (const row of rows) {
      const values = Object.values(row);
      if (options.returning === undefined) connection.change(text, values);
      else returned.push(...connection.rows<Row>(text, values));
    }
    return returned;
  }
  return {
    run: async <Row>(text: string, values: readonly unknown[]) => rowsOf<Row>(text, values),
    insert: async <Row>(table: keyof Schema, rows: readonly object[], options?: InsertOptions) =>
      insert<Row>(table, rows, options),
    newOf: async (table, _rows, unique) => (wanted) => {
      const onConflict = `(${unique.map((name) => `"${name}"`).join(', ')}) do nothing`;
      const text = insertText(table, Object.keys(wanted[0] ?? {}), { onConflict });
      // Its own `returning` costs SQLite a table for the answer, each time.
      return new Set(wanted.filter((row) => connection.inserts(text, Object.values(row))).map(({ id }) => id));
    },
    post: (text, values) => void connection.change(unnumbered(text), values),
    postRows: (table, rows, options) => void insert(table, rows, options),
    postEvents: (rows) => {
      const [first] = rows;
      if (first === undefined) return Promise.resolve([]);
      const text = insertText('streamEvents', Object.keys(first), {});
      return Promise.resolve(rows.map((row) => connection.change(text, Object.values(row))));
    },
  };
}

const unnumberedTexts = new Map<string, string>();

function unnumbered(text: string): string {
  let known = unnumberedTexts.get(text);
  if (known === undefined) {
    known = text.replace(/\$\d+/g, '?');
    unnumberedTexts.set(text, known);
  }
  return known;
}

function insertText(table: string, names: readonly string[], options: InsertOptions): string {
  const columns = names.map((name) => `"${name}"`).join(', ');
  return `insert into "${table}" (${columns}) values (${names.map(() => '?').join(', ')})${endOf(options)}`;
}

/** What an insert ends with. */
export function endOf({ onConflict = '', returning }: InsertOptions): string {
  const conflict = onConflict === '' ? '' : ` on conflict ${onConflict}`;
  return `${conflict}${returning === undefined ? '' : ` returning ${returning}`}`;
}
