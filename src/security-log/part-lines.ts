// Reads one part of a log, from a place in it to its end, as lines.

import { type FileHandle, open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Line, LineSplitter } from './lines.ts';
import type { Part } from './parts.ts';

export type PartSource = Pick<Part, 'path' | 'packed' | 'handle'> & Partial<Pick<Part, 'isPipe'>>;

/** All lines of a part from byte `from` (of what is packed in it) on. A part that is damaged ends where the damage is, with its error. */
export async function* partLines(part: PartSource, from = 0): AsyncGenerator<Line[]> {
  const splitter = new LineSplitter(from);
  for await (const chunk of unpacked(part, from)) yield [...splitter.push(chunk)];
  const rest = splitter.rest();
  if (rest) yield [rest];
}

export async function* unpacked(part: PartSource, from: number): AsyncGenerator<Buffer> {
  if (!part.packed) {
    yield* chunksOf(part, from);
    return;
  }
  const packed = Readable.from(chunksOf(part, 0), { objectMode: false });
  const stream = part.packed === 'gz' ? createGunzip({ chunkSize: CHUNK }) : createZstdDecompress();
  // Errors of either come out of the loop below; here they have been seen.
  pipeline(packed, stream, () => {});
  let skip = from;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (skip < chunk.length) yield skip > 0 ? chunk.subarray(skip) : chunk;
    skip = Math.max(0, skip - chunk.length);
  }
}

/** Read at places of its own, so that an open part can be read more than once. */
async function* chunksOf({ path, handle, isPipe }: PartSource, from: number): AsyncGenerator<Buffer> {
  const file = handle ?? (await open(path, 'r'));
  try {
    for (let at = from; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, isPipe ? null : at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    if (!handle) await file.close();
  }
}

/**
 * Where the last `count` lines before `end` begin, and how many there are, reading backwards.
 * A half line at the end counts as none: it is still being written.
 */
export async function lastLinesOf(file: FileHandle, end: number, count: number): Promise<{ offset: number; lines: number }> {
  let lines = -1; // the break that ends the last line begins none
  let at = end;
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(end, 1)));
  while (at > 0) {
    const start = Math.max(0, at - buffer.length);
    const { bytesRead } = await file.read(buffer, 0, at - start, start);
    const bytes = buffer.subarray(0, bytesRead);
    for (let index = bytes.lastIndexOf(NEWLINE); index >= 0; index = index === 0 ? -1 : bytes.lastIndexOf(NEWLINE, index - 1)) {
      lines += 1;
      if (lines === count) return { offset: start + index + 1, lines };
    }
    at = start;
  }
  return { offset: 0, lines: Math.max(0, lines + 1) };
}

export const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;
