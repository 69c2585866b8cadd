// SQL of ours as text, run as it stands. What every verification does many times must not be built anew each time.

import { CompiledQuery, type Transaction } from 'kysely';
import { type InsertOptions, insertRows } from './insert-rows.ts';
import type { NodeSqliteConnection } from './node-sqlite.ts';
import type { Engine } from './open.ts';
import type { Schema } from './schema.ts';

export type Statements = {
  /** One statement, its values as `$1`, `$2` …, each once and in this order. */
  run<Row = never>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Many rows into one table; the columns of the first are the columns of all. */
  insert<Row = never>(table: keyof Schema, rows: readonly object[], options?: InsertOptions): Promise<readonly Row[]>;
  /** The same for events; gives their positions, which the database makes, in the order of the rows. */
  insertEvents(rows: readonly object[]): Promise<readonly number[]>;
};

/** Within a transaction. On SQLite they go to its one connection directly. */
export function statementsOf(
  transaction: Transaction<Schema>,
  engine: Engine,
  connection: NodeSqliteConnection | null,
): Statements {
  if (connection !== null) return onConnection(connection);
  return {
    run: async <Row>(text: string, values: readonly unknown[]) =>
      (await transaction.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows,
    insert: (table, rows, options) => insertRows(transaction, engine, table, rows, options),
    insertEvents: async (rows) => {
      const options = { returning: '"position"' };
      const made = await insertRows<'streamEvents', { position: number }>(transaction, engine, 'streamEvents', rows, options);
      return made.map(({ position }) => position).sort((left, right) => left - right);
    },
  };
}

function onConnection(connection: NodeSqliteConnection): Statements {
  return {
    run: async <Row>(text: string, values: readonly unknown[]) => connection.rows<Row>(unnumbered(text), values),
    insert: async <Row>(table: keyof Schema, rows: readonly object[], options: InsertOptions = {}) => {
      const [first] = rows;
      if (first === undefined) return [];
      const names = Object.keys(first);
      const text = insertText(table, names, options);
      const returned: Row[] = [];
      for (const row of rows) returned.push(...connection.rows<Row>(text, Object.values(row)));
      return returned;
    },
    insertEvents: async (rows) => {
      const [first] = rows;
      if (first === undefined) return [];
      const text = insertText('streamEvents', Object.keys(first), {});
      return rows.map((row) => connection.insertOne(text, Object.values(row)));
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

function insertText(table: string, names: readonly string[], { onConflict = '', returning }: InsertOptions): string {
  const columns = names.map((name) => `"${name}"`).join(', ');
  const conflict = onConflict === '' ? '' : ` on conflict ${onConflict}`;
  const end = returning === undefined ? '' : ` returning ${returning}`;
  return `insert into "${table}" (${columns}) values (${names.map(() => '?').join(', ')})${conflict}${end}`;
}
