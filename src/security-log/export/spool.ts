// The queue of an exporter, on disk: lines that are on their way, where reading goes on, and what the receiver refused for good.
//
// A line enters the queue in the same transaction that moves the reading position, and leaves it when the receiver has it. So
// whatever dies in between, a line is sent at least once, and read once.

import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { makeFolderSync } from '../../settings/make-folder.ts';
import { sqlite } from '../chain-lock.ts';
import type { LogEntry, LogPosition } from '../entry.ts';
import { readLogLine } from '../read-line.ts';

export type Queued = { id: number; entry: LogEntry };

export type SpoolState = { queued: number; oldest: string | null; sent: number; refused: number };

export type Spool = {
  /** Where each log is to be read from. */
  positions(): Record<string, LogPosition>;
  push(entries: readonly LogEntry[]): void;
  peek(count: number): Queued[];
  /** They arrived. */
  sent(ids: readonly number[]): void;
  /** The receiver will never take this one. It is kept aside. */
  refuse(id: number, because: string): void;
  readonly state: SpoolState;
  close(): void;
};

/** @param path of the database, or `:memory:` for an export that is not resumed. Throws when another exporter uses it. */
export function openSpool(path: string): Spool {
  const { DatabaseSync } = sqlite();
  if (path !== ':memory:') makeFolderSync(dirname(path));
  const before = process.umask(0o077);
  const database = new DatabaseSync(path);
  try {
    prepare(database);
  } catch (error) {
    database.close();
    throw error;
  } finally {
    process.umask(before);
  }
  const insert = database.prepare('INSERT INTO queue (line, file, at) VALUES (?, ?, ?)');
  const move = database.prepare(`INSERT INTO position VALUES (?, ?, ?, ?)
    ON CONFLICT (log) DO UPDATE SET inode = excluded.inode, offset = excluded.offset, seq = coalesce(excluded.seq, seq)`);
  const first = database.prepare('SELECT id, line, file FROM queue ORDER BY id LIMIT ?');
  const remove = database.prepare('DELETE FROM queue WHERE id = ?');
  const keepAside = database.prepare('INSERT INTO refused SELECT id, line, file, at, ? FROM queue WHERE id = ?');
  const count = database.prepare('UPDATE counter SET sent = sent + ?');
  const all = (run: () => void) => {
    database.exec('BEGIN');
    try {
      run();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    positions() {
      const rows = database.prepare('SELECT log, inode, offset, seq FROM position').all() as ({ log: string } & LogPosition)[];
      return Object.fromEntries(rows.map(({ log, inode, offset, seq }) => [log, { inode, offset, seq }]));
    },
    push(entries) {
      all(() => {
        const now = new Date().toISOString();
        for (const { raw, source, extra } of entries) {
          insert.run(raw, source.file, now);
          const seq = typeof extra['seq'] === 'number' ? extra['seq'] : null;
          if (source.log !== undefined) move.run(source.log, source.inode ?? 0, source.end ?? 0, seq);
        }
      });
    },
    peek(most) {
      const rows = first.all(most) as { id: number; line: string; file: string }[];
      return rows.map(({ id, line, file }) => ({ id, entry: readLogLine(line, { file, line: 0, offset: 0 }) }));
    },
    sent(ids) {
      all(() => {
        for (const id of ids) remove.run(id);
        count.run(ids.length);
      });
    },
    refuse(id, because) {
      all(() => {
        keepAside.run(because, id);
        remove.run(id);
      });
    },
    get state() {
      const row = database
        .prepare(`SELECT (SELECT count(*) FROM queue) AS queued, (SELECT min(at) FROM queue) AS oldest,
          (SELECT sent FROM counter) AS sent, (SELECT count(*) FROM refused) AS refused`)
        .get() as SpoolState;
      return { ...row };
    },
    close: () => database.close(),
  };
}

function prepare(database: DatabaseSync): void {
  // One exporter per spool: the lock lasts as long as the connection, and ends with the process.
  database.exec(
    'PRAGMA busy_timeout = 500; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL',
  );
  database.exec(`
    CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL, file TEXT NOT NULL, at TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS position (log TEXT PRIMARY KEY, inode INTEGER NOT NULL, offset INTEGER NOT NULL, seq INTEGER);
    CREATE TABLE IF NOT EXISTS refused (id INTEGER PRIMARY KEY, line TEXT NOT NULL, file TEXT NOT NULL, at TEXT NOT NULL, because TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), sent INTEGER NOT NULL);
    INSERT OR IGNORE INTO counter VALUES (1, 0);`);
}
