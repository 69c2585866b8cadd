// A backup: one SQLite file with everything that the database held at one moment, checked before it is called one.

import { chmodSync, closeSync, existsSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { UsageError } from '../../errors.ts';
import { type Database, openDatabase } from '../database/open.ts';
import { insertAll, readPostgres, tableNames } from './copy-tables.ts';
import { type Contents, lookWhetherWhole } from './look-whether-whole.ts';

export type Backup = { file: string; contents: Contents };

/**
 * Works while a control plane writes. `from` is a data folder or `postgres://…`.
 * @throws UsageError `backup.*` where there is nothing to back up, the file exists, or what was read is not whole.
 */
export async function backUp(from: string, file: string, { replace = false } = {}): Promise<Backup> {
  if (existsSync(file) && !replace) throw existsAlready(file);
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  try {
    // Hashes of passwords and the secrets of webhooks are in it: for its owner alone, from its first byte.
    closeSync(openSync(unfinished, 'wx', 0o600));
    if (/^postgres(ql)?:\/\//.test(from)) await fromPostgres(from, unfinished);
    else fromSqlite(join(from, 'aim.db'), unfinished);
    leaveOut(unfinished);
    const contents = await checkBackup(unfinished);
    settle(unfinished);
    renameSync(unfinished, file);
    return { file, contents };
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw explain(error, file);
  }
}

export const existsAlready = (file: string): UsageError =>
  new UsageError('backup.exists', {
    message: `${file} exists already.`,
    next: 'Choose another name, or say --replace to put this backup in its place.',
  });

/** What is in a backup. @throws UsageError `backup.damaged` where it is none, or its audit chain is broken. */
export async function checkBackup(file: string): Promise<Contents> {
  const probe = new DatabaseSync(file, { readOnly: true });
  try {
    const [first] = probe.prepare('pragma integrity_check').all() as { integrity_check: string }[];
    if (first?.integrity_check !== 'ok') throw new Error(`malformed: ${first?.integrity_check}`);
    probe.prepare('select 1 from "organizations" limit 1').get();
  } catch (cause) {
    throw damaged(file, (cause as Error).message, cause);
  } finally {
    probe.close();
  }
  // Opening brings older tables to this version's form, so it looks at a copy.
  return withCopy(file, async (copy) => {
    const database = await openDatabase({ location: copy });
    const { contents, broken } = await lookWhetherWhole(database.queries).finally(() => database.close());
    const [fault] = broken;
    if (fault !== undefined) throw damaged(file, `its audit chain is broken at entry ${fault.sequence} (${fault.fault})`);
    return contents;
  });
}

/** Gives the work a copy of the file that it may change, and removes that again. */
export async function withCopy<Result>(file: string, work: (copy: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'aim-backup-'));
  try {
    copySqlite(file, join(folder, 'copy.db'));
    return await work(join(folder, 'copy.db'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A consistent copy of a database that others may be writing to. */
export function copySqlite(from: string, to: string): void {
  const database = new DatabaseSync(from, { timeout: 10_000 });
  try {
    closeSync(openSync(to, 'w', 0o600));
    database.prepare('vacuum into ?').run(to);
  } finally {
    database.close();
  }
}

// With what signs sessions, whoever finds a backup could sign in as anybody. It is made anew where the backup is restored.
function leaveOut(file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(`pragma secure_delete = on; delete from "instance" where "key" in ('token-secret', 'form-key')`);
  } finally {
    database.close();
  }
}

function fromSqlite(path: string, to: string): void {
  if (!existsSync(path)) throw nothingAt(path);
  copySqlite(path, to);
}

export const nothingAt = (path: string): UsageError =>
  new UsageError('backup.nothing', {
    message: `There is no control plane's database at ${path}.`,
    next: 'Name its folder with --data, or its PostgreSQL with --database.',
  });

async function fromPostgres(location: string, to: string): Promise<void> {
  const source = await openDatabase({ location, connections: 2 });
  let target: Database | undefined;
  try {
    target = await openDatabase({ location: to });
    const { queries } = target;
    await source.queries
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (from) => {
        for (const table of await tableNames(source.queries)) {
          await queries.transaction().execute((into) => insertAll(into, table, readPostgres(from, table)));
        }
      });
    // One file, without companions that could be forgotten when it is copied.
    await sql`pragma journal_mode = delete`.execute(queries);
  } finally {
    await target?.close();
    await source.close();
  }
}

// Before its name says that it is whole, it has to be on the disk.
function settle(file: string): void {
  chmodSync(file, 0o600);
  for (const path of [file, dirname(file)]) {
    const handle = openSync(path, 'r');
    fsyncSync(handle);
    closeSync(handle);
  }
}

const damaged = (file: string, because: string, cause?: unknown): UsageError =>
  new UsageError('backup.damaged', {
    message: `${file} is not a whole backup: ${because}.`,
    next: 'Take another one. Nothing was changed.',
    cause,
  });

function explain(error: unknown, file: string): unknown {
  const { code, message = '' } = error as { code?: string; message?: string };
  if (error instanceof UsageError) return error;
  if (code === 'ENOSPC' || /disk is full/i.test(message)) {
    return new UsageError('backup.disk-full', { message: `There is no space left for ${file}.`, next: 'Choose another disk.' });
  }
  if (['EACCES', 'ENOENT', 'EROFS', 'ENOTDIR', 'EPERM'].includes(code ?? '')) {
    return new UsageError('backup.not-writable', {
      message: `${file} cannot be written (${code}).`,
      next: 'Choose a folder that exists and that you may write to.',
      cause: error,
    });
  }
  return error;
}
