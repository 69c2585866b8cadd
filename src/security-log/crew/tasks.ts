// What one thread does with one range of a log. Plain values in and out: they travel between threads.

import { blocksOfRange, type Range } from '../blocks.ts';
import type { LogEntry } from '../entry.ts';
import { compileQuery, type LogQuery } from '../log-query.ts';
import { readLogLine } from '../read-line.ts';
import { countBlock, type Depth, type LongLine, searchBlock } from '../search-block.ts';
import { type LogCounts, noCounts, Tally } from '../tally.ts';
import { type RangeVerification, verifyRange } from '../verify-range.ts';

export type Asked = { query: LogQuery; now: number };

export type Task =
  | { kind: 'count'; range: Range; asked: Asked | null; depth: Depth }
  | { kind: 'search'; range: Range; asked: Asked }
  | { kind: 'verify'; range: Range; keys: readonly string[]; noted: string | undefined };

/**
 * Lines that fit, as bytes; `places` has five numbers for each: its number in the range, its place in the part, in `bytes` its start
 * and end, and how many of its bytes are not there.
 */
export type RangeFound = {
  lines: number;
  parsed: number;
  size: number;
  places: Float64Array;
  bytes: Uint8Array;
  long: LongLine[];
};

export type Answer<Kind extends Task['kind']> = {
  count: LogCounts;
  search: RangeFound;
  verify: RangeVerification;
}[Kind];

export async function runTask(task: Task): Promise<Answer<Task['kind']>> {
  if (task.kind === 'count') return countRange(task);
  return task.kind === 'search' ? searchRange(task) : verifyRange(task.range, task);
}

async function countRange({ range, asked, depth }: Extract<Task, { kind: 'count' }>): Promise<LogCounts> {
  const query = asked && compileQuery(asked.query, asked.now);
  const counts = noCounts();
  const tally = new Tally(counts);
  for await (const block of blocksOfRange(range)) countBlock(block, query, depth, tally);
  tally.close();
  return counts;
}

async function searchRange({ range, asked }: Extract<Task, { kind: 'search' }>): Promise<RangeFound> {
  const query = compileQuery(asked.query, asked.now);
  const pieces: Buffer[] = [];
  const places: number[] = [];
  const searched = { lines: 0, parsed: 0, size: 0, long: [] as LongLine[] };
  let length = 0;
  for await (const block of blocksOfRange(range)) {
    const { found, lines, parsed, long } = searchBlock(block, '', 1 + searched.lines, query);
    searched.lines += lines;
    searched.parsed += parsed;
    searched.size += block.bytes.length + block.left;
    searched.long.push(...long);
    for (const { source } of found) {
      const from = source.offset - block.offset;
      const newline = block.bytes.indexOf(NEWLINE, from);
      const piece = Buffer.from(block.bytes.subarray(from, newline < 0 ? block.bytes.length : newline));
      places.push(source.line, source.offset, length, length + piece.length, block.left);
      length += piece.length;
      pieces.push(piece);
    }
  }
  return { ...searched, places: Float64Array.from(places), bytes: Buffer.concat(pieces) };
}

/** The found lines, in the part of that name, of which so many lines stand before the range. */
export function entriesOf({ places, bytes }: RangeFound, file: string, before: number): LogEntry[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: places.length / 5 }, (_, index) => {
    const [line = 0, offset = 0, start = 0, end = 0, left = 0] = places.subarray(index * 5, index * 5 + 5);
    return readLogLine(all.subarray(start, end), { file, line: before + line, offset, left });
  });
}

const NEWLINE = 0x0a;
