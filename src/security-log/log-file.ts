// One security log on disk: appends whole batches of lines as links of its chain, together with any number of other processes.
//
// Writes are synchronous, in the thread that is there for them (writer/log-thread.ts): there is never a write under way of which
// nobody knows, at exit, whether it happened.

import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolderSync } from '../settings/make-folder.ts';
import { digest, GENESIS, type Link, linkLine } from './chain.ts';
import { type ChainLock, chainPath, type Head, openChainLock } from './chain-lock.ts';
import { lastLink } from './last-link.ts';
import { digestOfFirstLine, firstTime, lastLinkOfPart, readFrom, seal, writeAll } from './log-file-bytes.ts';
import { rotate } from './rotate.ts';

export type LogFileOptions = {
  path: string;
  /** 0: never rotates by size. */
  maxBytes: number;
  /** When the first line of the file is from an earlier day or hour, it is rotated. */
  rotateEvery: 'day' | 'hour' | null;
  backupCount: number;
  chain: boolean;
};

/** A line without its closing brace; or how to make one that needs to know its place in the chain. */
export type Body = string | ((link: Link) => string);

/** Another process holds the lock. Try again soon. */
export const BUSY = 'busy';

export type Written = { lines: number; rotated: boolean };

export class LogFile {
  readonly #options: LogFileOptions;
  #lock: ChainLock | null = null;
  #file: { fd: number; inode: number; period: number; regular: boolean } | null = null;
  /** What the file looks like if nobody else wrote since: its size, and the hash that the next link takes. */
  #expected: { inode: number; size: number; seq: number; hash: string } | null = null;

  #noLockUntil = 0;
  #half: { size: number; since: number } | null = null;
  #goneSince: number | null = null;
  /** The second half of a line whose first half is in a pipe already. */
  #rest = '';

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  /**
   * Appends bodies (lines without their closing brace). Answers how many reached the file, all unless the disk is full;
   * throws what the file system throws when none could. Without a lock (`unlinked`) the next link seals them.
   */
  append(bodies: readonly Body[], { unlinked = false } = {}): Written | typeof BUSY {
    if (unlinked || !this.#options.chain) return { lines: this.#appendUnlinked(bodies), rotated: false };
    if (this.#isBeingRenamed()) return BUSY;
    const file = this.#open();
    if (!file.regular) return { lines: this.#appendUnlinked(bodies), rotated: false };
    const taken = this.#take();
    if (taken === null) return { lines: this.#appendUnlinked(bodies), rotated: false };
    if (taken === BUSY) return BUSY;
    let head: Head | undefined;
    try {
      const rotated = this.#rotateIfDue(bodies);
      const appended = this.#appendLinked(bodies, taken.head);
      if (appended === BUSY) return BUSY;
      head = appended.head;
      return { lines: appended.lines, rotated };
    } finally {
      taken.lock.give(head);
    }
  }

  /** Runs `change` while no other writer appends or rotates. */
  locked(change: () => void): typeof BUSY | undefined {
    const taken = this.#take();
    if (taken === BUSY || taken === null) return taken ?? undefined;
    try {
      change();
      return undefined;
    } finally {
      taken.lock.give();
    }
  }

  /** Null where there can be no lock (a directory that may not be written): lines matter more than their links. */
  #take(): { lock: ChainLock; head: Head | null } | typeof BUSY | null {
    if (performance.now() < this.#noLockUntil) return null;
    try {
      this.#lock ??= openChainLock(chainPath(this.#options.path));
      const taken = this.#lock.take();
      return taken === BUSY ? BUSY : { lock: this.#lock, head: taken.head };
    } catch {
      this.#lock?.close();
      this.#lock = null;
      this.#noLockUntil = performance.now() + 10_000;
      return null;
    }
  }

  sync(): void {
    if (this.#file?.regular) fdatasyncSync(this.#file.fd);
  }

  close(): void {
    if (this.#file) closeSync(this.#file.fd);
    this.#file = null;
    this.#lock?.close();
    this.#lock = null;
  }

  #appendLinked(bodies: readonly Body[], head: Head | null): { lines: number; head: Head } | typeof BUSY {
    const { fd, inode } = this.#open();
    const { size } = fstatSync(fd);
    const last = this.#lastSeal(fd, inode, size, head);
    if (last.torn && !this.#isLeftTorn(size)) return BUSY;
    let { seq, hash } = last;
    let text = last.torn ? '\n' : '';
    const ends: number[] = [];
    let lastStart = 0;
    const hashes: string[] = [];
    for (const body of bodies) {
      seq += 1;
      const link = { seq, prevHash: hash };
      const line = linkLine(typeof body === 'string' ? body : body(link), link);
      hash = digest(line);
      lastStart = text.length;
      text += `${line}\n`;
      ends.push(text.length);
      hashes.push(hash);
    }
    const { written, failure } = writeAll(fd, text);
    if (written < text.length) {
      const whole = ends.findLastIndex((end) => end <= written);
      this.#undoHalfLine(fd, size, written, whole < 0 ? 0 : (ends[whole] as number));
      this.#expected = null;
      if (whole < 0) throw failure;
      const start = whole === 0 ? (last.torn ? 1 : 0) : (ends[whole - 1] as number);
      const at = { seq: last.seq + whole + 1, hash: hashes[whole] as string };
      return { lines: whole + 1, head: { ...at, inode, start: size + start } };
    }
    // Renamed or removed between the look and the write. A compressor may have read the file to its end by now, and remove it next.
    if (statSync(this.#options.path, { throwIfNoEntry: false })?.ino !== inode && takenBack(fd, size, text.length)) return BUSY;
    const { size: end } = fstatSync(fd);
    // A writer without the lock (the Python SDK) came between the look and the write: where our lines stand must be looked up.
    const isAlone = end === size + text.length;
    this.#expected = isAlone ? { inode, size: end, seq, hash } : null;
    const start = isAlone ? size + lastStart : (lastLink(fd, end)?.start ?? size + lastStart);
    return { lines: bodies.length, head: { seq, hash, inode, start } };
  }

  /** Is the half line at the end what a dead writer left, rather than one that is being written at this moment? */
  #isLeftTorn(size: number): boolean {
    if (this.#half?.size !== size) this.#half = { size, since: performance.now() };
    return performance.now() - this.#half.since > HALF_LINE_PATIENCE;
  }

  /** What the next link follows, and whether the file ends in half a line. */
  #lastSeal(fd: number, inode: number, size: number, head: Head | null): { seq: number; hash: string; torn: boolean } {
    const expected = this.#expected;
    if (expected && head?.seq === expected.seq && expected.inode === inode && expected.size === size)
      return { ...expected, torn: false };
    if (size === 0) return { ...this.#continued(head), torn: false };
    const found = lastLink(fd, size);
    if (found && (!head || found.seq >= head.seq)) return seal(readFrom(fd, found.start, size), found.seq);
    // Very many lines of others came behind the last link; it is where the head says, if this is still that file.
    const isNear = head && head.inode === inode && head.start < size && size - head.start < FARTHEST;
    const known = isNear ? readFrom(fd, head.start, size) : null;
    if (head && known && digestOfFirstLine(known) === head.hash) return seal(known, head.seq);
    // Only lines of others here, or a file whose end was cut: the chain goes on from what was sealed last.
    return { ...this.#continued(head), torn: readFrom(fd, size - 1, size)[0] !== NEWLINE };
  }

  /** Where a chain goes on at the start of a file. */
  #continued(head: Head | null): { seq: number; hash: string } {
    if (head) return { seq: head.seq, hash: head.hash };
    const before = lastLinkOfPart(`${this.#options.path}.1`);
    return before ?? { seq: 0, hash: GENESIS };
  }

  #appendUnlinked(bodies: readonly Body[]): number {
    const { fd, regular } = this.#open();
    if (!regular) this.#writeRest(fd);
    const size = regular ? fstatSync(fd).size : 0;
    // A line that wants a place in the chain has nothing to say without one.
    const lines = bodies.map((body) => (typeof body === 'string' ? `${body}}\n` : ''));
    const text = lines.join('');
    const { written, failure } = writeAll(fd, text);
    let whole = 0;
    let length = 0;
    for (const line of lines) {
      if (length + line.length > written) break;
      length += line.length;
      whole += 1;
    }
    if (written > length && regular) this.#undoHalfLine(fd, size, written, length);
    else if (written > length) {
      // What is in a pipe cannot be taken back: the line counts as written, and its rest goes before everything else.
      length += (lines[whole] as string).length;
      whole += 1;
      this.#rest = text.slice(written, length);
    }
    if (whole === 0 && failure) throw failure;
    return whole;
  }

  #writeRest(fd: number): void {
    if (this.#rest === '') return;
    const { written, failure } = writeAll(fd, this.#rest);
    this.#rest = this.#rest.slice(written);
    if (failure) throw failure;
  }

  /**
   * Between renaming a file and making the next one, logrotate must not find one that we made: it would put that aside under a
   * name of its own, with our lines in it. So a file that is gone gets a moment to come back.
   */
  #isBeingRenamed(): boolean {
    if (this.#file === null || statSync(this.#options.path, { throwIfNoEntry: false })) {
      this.#goneSince = null;
      return false;
    }
    this.#goneSince ??= performance.now();
    return performance.now() - this.#goneSince < RENAME_PATIENCE;
  }

  /** The file of this name as it is now: a rotated or deleted one is let go. */
  #open(): { fd: number; inode: number; period: number; regular: boolean } {
    const { path } = this.#options;
    const now = statSync(path, { throwIfNoEntry: false });
    if (this.#file && now?.ino === this.#file.inode) return this.#file;
    if (this.#file) closeSync(this.#file.fd);
    this.#file = null;
    this.#rest = '';
    if (!now) makeFolderSync(dirname(path));
    // Read as well as append, to find the end of the chain; a pipe without a reader must not hold up the host.
    const mode = now && !now.isFile() ? constants.O_WRONLY : constants.O_RDWR;
    const fd = openSync(path, mode | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
    const stat = fstatSync(fd);
    this.#file = { fd, inode: stat.ino, period: this.#period(firstTime(fd, stat.size)), regular: stat.isFile() };
    return this.#file;
  }

  #rotateIfDue(bodies: readonly Body[]): boolean {
    const file = this.#open();
    const { size } = fstatSync(file.fd);
    if (size === 0) return false;
    const { maxBytes, backupCount, path } = this.#options;
    const coming = bodies.reduce((sum, body) => sum + sizeOf(body) + LINK_BYTES, 0);
    const isFull = maxBytes > 0 && size + coming > maxBytes;
    const isOver = file.period !== this.#period(Date.now());
    if (!isFull && !isOver) return false;
    rotate(path, backupCount);
    return true;
  }

  #period(time: number): number {
    const { rotateEvery } = this.#options;
    return rotateEvery === null ? 0 : Math.floor(time / (rotateEvery === 'day' ? DAY : HOUR));
  }

  /** A full disk leaves half a line; it is taken back unless another writer already stands behind it. */
  #undoHalfLine(fd: number, size: number, written: number, whole: number): void {
    if (written > whole && fstatSync(fd).size === size + written) ftruncateSync(fd, size + whole);
  }
}

/** Takes the last write out of a file again, unless others have written behind it. True too where the file has no name any more. */
function takenBack(fd: number, size: number, length: number): boolean {
  const now = fstatSync(fd);
  if (now.size !== size + length) return now.nlink === 0;
  ftruncateSync(fd, size);
  return true;
}

export const sizeOf = (body: Body): number => (typeof body === 'string' ? body.length : 600);

const NEWLINE = 0x0a;
const LINK_BYTES = 100;
const FARTHEST = 64 * 1024 * 1024;
const HALF_LINE_PATIENCE = 20; // milliseconds; Python's buffered writer sends a long line in several writes
const RENAME_PATIENCE = 100; // milliseconds
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
