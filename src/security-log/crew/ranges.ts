// Cuts a part of a log into ranges that can be read independently: each begins where a line begins.

import type { FileHandle } from 'node:fs/promises';
import type { Range } from '../blocks.ts';

/** Finds the line at which a range may begin, in bytes that begin with a line; its end is where the range before may end. */
export type Beginning = (bytes: Buffer) => { start: number; end: number } | null;

/** The ranges of a file of this size, in order; the last goes to wherever the file ends by then. Null when one would be all. */
export async function rangesOf(
  handle: FileHandle,
  size: number,
  { beginning = anyLine, least = LEAST, length = LENGTH }: { beginning?: Beginning; least?: number; length?: number } = {},
): Promise<Range[] | null> {
  if (size < least) return null;
  const borders = [{ start: 0, end: 0 }];
  const buffer = Buffer.allocUnsafe(WINDOW);
  for (let at = length; at < size; at += length) {
    const { bytesRead } = await handle.read(buffer, 0, WINDOW, at);
    const newline = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
    const line = newline < 0 ? null : beginning(buffer.subarray(newline + 1, bytesRead));
    // Where a line is longer than the window, the range before goes on through it.
    const base = at + newline + 1;
    const last = borders.at(-1)?.start ?? 0;
    if (line && base + line.start > last) borders.push({ start: base + line.start, end: base + line.end });
  }
  if (borders.length < 2) return null;
  return borders.map(({ start }, index) => ({
    fd: handle.fd,
    from: start,
    to: borders[index + 1]?.end ?? Number.POSITIVE_INFINITY,
  }));
}

/** Ranges that have no line in common. */
const anyLine: Beginning = (bytes) => (bytes.length > 0 ? { start: 0, end: 0 } : null);

const NEWLINE = 0x0a;
const WINDOW = 256 * 1024;
const LENGTH = 16 * 1024 * 1024;
const LEAST = 64 * 1024 * 1024; // below that, starting threads costs more than they save
