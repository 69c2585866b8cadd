// One file that is read at its end while others write to it, by whatever name it has by now.

import type { FileHandle } from 'node:fs/promises';
import type { Line } from './lines.ts';
import { LineSplitter } from './lines.ts';
import { CHUNK } from './part-lines.ts';

/** `tail`: what stood before the offset when it was looked up. */
export type Position = { handle: FileHandle; inode: number; offset: number; tail?: Buffer };
/** `isLate`: lines that belong before others which were read already. */
export type LinesRead = { kind: 'lines'; path: string; inode: number; lines: Line[]; isLate?: boolean };

export class FileReader {
  readonly path: string;
  readonly handle: FileHandle;
  readonly inode: number;
  offset: number;
  /** The bytes before our place: how a copy, or a file that was cut and grew again, is told apart. */
  tail: Buffer = Buffer.alloc(0);
  #splitter: LineSplitter;
  #quietSince = performance.now();

  private constructor(path: string, { handle, inode, offset }: Position) {
    this.path = path;
    this.handle = handle;
    this.inode = inode;
    this.offset = offset;
    this.#splitter = new LineSplitter(offset);
  }

  /** Reading goes on in the middle of a file: what stands before that place is its tail. */
  static async at(path: string, position: Position): Promise<FileReader> {
    const reader = new FileReader(path, position);
    reader.tail = position.tail ?? (await tailBefore(position.handle, position.offset));
    return reader;
  }

  /** Reads to the end. 'cut' when the bytes before our place are not those that we read: the file was truncated, perhaps grew again. */
  async *readOn(): AsyncGenerator<LinesRead, 'end' | 'cut'> {
    for (;;) {
      const known = this.tail.length;
      const { bytesRead, buffer } = await this.handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, this.offset - known);
      if (!buffer.subarray(0, Math.min(bytesRead, known)).equals(this.tail)) return 'cut';
      if (bytesRead === known) return 'end';
      const bytes = buffer.subarray(known, bytesRead);
      this.#took(bytes);
      const lines = [...this.#splitter.push(bytes)];
      if (lines.length > 0) yield { kind: 'lines', path: this.path, inode: this.inode, lines };
    }
  }

  /** The half line that was read, if any: taken out, since it goes on elsewhere. */
  takeRest(): Line | null {
    return this.#splitter.rest();
  }

  /** The file was cut: it begins anew. */
  restart(): void {
    this.offset = 0;
    this.tail = Buffer.alloc(0);
    this.#splitter = new LineSplitter(0);
  }

  /** Nothing was written for so long that no writer has it open any more. */
  get isQuiet(): boolean {
    return performance.now() - this.#quietSince > DRAIN;
  }

  renamed(): this {
    this.#quietSince = performance.now();
    return this;
  }

  #took(bytes: Buffer): void {
    this.offset += bytes.length;
    this.tail = Buffer.from(bytes.length >= TAIL ? bytes.subarray(-TAIL) : Buffer.concat([this.tail, bytes]).subarray(-TAIL));
    this.#quietSince = performance.now();
  }
}

/** The last bytes before a place, by which a reader knows its file again. */
export async function tailBefore(handle: FileHandle, offset: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.min(TAIL, offset));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset - buffer.length);
  return buffer.subarray(0, bytesRead);
}

const TAIL = 256; // bytes; with times and ids in every line, two different files do not agree on so many
const DRAIN = 5000; // milliseconds
