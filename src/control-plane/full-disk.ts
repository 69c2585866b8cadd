// Is the disk full, was it? SQLite says so in more than one way.

import { statfsSync } from 'node:fs';

const SAY_EVERY = 60_000;

/** Says the first refusal at once, and of those that follow how many there were, once in a while: on a full disk every change is one. */
export function sayFull(every = SAY_EVERY): (say: (more: number) => void) => void {
  let more: number | null = null;
  return function refused(say) {
    if (more !== null) {
      more += 1;
      return;
    }
    more = 0;
    say(0);
    const timer = setInterval(() => {
      if (more) say(more);
      else clearInterval(timer);
      more = more ? 0 : null;
    }, every);
    timer.unref();
  };
}

/** True for SQLITE_FULL, for the system's ENOSPC, and for the I/O errors with which a write-ahead log fails to grow. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { errcode, code } = error as { errcode?: number; code?: string };
  if (errcode === SQLITE_FULL || code === 'ENOSPC' || GROWTH_FAILED.has(errcode ?? 0)) return true;
  return /disk is full|ENOSPC|No space left/i.test(error.message) || isFull(error.cause);
}

const SQLITE_FULL = 13;
// SQLITE_IOERR_WRITE, _FSYNC, _TRUNCATE, _SHMOPEN, _SHMSIZE, _SHMMAP.
const GROWTH_FAILED = new Set([778, 1034, 1546, 4618, 4874, 5386]);

// A write-ahead log grows by this much before anybody could do something about it.
const LEAST = 256 * 1024;

/** False where the place is not a directory of this machine. */
export function hasNoSpace(place: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize < LEAST;
  } catch {
    return false;
  }
}
