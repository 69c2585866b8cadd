// Checks the chain of a whole log, over all its parts, and says exactly where it does not hold.

import { existsSync } from 'node:fs';
import { verifySignature } from '../crypto/ed25519.ts';
import { type Block, blocksOf } from './blocks.ts';
import { ChainCheck, type ChainFinding } from './chain-check.ts';
import { chainPath, readHead } from './chain-lock.ts';
import { CHECKPOINT, checkpointMessage, readCheckpoint } from './checkpoint.ts';
import { openParts, type Part } from './parts.ts';

type Place = { file: string; line: number; offset: number };

export type LogFinding =
  | (ChainFinding & Place)
  /** A checkpoint whose signature does not fit what it signs, or that an unknown key signed. */
  | ({ kind: 'forged'; seq: number; because: 'signature' | 'key' } & Place)
  /** The log once went further than its last line: its end was cut off. */
  | { kind: 'cut'; after: number; until: number }
  /** A head that was noted earlier is not the hash of any link here: what led to it was rewritten. */
  | { kind: 'headless'; head: string }
  /** A part, or a piece of it, that cannot be read. */
  | { kind: 'unreadable'; file: string; because: string };

export type LogVerification = {
  file: string;
  /** `none`: no line has a place in a chain. `intact`: nothing was found but lines that nobody sealed, or that stand twice. */
  verdict: 'intact' | 'broken' | 'none';
  lines: number;
  bytes: number;
  links: number;
  first: number | null;
  last: number | null;
  /** SHA-256 of the last link. Kept elsewhere, it proves later that nothing before it was changed. */
  head: string | null;
  /** Lines of writers without a chain, sealed or not. */
  unchained: number;
  checkpoints: { count: number; lastSeq: number | null; keys: string[] };
  findings: LogFinding[];
  /** More findings than are listed. */
  moreFindings: number;
};

/** `keys`: public keys (base64) that checkpoints must be signed with. Without any, every key that fits its signature counts. */
export async function verifyLog(
  file: string,
  { keys = [], head: noted }: { keys?: readonly string[]; head?: string } = {},
): Promise<LogVerification> {
  const check = new ChainCheck({ fromStart: true });
  const result: LogVerification = {
    ...{ file, verdict: 'none', lines: 0, bytes: 0, links: 0, first: null, last: null, head: null, unchained: 0 },
    ...{ checkpoints: { count: 0, lastSeq: null, keys: [] }, findings: [], moreFindings: 0 },
  };
  const heads: Heads = { noted, isThere: false };
  let repeated = 0;
  const note = (finding: LogFinding) => {
    if (finding.kind === 'repeated') repeated += 1;
    const last = result.findings.at(-1);
    if (finding.kind === 'repeated' && last?.kind === 'repeated' && finding.seq === last.seq + last.count) {
      last.count += 1;
      return;
    }
    if (result.findings.length < MOST_FINDINGS) result.findings.push(finding);
    else result.moreFindings += 1;
  };
  // Looked up first: what is written meanwhile makes the log longer than this, never shorter.
  const known = existsSync(chainPath(file)) ? readHead(chainPath(file)) : null;
  const { parts, close } = await openParts(file);
  for (const part of parts) {
    let line = 1;
    check.begin();
    try {
      for await (const block of blocksOf(part)) line = verifyBlock(block, part, line, check, result, keys, note, heads);
    } catch (error) {
      note({ kind: 'unreadable', file: part.path, because: error instanceof Error ? error.message : String(error) });
      check.forget();
    }
  }
  await close();
  const { first, seq: last } = check;
  if (known && known.seq > (last ?? 0)) note({ kind: 'cut', after: last ?? 0, until: known.seq });
  if (known && known.seq === last && known.hash !== check.head)
    note({ kind: 'tampered', seq: last, file, line: result.lines, offset: 0 });
  if (noted !== undefined && !heads.isThere) note({ kind: 'headless', head: noted });
  const isBroken = result.findings.some(({ kind }) => kind !== 'unsealed' && kind !== 'repeated');
  const verdict = isBroken ? 'broken' : check.links === 0 ? 'none' : 'intact';
  return {
    ...result,
    verdict,
    links: check.links,
    unchained: result.lines - check.links - repeated,
    first,
    last,
    head: check.head || null,
  };
}

function verifyBlock(
  { text, bytes, offset, leftOut }: Block,
  part: Part,
  firstLine: number,
  check: ChainCheck,
  result: LogVerification,
  keys: readonly string[],
  note: (finding: LogFinding) => void,
  heads: Heads,
): number {
  let line = firstLine;
  // The check keeps the last line until the next block; the bytes of a block do not last so long.
  const own = Buffer.from(bytes);
  if (leftOut > 0) check.next(own.subarray(0, 0), false);
  let checkpointAt = text.indexOf(CHECKPOINT);
  for (let start = 0; start < own.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? own.length : newline;
    const finding = check.next(own.subarray(start, end));
    if (check.head === heads.noted) heads.isThere = true;
    if (finding) note({ ...finding, file: part.path, line, offset: offset + start });
    if (checkpointAt >= start && checkpointAt < end) {
      const judged = judgeCheckpoint(own.toString('utf8', start, end), keys, result);
      if (judged) note({ kind: 'forged', ...judged, file: part.path, line, offset: offset + start });
      checkpointAt = text.indexOf(CHECKPOINT, end);
    }
    start = end + 1;
  }
  result.lines += line - firstLine;
  result.bytes += bytes.length + leftOut;
  return line;
}

function judgeCheckpoint(line: string, keys: readonly string[], { checkpoints }: LogVerification) {
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

type Heads = { readonly noted: string | undefined; isThere: boolean };

const MOST_FINDINGS = 1000;
