// Opens the database that a control plane keeps everything in: SQLite in a file or in memory, or PostgreSQL.

import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { UsageError } from '../../errors.ts';
import { migrate } from './migrate.ts';
import { type Durability, type NodeSqliteConnection, nodeSqliteDialect } from './node-sqlite.ts';
import type { Schema } from './schema.ts';

export type Engine = 'sqlite' | 'postgres';
export type Queries = Kysely<Schema> | Transaction<Schema>;

export type Database = {
  readonly engine: Engine;
  readonly queries: Kysely<Schema>;
  /** The one connection of SQLite; null on PostgreSQL. */
  readonly connection: NodeSqliteConnection | null;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  /** `postgres://…`, a path, or `:memory:`. */
  location: string;
  durability?: Durability | undefined;
  /** Connections to PostgreSQL at the most. */
  connections?: number | undefined;
};

/**
 * Opens and brings the tables to this version's form.
 * @throws UsageError `serve.database-*` where it is locked, unreachable, damaged, or was written by a newer version.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const engine: Engine = /^postgres(ql)?:\/\//.test(options.location) ? 'postgres' : 'sqlite';
  const sqlite = engine === 'sqlite' ? nodeSqliteDialect(options.location, options.durability ?? 'normal') : null;
  const queries = new Kysely<Schema>({ dialect: sqlite?.dialect ?? (await postgres(options)) });
  try {
    await migrate(queries, engine);
  } catch (error) {
    await queries.destroy().catch(() => undefined);
    throw explain(error, options.location);
  }
  return { engine, queries, connection: sqlite?.connection() ?? null, close: () => queries.destroy() };
}

async function postgres({ location, connections = 10 }: DatabaseOptions): Promise<PostgresDialect> {
  const { default: pg } = await import('pg');
  pg.types.setTypeParser(pg.types.builtins.INT8, Number); // times and counts, all far below 2^53
  const pool = new pg.Pool({ connectionString: location, max: connections, application_name: 'aim' });
  // An idle connection that breaks would otherwise end the process; the next query gets a new one.
  pool.on('error', () => undefined);
  // So would one that breaks between two queries of a transaction: its next query fails, and says so.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new PostgresDialect({ pool });
}

function explain(error: unknown, location: string): unknown {
  if (error instanceof UsageError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const place = location.replace(/\/\/[^@/]*@/, '//…@');
  const because = { cause: error };
  if (/locked|SQLITE_BUSY/i.test(text)) {
    return new UsageError('serve.database-locked', {
      message: `The database ${place} is in use by another program.`,
      next: 'Stop that program, or choose another place with --data. Nothing was changed.',
      ...because,
    });
  }
  if (/disk is full|SQLITE_FULL|ENOSPC/i.test(text)) {
    return new UsageError('serve.disk-full', {
      message: `There is no space left for the database ${place}.`,
      next: 'Free some space and start again. Nothing that was acknowledged is lost.',
      ...because,
    });
  }
  if (/not a database|malformed/i.test(text)) {
    return new UsageError('serve.database-damaged', {
      message: `${place} is not a database that can be read.`,
      next: 'Move it aside and restore a backup: aim serve restore. Nothing was changed.',
      ...because,
    });
  }
  return new UsageError('serve.database-unreachable', {
    message: `The database ${place} cannot be opened: ${text || (error as { code?: string }).code}.`,
    next: 'Check that it exists, that it may be written, and that the address is right.',
    ...because,
  });
}
