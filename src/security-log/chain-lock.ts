// Who may append to a log at this moment, and where its chain stands: one small SQLite file beside the log.
//
// SQLite because its locks are the kernel's: they end with the process, however it ends, and they hold on every platform and
// between threads. A lock file made with O_EXCL has to be judged stale by somebody, and two judges can both be right.
// The file must never be opened with `fs` in this process: closing any descriptor of it would drop SQLite's locks (POSIX).

import { closeSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { threadId } from 'node:worker_threads';

/** Where the chain stood after the last batch. `start` is the offset of its last link in the file with that inode. */
export type Head = { seq: number; hash: string; inode: number; start: number };

// EXCLUSIVE from the start: a transaction that begins IMMEDIATE can still be refused at its COMMIT, after the lines were written.
export type ChainLock = {
  /** Takes the lock at once, or answers 'busy'. `head` is null when nothing was ever sealed here. */
  take(): { head: Head | null } | 'busy';
  /** Gives it back; with a head, that is what holds from now on. */
  give(head?: Head): void;
  close(): void;
};

/** `.security.log.chain` for `security.log`: hidden, and not matched by a rotation rule for `*.log` or `security.log*`. */
export const chainPath = (file: string): string => join(dirname(file), `.${basename(file)}.chain`);

/** Throws what SQLite throws: no permission, no directory, not a database. */
export function openChainLock(path: string): ChainLock {
  const { DatabaseSync } = sqlite();
  let open: Opened | null = null;

  return {
    take() {
      // Somebody may have removed the file, or the whole directory: a lock on a file without a name excludes nobody.
      if (open && open.inode !== inodeOf(path)) {
        open.database.close();
        open = null;
      }
      try {
        open ??= openDatabase(path, DatabaseSync);
        open.begin.run();
      } catch (error) {
        if (isBusy(error)) return 'busy';
        throw error;
      }
      const row = open.read.get() as Head | undefined;
      return { head: row && row.seq > 0 ? { ...row } : null };
    },
    give(head) {
      if (!open) return;
      try {
        if (head) open.write.run(head.seq, head.hash, head.inode, head.start);
        open.commit.run();
      } catch {
        // The lines are in the log already, and the log tells where its chain stands. Closing releases the lock.
        open.database.close();
        open = null;
      }
    },
    close() {
      open?.database.close();
      open = null;
    },
  };
}

/** Where the chain of a log stood when its last batch was written; null where that cannot be had. For readers: it waits for nobody. */
export function readHead(path: string): Head | null {
  const { DatabaseSync } = sqlite();
  let database: InstanceType<typeof DatabaseSync> | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.exec('PRAGMA busy_timeout = 200');
    return (database.prepare('SELECT seq, hash, inode, start FROM head WHERE id = 1').get() as Head | undefined) ?? null;
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

type Opened = {
  database: DatabaseSync;
  inode: number;
  begin: StatementSync;
  read: StatementSync;
  write: StatementSync;
  commit: StatementSync;
};

function openDatabase(path: string, Database: typeof DatabaseSync): Opened {
  if (inodeOf(path) === null) makePrivate(path);
  const database = new Database(path);
  try {
    // Nothing here needs to outlive a power cut: the log itself is the truth, and a head behind it is recognised.
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF');
    database.exec(`CREATE TABLE IF NOT EXISTS head (
      id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL, inode INTEGER NOT NULL, start INTEGER NOT NULL)`);
    return {
      database,
      inode: inodeOf(path) ?? 0,
      begin: database.prepare('BEGIN EXCLUSIVE'),
      read: database.prepare('SELECT seq, hash, inode, start FROM head WHERE id = 1'),
      // `excluded`, not ?1 … ?4 twice: Node 22 takes numbered parameters for named ones and binds none.
      write: database.prepare(`INSERT INTO head VALUES (1, ?, ?, ?, ?) ON CONFLICT (id)
        DO UPDATE SET seq = excluded.seq, hash = excluded.hash, inode = excluded.inode, start = excluded.start`),
      commit: database.prepare('COMMIT'),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** An empty file for its owner alone. Under another name first, because nobody in this process may close a file of that name. */
function makePrivate(path: string): void {
  const temporary = `${path}-${process.pid}-${threadId}`;
  closeSync(openSync(temporary, 'w', 0o600));
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && ((error.errcode as number) & 0xff) === SQLITE_BUSY;
const SQLITE_BUSY = 5;

/** Loads SQLite without the warning that older Nodes print: it would appear in the middle of the host's own output. */
export function sqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const module = process.getBuiltinModule('node:sqlite');
    if (!module) throw new Error('This runtime has no SQLite.');
    return module;
  } finally {
    process.emitWarning = emitWarning;
  }
}
