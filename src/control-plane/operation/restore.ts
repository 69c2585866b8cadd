// Puts a backup in the place of a database: checked first, never over something that is in use, never over something unasked.

import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql, type Transaction } from 'kysely';
import { UsageError } from '../../errors.ts';
import { openDataDirectory } from '../data-directory.ts';
import { openDatabase } from '../database/open.ts';
import type { Schema } from '../database/schema.ts';
import { backUp, checkBackup, copySqlite, withCopy } from './backup.ts';
import { insertAll, readSqlite, tableNames } from './copy-tables.ts';
import { type Contents, contentsOf, lookWhetherWhole } from './look-whether-whole.ts';

export type Restored = { contents: Contents /** Where the database that was there before is now. */; setAside: string | null };

/**
 * `into` is a data folder or `postgres://…`; a backup of either may become either.
 * @throws UsageError `restore.*` where the target is in use, or holds something and `replace` was not said; then nothing was changed.
 */
export async function restore(file: string, into: string, { replace = false } = {}): Promise<Restored> {
  if (!existsSync(file)) throw noBackup(file);
  await checkBackup(file);
  return /^postgres(ql)?:\/\//.test(into) ? intoPostgres(file, into, replace) : intoFolder(file, into, replace);
}

export const noBackup = (file: string): UsageError =>
  new UsageError('restore.no-backup', { message: `There is no file ${file}.`, next: 'Name a backup that exists.' });

async function intoFolder(file: string, folder: string, replace: boolean): Promise<Restored> {
  const directory = openDataDirectory(folder);
  const path = directory.database;
  const arriving = join(folder, 'aim.db.arriving');
  try {
    const holds = await holdsSomething(path);
    if (holds && !replace) throw notEmpty(folder);
    removeDatabase(arriving);
    copySqlite(file, arriving);
    const database = await openDatabase({ location: arriving, durability: 'full' });
    const contents = await settle(database.queries).finally(() => database.close());
    const setAside = holds ? `${path}.before-${timeInName()}` : null;
    if (setAside !== null) renameSync(path, setAside);
    removeDatabase(path);
    renameSync(arriving, path);
    return { contents, setAside };
  } finally {
    removeDatabase(arriving);
    directory.release();
  }
}

/** Also brings what was only in its write-ahead log into the file, so that the file alone can be set aside. */
async function holdsSomething(path: string): Promise<boolean> {
  const database = new DatabaseSync(path, { timeout: 1000 });
  try {
    const found = database.prepare(`select 1 from sqlite_schema where "name" = 'organizations'`).get();
    if (found === undefined) return false;
    database.exec('pragma wal_checkpoint(truncate)');
    return database.prepare('select 1 from "organizations" limit 1').get() !== undefined;
  } catch {
    return true; // damaged, but somebody's
  } finally {
    database.close();
  }
}

function removeDatabase(path: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
}

async function intoPostgres(file: string, location: string, replace: boolean): Promise<Restored> {
  const target = await openDatabase({ location, connections: 2 });
  try {
    await mustBeIdle(target.queries);
    const holds = (await contentsOf(target.queries)).organizations > 0;
    if (holds && !replace) throw notEmpty(location.replace(/\/\/[^@/]*@/, '//…@'));
    const setAside = holds ? (await backUp(location, `${file}.before-${timeInName()}`)).file : null;
    // Opening the copy brings an older backup to the tables of this version.
    await withCopy(file, async (copy) => {
      const source = await openDatabase({ location: copy });
      await target.queries
        .transaction()
        .execute((transaction) => replaceAll(transaction, source.queries))
        .finally(() => source.close());
    });
    return { contents: await settle(target.queries), setAside };
  } finally {
    await target.close();
  }
}

async function replaceAll(into: Transaction<Schema>, from: Kysely<Schema>): Promise<void> {
  const tables = await tableNames(from);
  for (const table of tables) await sql`delete from ${sql.table(table)}`.execute(into);
  for (const table of tables) await insertAll(into, table, readSqlite(from, table));
  await sql`select setval(pg_get_serial_sequence('"streamEvents"', 'position'), greatest((select max("position") from "streamEvents"), 1))`.execute(
    into,
  );
}

const timeInName = (): string => new Date().toISOString().replaceAll(':', '');

async function mustBeIdle(queries: Kysely<Schema>): Promise<void> {
  const { rows } =
    await sql`select 1 from pg_stat_activity where datname = current_database() and application_name = 'aim-listener'`.execute(
      queries,
    );
  if (rows.length === 0) return;
  throw new UsageError('restore.in-use', {
    message: 'A control plane uses this database.',
    next: 'Stop every instance first: aim serve stop. Nothing was changed.',
  });
}

/** Readers of the stream must not take the positions of the restored past for those that they have seen. */
async function settle(queries: Kysely<Schema>): Promise<Contents> {
  await queries
    .updateTable('instance')
    .set({ value: randomBytes(4).toString('hex') })
    .where('key', '=', 'stream-epoch')
    .execute();
  // What was true for a moment, then.
  for (const table of ['leases', 'rateWindows'] as const) await queries.deleteFrom(table).execute();
  const { contents, broken } = await lookWhetherWhole(queries);
  const [fault] = broken;
  if (fault === undefined) return contents;
  throw new UsageError('restore.broken', {
    message: `After restoring, the audit chain is broken at entry ${fault.sequence} (${fault.fault}).`,
    next: 'Restore another backup.',
  });
}

export const notEmpty = (place: string): UsageError =>
  new UsageError('restore.not-empty', {
    message: `${place} holds a control plane already.`,
    next: 'Choose an empty place, or say --replace: what is there is set aside first, and you are told where.',
  });
