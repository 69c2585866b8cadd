// The hash chain of a security log: what a link is, and what it seals.
//
// A link is a line that ends in `,"seq":N,"prev_hash":"…"}`. Its prev_hash is the SHA-256 of the bytes from the start of the
// previous link to the end of the last line that its writer saw, without the final newline. Where only links are written, that
// is simply the previous line. Lines of writers that know no chain (the Python SDK) are sealed by the next link.
//
// One chain for all processes, because only that shows that a whole writer, or the end of one, was cut out. It costs each
// batch one lock (chain-lock.ts), not each line. The two members stand last, at a fixed distance from the line's end, so that a
// verifier needs no JSON parser: a quote inside a string is escaped, so the bytes `","prev_hash":"` cannot come from a value.

import { hash } from 'node:crypto';

export type Link = { seq: number; prevHash: string };

/** What the first link of all follows. */
export const GENESIS = '0'.repeat(64);

/** Completes `body` (a JSON object without its closing brace) to a link. */
export const linkLine = (body: string, { seq, prevHash }: Link): string => `${body},"seq":${seq},"prev_hash":"${prevHash}"}`;

export const digest = (bytes: string | NodeJS.ArrayBufferView): string => hash('sha256', bytes, 'hex');

/** The link at the end of a line (without its newline), or null. */
export function linkOf(line: Buffer): Link | null {
  const at = line.length - TAIL;
  if (
    at < 8 ||
    line[line.length - 1] !== BRACE ||
    line.compare(PREV_HASH, 0, PREV_HASH.length, at, at + PREV_HASH.length) !== 0
  ) {
    return null;
  }
  const prevHash = line.toString('latin1', at + PREV_HASH.length, line.length - 2);
  if (line[line.length - 2] !== QUOTE || !HEX.test(prevHash)) return null;
  const seq = seqBefore(line, at);
  return seq === null ? null : { seq, prevHash };
}

/** Reads `,"seq":N` backwards from `end`: digits first, then the key. */
function seqBefore(line: Buffer, end: number): number | null {
  let seq = 0;
  let scale = 1;
  let at = end - 1;
  for (; at >= 0; at -= 1) {
    const digit = (line[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    seq += digit * scale;
    scale *= 10;
  }
  if (at === end - 1 || end - at > 16) return null;
  const key = at - SEQ.length + 1;
  return key >= 0 && line.compare(SEQ, 0, SEQ.length, key, at + 1) === 0 ? seq : null;
}

const SEQ = Buffer.from(',"seq":');
const PREV_HASH = Buffer.from(',"prev_hash":"');
const TAIL = PREV_HASH.length + 64 + 2;
const HEX = /^[0-9a-f]{64}$/;
const [BRACE, QUOTE, ZERO] = [0x7d, 0x22, 0x30];
