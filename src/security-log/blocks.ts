// Reads whole logs fast: blocks of many lines, each block ending where a line ends, as one-byte text whose indices are byte offsets.

import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { CHUNK, type PartSource, unpacked } from './part-lines.ts';

/** Some of a part that is not packed: from the beginning of a line to the end of one. `fd` belongs to whoever opened it. */
export type Range = { fd: number; from: number; to: number };

export type Block = {
  /** The bytes as latin1: an index in it plus `offset` is a place in the (unpacked) part. */
  text: string;
  bytes: Buffer;
  offset: number;
  /** Above 0, the block is the beginning of one line that is too long to hold, and so many bytes of that are not in it. */
  left: number;
};

/** The part in blocks of about a megabyte. The bytes are only good until the next block is asked for. */
export async function* blocksOf(part: PartSource): AsyncGenerator<Block> {
  yield* blocks(part.packed ? packedReads(part) : plainReads(part), 0);
}

export async function* blocksOfRange(range: Range): AsyncGenerator<Block> {
  yield* blocks(rangeReads(range), range.from);
}

async function* blocks(reads: AsyncGenerator<Read>, from: number): AsyncGenerator<Block> {
  let offset = from;
  let kept = 0;
  let long: Block | null = null;
  let buffer = Buffer.allocUnsafe(BLOCK + CHUNK);
  for await (const read of reads) {
    for (;;) {
      if (kept + CHUNK > buffer.length) buffer = Buffer.concat([buffer.subarray(0, kept)], kept + BLOCK + CHUNK);
      const count = await read(buffer, kept);
      if (count === null) break;
      kept += count;
      if (long) {
        const newline = buffer.subarray(0, kept).indexOf(NEWLINE);
        const gone = newline < 0 ? kept : newline + 1;
        long.left += newline < 0 ? kept : newline;
        buffer.copyWithin(0, gone, kept);
        offset += gone;
        kept -= gone;
        if (newline < 0 && count > 0) continue;
        yield long;
        long = null;
      }
      const isFull = count === 0 || kept >= BLOCK;
      if (!isFull) continue;
      const end = count === 0 ? kept : buffer.lastIndexOf(NEWLINE, kept - 1) + 1;
      if (end > 0) {
        yield { text: buffer.toString('latin1', 0, end), bytes: buffer.subarray(0, end), offset, left: 0 };
        buffer.copyWithin(0, end, kept);
        offset += end;
        kept -= end;
      } else if (kept > LONGEST) {
        // One line of very many megabytes: no log means it. Its beginning is looked at, and the rest is counted.
        const bytes = Buffer.from(buffer.subarray(0, BLOCK));
        long = { text: bytes.toString('latin1'), bytes, offset, left: kept - BLOCK };
        offset += kept;
        kept = 0;
      }
      if (count === 0) return;
    }
  }
}

/** Fills the buffer from `at` on; 0 at the end of the file, null when it must be asked again with the next one. */
type Read = (buffer: Buffer, at: number) => Promise<number | null> | number | null;

async function* rangeReads({ fd, from, to }: Range): AsyncGenerator<Read> {
  let position = from;
  yield (buffer, at) => {
    const count = readSync(fd, buffer, at, Math.min(buffer.length - at, to - position), position);
    position += count;
    return count;
  };
}

async function* plainReads({ path, handle, isPipe }: PartSource): AsyncGenerator<Read> {
  const file = handle ?? (await open(path, 'r'));
  let position = 0;
  try {
    yield async (buffer, at) => {
      const { bytesRead } = await file.read(buffer, at, buffer.length - at, isPipe ? null : position);
      position += bytesRead;
      return bytesRead;
    };
  } finally {
    if (!handle) await file.close();
  }
}

async function* packedReads(part: PartSource): AsyncGenerator<Read> {
  for await (const chunk of unpacked(part, 0)) {
    let given = 0;
    yield (buffer, at) => {
      if (given === chunk.length) return null;
      const count = chunk.copy(buffer, at, given);
      given += count;
      return count;
    };
  }
  yield () => 0;
}

const NEWLINE = 0x0a;
const BLOCK = 1024 * 1024;
const LONGEST = 16 * 1024 * 1024;
