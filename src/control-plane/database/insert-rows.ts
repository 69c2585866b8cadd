// Inserts many rows at the cost of one statement's preparation: its text never changes, however many there are.

import { CompiledQuery, type Transaction } from 'kysely';
import type { Engine } from './open.ts';
import type { Schema } from './schema.ts';

/** Both are SQL of ours, never of others. */
export type InsertOptions = { onConflict?: string; returning?: string };

/** The columns of `rows[0]` are the columns of all. */
export async function insertRows<Table extends keyof Schema, Returned = never>(
  queries: Transaction<Schema>,
  engine: Engine,
  table: Table,
  rows: readonly object[],
  { onConflict = '', returning }: InsertOptions = {},
): Promise<Returned[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const columns = names.map((name) => `"${name}"`).join(', ');
  const end = `${onConflict === '' ? '' : ` on conflict ${onConflict}`}${returning === undefined ? '' : ` returning ${returning}`}`;
  if (engine === 'postgres') {
    const text = `insert into "${table}" (${columns}) select ${columns} from json_populate_recordset(null::"${table}", $1)${end}`;
    return (await queries.executeQuery<Returned>(CompiledQuery.raw(text, [JSON.stringify(rows)]))).rows;
  }
  const text = `insert into "${table}" (${columns}) values (${names.map(() => '?').join(', ')})${end}`;
  const returned: Returned[] = [];
  for (const row of rows) {
    const { rows: got } = await queries.executeQuery<Returned>(CompiledQuery.raw(text, Object.values(row)));
    returned.push(...got);
  }
  return returned;
}
