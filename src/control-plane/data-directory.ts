// The directory that a control plane owns: locked while it runs, with its secrets, its address and its database.

import { randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UsageError } from '../errors.ts';

export type DataDirectory = {
  path: string;
  database: string;
  tokenSecret: Buffer;
  operatorKey: string;
  /** The port of the last run, taken again where it is free, so that addresses in SDK files stay valid. */
  lastPort: number | null;
  /** Written when the server listens; removed by `release`. */
  announce(endpoint: { url: string; port: number; pid: number; instanceId: string; version: string }): void;
  rememberPassword(password: string): string;
  release(): void;
};

/** @throws UsageError where it cannot be written, is full, or another control plane uses it. */
export function openDataDirectory(path: string): DataDirectory {
  const lock = writing(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    closeToOthers(path);
    // SQLite gives its companions the mode of the file itself.
    for (const name of ['lock', 'aim.db']) closeSync(openSync(join(path, name), 'a', 0o600));
    for (const name of ['aim.db', 'aim.db-wal', 'aim.db-shm']) keepToOwner(join(path, name));
    return takeLock(path);
  });
  const file = (name: string): string => join(path, name);
  // What a killed one left behind: whoever finds this file may trust that its process holds the lock.
  rmSync(file('endpoint.json'), { force: true });
  try {
    return {
      path,
      database: file('aim.db'),
      tokenSecret: Buffer.from(
        writing(path, () => secret(file('token-secret'))),
        'base64url',
      ),
      operatorKey: writing(path, () => secret(file('operator.key'))),
      lastPort: readPort(file('port')),
      announce({ port, ...endpoint }) {
        writing(path, () => {
          writePrivate(file('endpoint.json'), `${JSON.stringify(endpoint)}\n`);
          writePrivate(file('port'), `${port}\n`);
        });
      },
      rememberPassword(password) {
        writing(path, () => writePrivate(file('initial-password'), `${password}\n`));
        return file('initial-password');
      },
      release() {
        rmSync(file('endpoint.json'), { force: true });
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

// Whoever may write in a folder may put keys of their own into it. @throws UsageError where somebody else was there already.
function closeToOthers(path: string): void {
  const self = process.getuid?.();
  const { mode, uid } = statSync(path);
  if (self === undefined || (mode & 0o002) === 0) return;
  const foreign = uid === self ? readdirSync(path).find((name) => lstatSync(join(path, name)).uid !== self) : '.';
  if (foreign === undefined) {
    chmodSync(path, 0o700);
    return;
  }
  throw new UsageError('serve.data-open', {
    message: `Everybody on this machine may write in ${path}, and ${join(path, foreign)} is somebody else's.`,
    next: 'Choose a directory of your own with --data. Keys that others can put in place are none.',
  });
}

// What a link leads to is not ours to close: it may be a file that others need. So it is closed as the open file that it was seen to be.
function keepToOwner(file: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true || (found.mode & 0o007) === 0) return;
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    if (fstatSync(opened).ino === found.ino) fchmodSync(opened, 0o600);
  } finally {
    closeSync(opened);
  }
}

// A lock of the operating system, held through an open SQLite transaction: it ends with the process, however that ends.
function takeLock(path: string): { close(): void } {
  const lock = new DatabaseSync(join(path, 'lock'), { timeout: 0 });
  try {
    lock.exec('pragma journal_mode = delete; pragma locking_mode = exclusive; begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if (!/locked|busy/i.test(String(error))) throw error;
    const holder = endpointIn(path);
    throw new UsageError('serve.data-in-use', {
      message: `Another control plane uses ${path}${holder === null ? '' : ` (process ${holder.pid}, ${holder.url})`}.`,
      next: 'Use that one, stop it, or choose another directory with --data.',
    });
  }
}

/** Whether a control plane uses the directory, whether it answers or not. */
export function isInUse(path: string): boolean {
  if (!existsSync(join(path, 'lock'))) return false;
  const lock = new DatabaseSync(join(path, 'lock'), { timeout: 0 });
  try {
    lock.exec('begin exclusive; rollback');
    return false;
  } catch (error) {
    if (/locked|busy/i.test(String(error))) return true;
    throw error;
  } finally {
    lock.close();
  }
}

/** What the control plane that uses the directory says of itself, or null. */
export function endpointIn(path: string): { url: string; pid: number; instanceId: string; version: string } | null {
  try {
    const said = JSON.parse(readFileSync(join(path, 'endpoint.json'), 'utf8'));
    const { url, pid, instanceId, version } = said;
    // A number that is no process of its own means many of them to who ends processes by number.
    const isOne = Number.isSafeInteger(pid) && pid > 1 && /^https?:$/.test(new URL(url).protocol);
    return isOne ? { url, pid, instanceId: String(instanceId), version: String(version) } : null;
  } catch {
    return null;
  }
}

/** Whether the process is of the person who owns what the directory says; where the system does not tell, it is taken for one. */
export function isOfOwner(path: string, pid: number): boolean {
  const process_ = statSync(`/proc/${pid}`, { throwIfNoEntry: false });
  return process_ === undefined || process_.uid === statSync(join(path, 'endpoint.json')).uid;
}

function secret(file: string): string {
  const kept = keptSecret(file);
  if (kept !== null) return kept;
  const made = randomBytes(32).toString('base64url');
  writePrivate(file, `${made}\n`);
  return made;
}

/** What is in the file, where it can be a secret still: nobody else may read it or chose it, and it is as random as ours are. */
function keptSecret(file: string): string | null {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return null;
  const isOthers = process.getuid !== undefined && found.uid !== process.getuid();
  if (isOthers || (process.platform !== 'win32' && (found.mode & 0o007) !== 0)) return null;
  if ((found.mode & 0o077) !== 0) chmodSync(file, 0o600);
  const text = readFileSync(file, 'utf8').trim();
  return text.length >= 43 && new Set(text).size > 12 ? text : null;
}

function writePrivate(file: string, text: string): void {
  const temporary = `${file}.${randomUUID()}`;
  writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
}

function readPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

function writing<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (code === 'ENOSPC' || /disk is full|SQLITE_FULL/i.test(message ?? '')) {
      throw new UsageError('serve.disk-full', {
        message: `There is no space left in ${path}.`,
        next: 'Free some space, or choose another directory with --data. Nothing that was acknowledged is lost.',
        cause: error,
      });
    }
    if (
      code === 'EACCES' ||
      code === 'EPERM' ||
      code === 'EROFS' ||
      code === 'ENOTDIR' ||
      code === 'ENOENT' ||
      code === 'ELOOP' ||
      code === 'EEXIST' ||
      /unable to open database|readonly/i.test(message ?? '')
    ) {
      throw new UsageError('serve.data-not-writable', {
        message: `The directory ${path} cannot be written.`,
        next: 'Give yourself the right to write there, or choose another directory with --data.',
        cause: error,
      });
    }
    throw error;
  }
}
