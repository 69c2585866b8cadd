// Which files of a log were read: by what they are, and by how they begin, since a compressor makes another file of the same lines.

import { partLines } from './part-lines.ts';
import { keyOf, type Part } from './parts.ts';

export class KnownParts {
  readonly #keys = new Set<string>();
  /** Packed ones that could not be read to their end: how large they were, and how many lines they gave. */
  readonly #unfinished = new Map<string, Unfinished>();
  #heads: Buffer[] = [];

  has(part: Part): boolean {
    return this.#keys.has(keyOf(part));
  }

  add(part: Part): void {
    this.#keys.add(keyOf(part));
  }

  /** It was still being written, or it is damaged: that shows when it changes. `size` is what it had before it was read. */
  unfinished(part: Part, lines: number): void {
    this.#unfinished.set(keyOf(part), { size: part.size, lines });
  }

  /** Of a part that could not be read to its end and has grown since, how many lines it gave; otherwise null. */
  grownSince(part: Part): number | null {
    const known = this.#unfinished.get(keyOf(part));
    if (known === undefined || known.size === part.size) return null;
    this.#unfinished.delete(keyOf(part));
    return known.lines;
  }

  get hasUnfinished(): boolean {
    return this.#unfinished.size > 0;
  }

  /** Read by now, or soon: what is compressed of it later is no news. */
  async addHead(part: Pick<Part, 'path' | 'packed' | 'handle'>): Promise<void> {
    const head = await bytesOf(part, 0, HEAD);
    if (!head || head.length === 0) return;
    this.#heads.push(head);
    if (this.#heads.length > MOST_HEADS) this.#heads = this.#heads.slice(-MOST_HEADS / 2);
  }

  /** Begins as a file that was read. Null where there is nothing to read in it (yet). */
  async isCopy(part: Part): Promise<boolean | null> {
    const head = await bytesOf(part, 0, HEAD);
    if (!head || head.length === 0) return null;
    return this.#heads.some((other) => {
      const length = Math.min(head.length, other.length);
      return head.subarray(0, length).equals(other.subarray(0, length));
    });
  }
}

type Unfinished = { size: number; lines: number };

/** Some bytes of a part, as lines give them again; null where it cannot be read. */
export async function bytesOf(
  part: Pick<Part, 'path' | 'packed' | 'handle'>,
  from: number,
  length: number,
): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let have = 0;
  try {
    for await (const lines of partLines(part, from)) {
      for (const { bytes } of lines) {
        pieces.push(bytes, BREAK);
        have += bytes.length + 1;
        if (have >= length) break;
      }
      if (have >= length) break;
    }
  } catch {
    return null;
  }
  return Buffer.concat(pieces).subarray(0, length);
}

const BREAK = Buffer.from('\n');
const HEAD = 256; // bytes; with times and ids in every line, two different files do not agree on so many
const MOST_HEADS = 1000;
