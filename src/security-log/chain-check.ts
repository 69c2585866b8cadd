// Follows the chain through the lines of a log as they are read, and says where it does not hold.

import { digest, GENESIS, type Link, linkOf } from './chain.ts';

export type ChainFinding =
  /** Links that should stand here are missing. */
  | { kind: 'gap'; count: number; after: number }
  /** The line numbered `seq`, or one right behind it, is not what it was when the next link was written. */
  | { kind: 'tampered'; seq: number }
  /** Links that go backwards: lines were put in, or two files are mixed. */
  | { kind: 'disordered'; seq: number; after: number }
  /** A chain that starts anew although one was there. */
  | { kind: 'restarted'; after: number }
  /** Lines of writers without a chain that the next link did not seal: written at the same moment, or put in later. */
  | { kind: 'unsealed'; count: number; seq: number };

export class ChainCheck {
  #last: { seq: number; line: Buffer; digest: string } | null = null;
  #others: Buffer[] = [];
  #othersBytes = 0;
  #isUnknown = false;

  /** Takes the next line, without its line break. `isWhole` is false where only its beginning was kept. */
  next(line: Buffer, isWhole = true): ChainFinding | null {
    const link = isWhole ? linkOf(line) : null;
    if (link) return this.#link(line, link);
    if (!this.#last) return null;
    this.#othersBytes += line.length;
    if (!isWhole || this.#othersBytes > MOST_OTHERS) this.#isUnknown = true;
    else this.#others.push(line);
    return null;
  }

  /** The chain was interrupted in a way that is known and said already: the next link is taken as it comes. */
  forget(): void {
    this.#last = null;
    this.#clear();
  }

  #link(line: Buffer, link: Link): ChainFinding | null {
    const last = this.#last;
    const finding = last && !this.#isUnknown ? this.#judge(last, link) : null;
    this.#last = { seq: link.seq, line, digest: digest(line) };
    this.#clear();
    return finding;
  }

  #judge(last: { seq: number; line: Buffer; digest: string }, link: Link): ChainFinding | null {
    if (link.seq === last.seq + 1) {
      const sealed = this.#sealedBy(link, last);
      if (sealed === null) return { kind: 'tampered', seq: last.seq };
      const unsealed = this.#others.length - sealed;
      return unsealed > 0 ? { kind: 'unsealed', count: unsealed, seq: link.seq } : null;
    }
    if (link.seq > last.seq) return { kind: 'gap', count: link.seq - last.seq - 1, after: last.seq };
    if (link.seq === 1 && link.prevHash === GENESIS) return { kind: 'restarted', after: last.seq };
    return { kind: 'disordered', seq: link.seq, after: last.seq };
  }

  /** How many of the lines in between the link seals, or null when it seals something else altogether. */
  #sealedBy(link: Link, last: { line: Buffer; digest: string }): number | null {
    if (this.#others.length === 0) return link.prevHash === last.digest ? 0 : null;
    for (let count = this.#others.length; count >= 0; count -= 1) {
      if (link.prevHash === digest(joined([last.line, ...this.#others.slice(0, count)]))) return count;
      if (this.#others.length - count > MOST_LATE) break;
    }
    return link.prevHash === last.digest ? 0 : null;
  }

  #clear(): void {
    this.#others = [];
    this.#othersBytes = 0;
    this.#isUnknown = false;
  }
}

const joined = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [BREAK, line])));
const BREAK = Buffer.from('\n');
const MOST_OTHERS = 16 * 1024 * 1024;
const MOST_LATE = 64; // lines of others in the moment between a writer's look and its write
