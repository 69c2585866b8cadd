// Checks the chain within one piece of a log: a block, or a range that another thread has.

import { verifySignature } from '../crypto/ed25519.ts';
import { type Block, blocksOfRange, type Range } from './blocks.ts';
import { linkOf } from './chain.ts';
import { ChainCheck, type ChainFinding, type ChainState } from './chain-check.ts';
import { CHECKPOINT, checkpointMessage, readCheckpoint } from './checkpoint.ts';

type Place = { file: string; line: number; offset: number };

export type PlacedFinding =
  | (ChainFinding & Place)
  /** A checkpoint whose signature does not fit what it signs, or that an unknown key signed. */
  | ({ kind: 'forged'; seq: number; because: 'signature' | 'key' } & Place);

/** What is wanted of every line: `keys` that checkpoints must be signed with, a head that one of the links must have. */
export type Wanted = { keys: readonly string[]; noted: string | undefined };

export type Verified = {
  lines: number;
  bytes: number;
  checkpoints: { count: number; lastSeq: number | null; keys: string[] };
  isHeadThere: boolean;
  /** Findings that are not told any more. */
  moreFindings: number;
};

export const nothingVerified = (): Verified => ({
  lines: 0,
  bytes: 0,
  checkpoints: { count: 0, lastSeq: null, keys: [] },
  isHeadThere: false,
  moreFindings: 0,
});

/** Adds to `verified`. `before`: how many lines of the part stand before the block. */
export function verifyBlock(
  { text, bytes, offset, left }: Block,
  file: string,
  before: number,
  check: ChainCheck,
  wanted: Wanted,
  verified: Verified,
  note: (finding: PlacedFinding) => void,
): void {
  let line = before + 1;
  // The check keeps the last line until the next block; the bytes of a block do not last so long.
  const own = Buffer.from(bytes);
  if (left > 0) {
    const finding = check.next(own.subarray(0, 0), false);
    if (finding) note({ ...finding, file, line, offset });
    verified.lines += 1;
    verified.bytes += bytes.length + left;
    return;
  }
  let checkpointAt = text.indexOf(CHECKPOINT);
  for (let start = 0; start < own.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? own.length : newline;
    const finding = check.next(own.subarray(start, end));
    if (check.head === wanted.noted) verified.isHeadThere = true;
    if (finding) note({ ...finding, file, line, offset: offset + start });
    if (checkpointAt >= start && checkpointAt < end) {
      const judged = judgeCheckpoint(own.toString('utf8', start, end), wanted.keys, verified);
      if (judged) note({ kind: 'forged', ...judged, file, line, offset: offset + start });
      checkpointAt = text.indexOf(CHECKPOINT, end);
    }
    start = end + 1;
  }
  verified.lines += line - 1 - before;
  verified.bytes += bytes.length;
}

function judgeCheckpoint(line: string, keys: readonly string[], { checkpoints }: Verified) {
  const checkpoint = readCheckpoint(line);
  if (!checkpoint) return null;
  const { seq, key, signature } = checkpoint;
  if (!verifySignature(checkpointMessage(checkpoint), signature, key)) return { seq, because: 'signature' as const };
  if (keys.length > 0 && !keys.includes(key)) return { seq, because: 'key' as const };
  checkpoints.count += 1;
  checkpoints.lastSeq = seq;
  if (!checkpoints.keys.includes(key)) checkpoints.keys.push(key);
  return null;
}

/** Lines of findings are counted from the beginning of the range, the first one being line 0. */
export type RangeVerification = Verified & {
  links: number;
  findings: PlacedFinding[];
  end: ChainState;
};

/**
 * A range whose first line is the last of the range before it, and a link: it is taken as it is there, and what follows is checked
 * against it. So each link is judged once, and the pieces say together what one reading would.
 */
export async function verifyRange(range: Range, wanted: Wanted): Promise<RangeVerification> {
  const check = new ChainCheck();
  const verified = nothingVerified();
  const findings: PlacedFinding[] = [];
  let first = -1;
  const note = (finding: PlacedFinding) => {
    if (finding.line === 0) return; // judged with the range before
    if (findings.length < MOST_FINDINGS) findings.push(finding);
    else verified.moreFindings += 1;
  };
  for await (const block of blocksOfRange(range)) {
    if (first < 0) {
      first = block.bytes.indexOf(NEWLINE) + 1;
      check.next(Buffer.from(block.bytes.subarray(0, first - 1)));
      verifyBlock({ ...block, ...behind(block, first) }, '', 0, check, wanted, verified, note);
    } else verifyBlock(block, '', verified.lines, check, wanted, verified, note);
  }
  return { ...verified, links: check.links - 1, findings, end: check.state };
}

const behind = ({ text, bytes, offset }: Block, from: number) => ({
  text: text.slice(from),
  bytes: bytes.subarray(from),
  offset: offset + from,
});

/** The first whole link in these bytes, where another range may begin. */
export function firstLink(bytes: Buffer): { start: number; end: number } | null {
  for (let start = 0; ; ) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) return null;
    if (linkOf(bytes.subarray(start, end))) return { start, end: end + 1 };
    start = end + 1;
  }
}

export const MOST_FINDINGS = 1000;
const NEWLINE = 0x0a;
