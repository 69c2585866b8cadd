// Follows the chain through the lines of a log as they are read, and says where it does not hold.

import { digest, GENESIS, type Link, linkOf } from './chain.ts';

export type ChainFinding =
  /** Links that should stand here are missing. */
  | { kind: 'gap'; count: number; after: number }
  /** The line numbered `seq`, or one right behind it, is not what it was when the next link was written. */
  | { kind: 'tampered'; seq: number }
  /** Links that go backwards: lines were put in, or two files are mixed. */
  | { kind: 'disordered'; seq: number; after: number }
  /** A link that stands twice: its writer moved it on from a file that was renamed at that moment, and a compressor had read it already. */
  | { kind: 'repeated'; seq: number; count: number }
  /** A chain that starts anew although one was there. */
  | { kind: 'restarted'; after: number }
  /** Lines of writers without a chain that the next link did not seal: written at the same moment, or put in later. */
  | { kind: 'unsealed'; count: number; seq: number }
  /** So much of others stands before this link that it was not kept: whether the link seals it is not known. */
  | { kind: 'unchecked'; seq: number };

/** Where a check stands, for another to go on from there. */
export type ChainState = {
  first: number | null;
  seq: number | null;
  links: number;
  digest: string;
  line: Uint8Array | null;
  others: Uint8Array[];
  othersBytes: number;
  isUnknown: boolean;
  recent: string[];
};

export class ChainCheck {
  /** The first and the last link that were seen, and how many. */
  first: number | null = null;
  seq: number | null = null;
  links = 0;
  #digest = '';
  #line: Buffer | null = null;
  #others: Buffer[] = [];
  #othersBytes = 0;
  #isUnknown = false;
  readonly #recent: string[] = [];
  #mayRepeat = false;
  readonly #isFromStart: boolean;
  #before = 0;
  #isDamagedBefore = false;

  /** `fromStart`: the first line that it is given is the first of all that is kept. */
  constructor({ fromStart = false } = {}) {
    this.#isFromStart = fromStart;
  }

  /** Takes the next line, without its line break. `isWhole` is false where only its beginning was kept. */
  next(line: Buffer, isWhole = true): ChainFinding | null {
    if (this.#follows(line)) {
      this.#take(line, (this.seq as number) + 1);
      return null;
    }
    const link = isWhole ? linkOf(line) : null;
    if (link) {
      if (this.#isRepeated(line, link)) return { kind: 'repeated', seq: link.seq, count: 1 };
      const finding = this.seq === null ? this.#judgeFirst(link) : this.#judge(this.seq, link);
      this.#take(line, link.seq);
      return finding;
    }
    if (this.seq === null) {
      this.#before += 1;
      this.#isDamagedBefore ||= DAMAGED.test(line.toString('latin1', Math.max(0, line.length - 120)));
      return null;
    }
    this.#othersBytes += line.length;
    if (!isWhole || this.#othersBytes > MOST_OTHERS) this.#isUnknown = true;
    else this.#others.push(line);
    return null;
  }

  /** The next line is the first of another file: it may repeat the last ones of the file before. */
  begin(): void {
    this.#mayRepeat = true;
  }

  get state(): ChainState {
    return {
      ...{ first: this.first, seq: this.seq, links: this.links, digest: this.#digest, line: this.#line, others: this.#others },
      ...{ othersBytes: this.#othersBytes, isUnknown: this.#isUnknown, recent: this.#recent },
    };
  }

  /** What followed was checked elsewhere, and ended so; `links` of it are new. */
  goOnFrom(state: ChainState, links: number): void {
    this.links += links;
    this.seq = state.seq;
    this.#digest = state.digest;
    this.#line = state.line && bufferOf(state.line);
    this.#others = state.others.map(bufferOf);
    this.#othersBytes = state.othersBytes;
    this.#isUnknown = state.isUnknown;
    state.recent.forEach((digest, at) => {
      this.#recent[at] = digest;
    });
  }

  /** How many lines stand behind the last link, sealed by none yet. */
  get unsealed(): number {
    return this.#others.length;
  }

  /** The SHA-256 of the last link: what the next one would name. */
  get head(): string {
    return this.#digest;
  }

  /** The chain was interrupted in a way that is known and said already: the next link is taken as it comes. */
  forget(): void {
    this.seq = null;
    this.#line = null;
    this.#clear();
  }

  /** Nearly every line is the link that must come now. Comparing its end with what that must be costs less than reading it. */
  #follows(line: Buffer): boolean {
    if (this.seq === null || this.#othersBytes > 0 || this.#isUnknown || this.#others.length > 0) return false;
    const end = `,"seq":${this.seq + 1},"prev_hash":"${this.#digest}"}`;
    return line.length > end.length && line.toString('latin1', line.length - end.length) === end;
  }

  #isRepeated(line: Buffer, { seq }: Link): boolean {
    if (!this.#mayRepeat || this.seq === null || seq > this.seq || seq <= this.seq - RECENT) return false;
    return this.#recent[seq % RECENT] === digest(line);
  }

  #take(line: Buffer, seq: number): void {
    this.first ??= seq;
    this.links += 1;
    this.seq = seq;
    this.#line = line;
    this.#digest = digest(line);
    this.#recent[seq % RECENT] = this.#digest;
    this.#mayRepeat = false;
    if (this.#othersBytes > 0 || this.#others.length > 0 || this.#isUnknown) this.#clear();
  }

  /** What stands before the first link: lines of a time without a chain, or links that are none any more. */
  #judgeFirst({ seq, prevHash }: Link): ChainFinding | null {
    if (!this.#isFromStart || this.links > 0) return null;
    if (seq === 1) return prevHash === GENESIS ? null : { kind: 'tampered', seq };
    if (this.#isDamagedBefore) return { kind: 'tampered', seq: seq - 1 };
    return this.#before > 0 ? { kind: 'unsealed', count: this.#before, seq } : null;
  }

  #judge(seq: number, link: Link): ChainFinding | null {
    if (link.seq === seq + 1) {
      if (this.#isUnknown) return { kind: 'unchecked', seq: link.seq };
      const sealed = this.#sealedBy(link);
      if (sealed === null) return { kind: 'tampered', seq };
      const unsealed = this.#others.length - sealed;
      return unsealed > 0 ? { kind: 'unsealed', count: unsealed, seq: link.seq } : null;
    }
    if (link.seq > seq) return { kind: 'gap', count: link.seq - seq - 1, after: seq };
    if (link.seq === 1 && link.prevHash === GENESIS) return { kind: 'restarted', after: seq };
    return { kind: 'disordered', seq: link.seq, after: seq };
  }

  /** How many of the lines in between the link seals, or null when it seals something else altogether. */
  #sealedBy(link: Link): number | null {
    const line = this.#line as Buffer;
    for (let count = this.#others.length; count > 0; count -= 1) {
      if (link.prevHash === digest(joined([line, ...this.#others.slice(0, count)]))) return count;
      if (this.#others.length - count > MOST_LATE) break;
    }
    return link.prevHash === this.#digest ? 0 : null;
  }

  #clear(): void {
    this.#others = [];
    this.#othersBytes = 0;
    this.#isUnknown = false;
  }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

const joined = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [BREAK, line])));
/** What a link looks like after one of its last two members was damaged. */
const DAMAGED = /"seq":|"prev_hash":"/;
const BREAK = Buffer.from('\n');
const RECENT = 4096; // links; more than any batch has
const MOST_OTHERS = 16 * 1024 * 1024;
const MOST_LATE = 64; // lines of others in the moment between a writer's look and its write
