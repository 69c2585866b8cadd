// Copies what one database holds into another, table by table: the tables are the same on both engines.

import { type Kysely, sql, type Transaction } from 'kysely';
import type { Queries } from '../database/open.ts';
import type { Schema } from '../database/schema.ts';

type AnyTables = Record<string, Record<string, unknown>>;
export type TableRows = AsyncIterable<Record<string, unknown>[]>;

/** The tables by name, without those in which migrations are kept, and without what counts itself as rows come in. */
export async function tableNames(queries: Kysely<Schema>): Promise<string[]> {
  const tables = await queries.introspection.getTables();
  return tables
    .filter(({ isView, name }) => !isView && !name.startsWith('sqlite_') && name !== 'tallies')
    .map(({ name }) => name);
}

/** Writes into an empty table, as many rows at a time as one statement takes. */
export async function insertAll(into: Transaction<Schema>, table: string, rows: TableRows): Promise<void> {
  const target = into as unknown as Transaction<AnyTables>;
  for await (const page of rows) {
    const width = Object.keys(page[0] ?? {}).length;
    const step = Math.max(1, Math.floor(PARAMETERS / Math.max(1, width)));
    for (let at = 0; at < page.length; at += step) {
      await target
        .insertInto(table)
        .values(page.slice(at, at + step))
        .execute();
    }
  }
}

// Both engines take more; a statement of this size is long enough.
const PARAMETERS = 8000;
const PAGE = 1000;

/** Every row as it was when the transaction began, a page at a time: a table need not fit into memory. */
export async function* readPostgres(from: Transaction<Schema>, table: string): TableRows {
  await sql`declare "copied" no scroll cursor for select * from ${sql.table(table)}`.execute(from);
  for (;;) {
    const { rows } = await sql<Record<string, unknown>>`fetch ${sql.lit(PAGE)} from "copied"`.execute(from);
    if (rows.length === 0) break;
    yield rows;
  }
  await sql`close "copied"`.execute(from);
}

export async function* readSqlite(from: Queries, table: string): TableRows {
  let after = -(2 ** 53);
  for (;;) {
    const { rows } = await sql<
      Record<string, unknown>
    >`select rowid as "copied rowid", * from ${sql.table(table)} where rowid > ${after} order by rowid limit ${PAGE}`.execute(
      from,
    );
    if (rows.length === 0) return;
    after = Number(rows.at(-1)?.['copied rowid']);
    yield rows.map(({ 'copied rowid': _, ...row }) => row);
  }
}
