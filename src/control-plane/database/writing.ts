// One transaction that changes something, on either engine: built queries, and statements for what is done many times.

import type { Kysely, Transaction } from 'kysely';
import type { NodeSqliteConnection } from './node-sqlite.ts';
import type { Schema } from './schema.ts';
import { type Statements, statementsOfSqlite } from './statements.ts';

export type Writing = { queries: Transaction<Schema>; statements: Statements };

/** Commits what the work did; throws what it throws, and then nothing was changed. */
export async function writeSqlite<Result>(
  queries: Kysely<Schema>,
  connection: NodeSqliteConnection,
  work: (writing: Writing) => Promise<Result>,
): Promise<Result> {
  connection.begin();
  try {
    // On its one connection every query is one of the transaction. Nobody else gets a turn: nothing but queries is awaited in it.
    const result = await work({ queries: queries as Transaction<Schema>, statements: statementsOfSqlite(connection) });
    connection.exec('commit');
    return result;
  } catch (error) {
    connection.rollback();
    throw error;
  }
}
