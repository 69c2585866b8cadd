// Opens the database that a control plane keeps everything in: SQLite in a file or in memory, or PostgreSQL.

import { Kysely, type Transaction } from 'kysely';
import { UsageError } from '../../errors.ts';
import { createCheckpoints } from './checkpoints.ts';
import { migrate } from './migrate.ts';
import { type Durability, nodeSqliteDialect } from './node-sqlite.ts';
import { connectPostgres } from './postgres.ts';
import type { Schema } from './schema.ts';
import { type Writing, writeSqlite } from './writing.ts';

export type Engine = 'sqlite' | 'postgres';
export type Queries = Kysely<Schema> | Transaction<Schema>;

export type Database = {
  readonly engine: Engine;
  readonly queries: Kysely<Schema>;
  /** One transaction, and nobody else's at the same time. Throws what the work throws, and then nothing was changed. */
  write<Result>(work: (writing: Writing) => Promise<Result>): Promise<Result>;
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
  return engine === 'sqlite' ? openSqlite(options) : openPostgres(options);
}

async function openSqlite({ location, durability = 'normal' }: DatabaseOptions): Promise<Database> {
  const { dialect, connection } = nodeSqliteDialect(location, durability);
  const queries = new Kysely<Schema>({ dialect });
  await migrated(queries, 'sqlite', location, () => queries.destroy());
  const checkpoints = location === ':memory:' ? null : createCheckpoints(location, durability, connection());
  return {
    engine: 'sqlite',
    queries,
    async write(work) {
      const pause = checkpoints?.pause ?? null;
      if (pause !== null) await pause;
      const result = await writeSqlite(queries, connection(), work);
      checkpoints?.committed();
      return result;
    },
    async close() {
      await checkpoints?.stop();
      await queries.destroy();
    },
  };
}

async function openPostgres({ location, connections = 10 }: DatabaseOptions): Promise<Database> {
  const { dialect, write, end } = await connectPostgres(location, connections);
  const queries = new Kysely<Schema>({ dialect });
  const close = async (): Promise<void> => void (await Promise.all([queries.destroy(), end()]));
  await migrated(queries, 'postgres', location, close);
  return { engine: 'postgres', queries, write, close };
}

async function migrated(queries: Kysely<Schema>, engine: Engine, location: string, close: () => Promise<void>): Promise<void> {
  try {
    await migrate(queries, engine);
  } catch (error) {
    await close().catch(() => undefined);
    throw explain(error, location);
  }
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
