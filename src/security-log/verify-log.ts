// Checks the chain of a whole log, over all its parts, and says exactly where it does not hold.

import { existsSync } from 'node:fs';
import { blocksOf, blocksOfRange, type Range } from './blocks.ts';
import { ChainCheck } from './chain-check.ts';
import { chainPath, readHead } from './chain-lock.ts';
import type { Crew } from './crew/crew.ts';
import { openParts } from './parts.ts';
import { LazyCrew, type Sharing, sharedRanges } from './search-log.ts';
import {
  firstLink,
  MOST_FINDINGS,
  nothingVerified,
  type PlacedFinding,
  type Verified,
  verifyBlock,
  type Wanted,
} from './verify-range.ts';

export type LogFinding =
  | PlacedFinding
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
  { keys = [], head: noted, ...sharing }: { keys?: readonly string[]; head?: string } & Sharing = {},
): Promise<LogVerification> {
  const check = new ChainCheck({ fromStart: true });
  const result: LogVerification = {
    ...{ file, verdict: 'none', lines: 0, bytes: 0, links: 0, first: null, last: null, head: null, unchained: 0 },
    ...{ checkpoints: { count: 0, lastSeq: null, keys: [] }, findings: [], moreFindings: 0 },
  };
  const verified = nothingVerified();
  const wanted: Wanted = { keys, noted };
  let repeated = 0;
  const note = (finding: LogFinding) => {
    if (finding.kind === 'repeated') repeated += 1;
    const last = result.findings.at(-1);
    if (finding.kind === 'repeated' && last?.kind === 'repeated' && finding.seq === last.seq + last.count) {
      last.count += 1;
      return;
    }
    if (result.findings.length < MOST_FINDINGS) result.findings.push(finding);
    else verified.moreFindings += 1;
  };
  // Looked up first: what is written meanwhile makes the log longer than this, never shorter.
  const known = existsSync(chainPath(file)) ? readHead(chainPath(file)) : null;
  const { parts, close } = await openParts(file);
  const crew = new LazyCrew(sharing);
  for (const part of parts) {
    const before = verified.lines;
    check.begin();
    try {
      const shared = await sharedRanges(part, crew, { ...sharing, beginning: firstLink });
      if (shared) await verifyShared(shared, part.path, check, wanted, verified, note);
      else
        for await (const block of blocksOf(part))
          verifyBlock(block, part.path, verified.lines - before, check, wanted, verified, note);
    } catch (error) {
      note({ kind: 'unreadable', file: part.path, because: error instanceof Error ? error.message : String(error) });
      check.forget();
    }
  }
  await crew.close();
  await close();
  const { first, seq: last } = check;
  if (known && known.seq > (last ?? 0)) note({ kind: 'cut', after: last ?? 0, until: known.seq });
  if (known && known.seq === last && known.hash !== check.head)
    note({ kind: 'tampered', seq: last, file, line: verified.lines, offset: 0 });
  if (noted !== undefined && !verified.isHeadThere) note({ kind: 'headless', head: noted });
  const isBroken = result.findings.some(({ kind }) => kind !== 'unsealed' && kind !== 'repeated');
  const verdict = isBroken ? 'broken' : check.links === 0 ? 'none' : 'intact';
  const { lines, bytes, checkpoints, moreFindings } = verified;
  return {
    ...result,
    ...{ lines, bytes, checkpoints, moreFindings },
    verdict,
    links: check.links,
    unchained: lines - check.links - repeated,
    first,
    last,
    head: check.head || null,
  };
}

/** The first range here, where what was read before is known; the others by the crew, meanwhile. */
async function verifyShared(
  { crew, ranges }: { crew: Crew; ranges: readonly Range[] },
  file: string,
  check: ChainCheck,
  wanted: Wanted,
  verified: Verified,
  note: (finding: PlacedFinding) => void,
): Promise<void> {
  const before = verified.lines;
  const answers = crew.answers(ranges.slice(1).map((range) => ({ kind: 'verify' as const, range, ...wanted })));
  let next = answers.next();
  next.catch(() => {}); // looked at below
  for await (const block of blocksOfRange(ranges[0] as Range))
    verifyBlock(block, file, verified.lines - before, check, wanted, verified, note);
  for (;;) {
    const { value, done } = await next;
    if (done) return;
    next = answers.next();
    next.catch(() => {});
    const place = verified.lines - before;
    for (const finding of value.findings) note({ ...finding, file, line: place + finding.line });
    verified.lines += value.lines;
    verified.bytes += value.bytes;
    verified.moreFindings += value.moreFindings;
    verified.isHeadThere ||= value.isHeadThere;
    const { count, lastSeq, keys } = value.checkpoints;
    verified.checkpoints.count += count;
    verified.checkpoints.lastSeq = lastSeq ?? verified.checkpoints.lastSeq;
    verified.checkpoints.keys = [...new Set([...verified.checkpoints.keys, ...keys])];
    check.goOnFrom(value.end, value.links);
  }
}
