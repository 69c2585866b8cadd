// Cuts a stream of bytes into lines in bounded memory: a line longer than the limit keeps its beginning and counts the rest.

export type Line = {
  /** Without the line break; a carriage return before it is kept, since the chain counts it. */
  bytes: Buffer;
  offset: number;
  /** Counted from 1 where the reading began at the start of the file, else 0. */
  number: number;
  /** How many bytes of the line are not in `bytes`. */
  left: number;
};

export class LineSplitter {
  #offset: number;
  #number: number;
  #pieces: Buffer[] = [];
  #kept = 0;
  #left = 0;

  constructor(offset: number) {
    this.#offset = offset;
    this.#number = offset === 0 ? 1 : 0;
  }

  /** Whole lines, in order. `bytes` may be kept by the caller. */
  *push(bytes: Buffer): Generator<Line> {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield this.#finish(bytes.subarray(start, end), 1);
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  /** What stands behind the last line break, if anything. */
  rest(): Line | null {
    return this.#kept + this.#left === 0 ? null : this.#finish(EMPTY, 0);
  }

  get hasRest(): boolean {
    return this.#kept + this.#left > 0;
  }

  #finish(last: Buffer, breakLength: number): Line {
    let bytes = last;
    if (this.#kept > 0 || last.length > LONGEST) {
      this.#keep(last);
      bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    }
    const line = { bytes, offset: this.#offset, number: this.#number, left: this.#left };
    this.#offset += bytes.length + this.#left + breakLength;
    if (this.#number > 0) this.#number += 1;
    this.#pieces = [];
    this.#kept = 0;
    this.#left = 0;
    return line;
  }

  #keep(piece: Buffer): void {
    const room = LONGEST - this.#kept;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    if (kept.length > 0) this.#pieces.push(kept);
    this.#kept += kept.length;
    this.#left += piece.length - kept.length;
  }
}

const EMPTY = Buffer.alloc(0);
const NEWLINE = 0x0a;
const LONGEST = 1024 * 1024;
