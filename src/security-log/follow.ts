// Follows one log as it grows: over renames, truncation, copies that are truncated, deletion and replacement. Loses nothing that can still be read.

import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Line, LineSplitter } from './lines.ts';
import { CHUNK, partLines } from './part-lines.ts';
import { type Part, partsOf } from './parts.ts';

export type Followed =
  | { kind: 'lines'; path: string; inode: number; lines: Line[] }
  | { kind: 'rotated'; path: string }
  | { kind: 'truncated'; path: string; recovered: boolean; from: number }
  | { kind: 'missing'; path: string };

export type Position = { handle: FileHandle; inode: number; offset: number };

/** Goes on from `start`, or from the beginning of a file that does not exist yet. Ends with the signal; closes what it opened. */
export async function* follow(
  file: string,
  start: Position | null,
  known: readonly Part[],
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  const wake = new Wake(dirname(file), signal);
  const seen = new Set(known.map((part) => part.inode));
  let current = start ? await reader(file, start) : null;
  let drained: Reader[] = [];
  let isMissing = false;
  if (current) seen.add(current.inode);
  try {
    while (!signal.aborted) {
      if (current && (yield* readOn(current)) === 'cut') {
        yield* recover(file, current);
        current.restart();
        continue;
      }
      for (const late of drained) yield* readOn(late);
      drained = await stillDraining(drained);

      const now = await stat(file).catch(() => null);
      const isSame = current !== null && now?.ino === current.inode;
      if (!isSame && now?.isFile()) {
        if (current) {
          // Renamed. Writers may not know it yet, so the old file is read for a while beside the new one.
          yield* readOn(current);
          drained.push(current.renamed());
          yield { kind: 'rotated', path: file };
          for (const part of await between(file, current, now.ino, seen)) yield* wholePart(part);
        }
        current = await openReader(file);
        if (current) seen.add(current.inode);
        isMissing = false;
        continue;
      }
      if (!isSame && !isMissing) {
        isMissing = true;
        yield { kind: 'missing', path: file };
      }
      await wake.next();
    }
  } finally {
    wake.close();
    await Promise.all([current, ...drained].map((one) => one?.handle.close().catch(() => {})));
  }
}

/** A file being read at its end. `tail` is what was read last: how a copy, or a file that grew again after being cut, is told apart. */
class Reader {
  readonly path: string;
  readonly handle: FileHandle;
  readonly inode: number;
  offset: number;
  splitter: LineSplitter;
  tail: Buffer = Buffer.alloc(0);
  quietSince = performance.now();

  constructor(path: string, { handle, inode, offset }: Position) {
    this.path = path;
    this.handle = handle;
    this.inode = inode;
    this.offset = offset;
    this.splitter = new LineSplitter(offset);
  }

  took(bytes: Buffer): void {
    this.offset += bytes.length;
    this.tail = Buffer.from(bytes.length >= TAIL ? bytes.subarray(-TAIL) : Buffer.concat([this.tail, bytes]).subarray(-TAIL));
    this.quietSince = performance.now();
  }

  restart(): void {
    this.offset = 0;
    this.tail = Buffer.alloc(0);
    this.splitter = new LineSplitter(0);
  }

  renamed(): this {
    this.quietSince = performance.now();
    return this;
  }
}

/** Reading goes on in the middle of a file: what stands before that place is its tail. */
async function reader(path: string, position: Position): Promise<Reader> {
  const one = new Reader(path, position);
  const buffer = Buffer.alloc(Math.min(TAIL, position.offset));
  const { bytesRead } = await position.handle.read(buffer, 0, buffer.length, position.offset - buffer.length);
  one.tail = buffer.subarray(0, bytesRead);
  return one;
}

async function openReader(path: string): Promise<Reader | null> {
  try {
    const handle = await open(path, 'r');
    const { ino } = await handle.stat();
    return new Reader(path, { handle, inode: ino, offset: 0 });
  } catch {
    return null;
  }
}

/** Reads to the end. 'cut' when the bytes before our place are not those that we read: the file was truncated, perhaps grew again. */
async function* readOn(one: Reader): AsyncGenerator<Followed, 'end' | 'cut'> {
  for (;;) {
    const buffer = Buffer.allocUnsafe(CHUNK);
    const known = one.tail.length;
    const { bytesRead } = await one.handle.read(buffer, 0, CHUNK, one.offset - known);
    if (!buffer.subarray(0, Math.min(bytesRead, known)).equals(one.tail)) return 'cut';
    if (bytesRead === known) return 'end';
    const bytes = buffer.subarray(known, bytesRead);
    one.took(bytes);
    const lines = [...one.splitter.push(bytes)];
    if (lines.length > 0) yield { kind: 'lines', path: one.path, inode: one.inode, lines };
  }
}

async function stillDraining(readers: Reader[]): Promise<Reader[]> {
  const still: Reader[] = [];
  for (const one of readers) {
    if (performance.now() - one.quietSince < DRAIN) still.push(one);
    else await one.handle.close();
  }
  return still;
}

/** logrotate's copytruncate: what we had not read yet stands in the copy, behind the same bytes at the same offset. */
async function* recover(file: string, one: Reader): AsyncGenerator<Followed> {
  for (const part of (await partsOf(file)).reverse()) {
    if (part.isCurrent || !(await isCopyOf(part, one))) continue;
    let isFirst = true;
    for await (const lines of partLines(part, one.offset)) {
      // The half line that we hold and the first line of the copy are one line.
      if (isFirst && lines.length > 0) {
        const rest = one.splitter.rest();
        if (rest)
          lines[0] = {
            ...(lines[0] as Line),
            bytes: Buffer.concat([rest.bytes, (lines[0] as Line).bytes]),
            offset: rest.offset,
          };
        isFirst = false;
      }
      if (lines.length > 0) yield { kind: 'lines', path: part.path, inode: part.inode, lines };
    }
    yield { kind: 'truncated', path: file, recovered: true, from: one.offset };
    return;
  }
  yield { kind: 'truncated', path: file, recovered: false, from: one.offset };
}

async function isCopyOf(part: Part, one: Reader): Promise<boolean> {
  if (part.inode === one.inode || one.tail.length === 0) return false;
  const from = one.offset - one.tail.length;
  if (!part.packed && part.size < one.offset) return false;
  let there = Buffer.alloc(0);
  try {
    for await (const lines of partLines(part, from)) {
      for (const line of lines) there = Buffer.concat([there, line.bytes, Buffer.from('\n')]);
      if (there.length >= one.tail.length) break;
    }
  } catch {
    return false;
  }
  return there.subarray(0, one.tail.length).equals(one.tail);
}

/** Parts that came and were rotated away between two looks: newer than the one we read, never seen, and not the current one. */
async function between(file: string, old: Reader, currentInode: number, seen: Set<number>): Promise<Part[]> {
  const unseen: Part[] = [];
  for (const part of (await partsOf(file)).reverse()) {
    if (part.isCurrent || part.inode === currentInode) continue;
    if (part.inode === old.inode || seen.has(part.inode) || part.packed) break;
    unseen.unshift(part);
    seen.add(part.inode);
  }
  return unseen;
}

async function* wholePart(part: Part): AsyncGenerator<Followed> {
  for await (const lines of partLines(part))
    if (lines.length > 0) yield { kind: 'lines', path: part.path, inode: part.inode, lines };
}

/** Waits for a change in the directory, or a little while: watching is a hint that some file systems never give. */
class Wake {
  readonly #signal: AbortSignal;
  #watcher: FSWatcher | null = null;
  #isDue = false;
  #wake: (() => void) | null = null;

  constructor(directory: string, signal: AbortSignal) {
    this.#signal = signal;
    try {
      this.#watcher = watch(directory, { persistent: false }, () => this.#now());
      this.#watcher.on('error', () => {});
    } catch {
      // No directory yet, or no watches left. The pause alone will do.
    }
    signal.addEventListener('abort', this.#now);
  }

  readonly #now = (): void => {
    this.#isDue = true;
    this.#wake?.();
  };

  async next(): Promise<void> {
    if (!this.#isDue && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PAUSE);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = null;
    this.#isDue = false;
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#now);
    this.#watcher?.close();
  }
}

const TAIL = 256; // bytes; with times and ids in every line, two different files do not agree on so many
const PAUSE = 250; // milliseconds
const DRAIN = 5000; // milliseconds without a byte, after which a renamed file has no writers left
