// Reading and writing the bytes of a log file, all of it synchronous: what was asked for has happened, or has not.

import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { digest } from './chain.ts';
import { lastLink } from './last-link.ts';

/** How much of the text reached the file, and why not more. The text is ASCII. */
export function writeAll(fd: number, text: string): { written: number; failure: unknown } {
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
    return { written, failure: null };
  } catch (failure) {
    return { written, failure };
  }
}

/** The bytes of the file between two places; fewer, where it ends before. */
export function readFrom(fd: number, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(end - start);
  let read = 0;
  while (read < bytes.length) {
    const count = readSync(fd, bytes, read, bytes.length - read, start + read);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}

/** Everything from the last link on, sealed: without the newline at its end, if it has one. */
export function seal(bytes: Buffer, seq: number): { seq: number; hash: string; torn: boolean } {
  const torn = bytes[bytes.length - 1] !== NEWLINE;
  return { seq, hash: digest(torn ? bytes : bytes.subarray(0, -1)), torn };
}

export function digestOfFirstLine(bytes: Buffer): string {
  const end = bytes.indexOf(NEWLINE);
  return digest(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Where the chain ended in another part, null where there is none. */
export function lastLinkOfPart(path: string): { seq: number; hash: string } | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const { size } = fstatSync(fd);
    const found = lastLink(fd, size);
    return found ? seal(readFrom(fd, found.start, size), found.seq) : null;
  } finally {
    closeSync(fd);
  }
}

/** The time of the first line, by which the file belongs to a day or an hour; now, where it has none. */
export function firstTime(fd: number, size: number): number {
  if (size === 0) return Date.now();
  try {
    const start = readFrom(fd, 0, Math.min(size, 64)).toString('latin1');
    const time = Date.parse(/^\{"timestamp":"([^"]+)"/.exec(start)?.[1] ?? '');
    return Number.isNaN(time) ? Date.now() : time;
  } catch {
    return Date.now();
  }
}

const NEWLINE = 0x0a;
