// Searches and counts whole logs at the speed of the disk: most lines are judged by their first bytes, and never parsed.

import { type Block, blocksOf } from './blocks.ts';
import type { LogEntry } from './entry.ts';
import { beginsAsOurs, LineHead, memberText } from './line-head.ts';
import type { CompiledQuery } from './log-query.ts';
import { openParts, type Part } from './parts.ts';
import { readLogLine } from './read-line.ts';
import { type LogCounts, noCounts, Tally } from './tally.ts';

export type Searched = { lines: number; bytes: number; parsed: number };

/** Every line of all parts that fits, oldest first. `searched` grows while it runs. */
export async function* searchLog(
  file: string,
  query: CompiledQuery,
  searched: Searched = { lines: 0, bytes: 0, parsed: 0 },
): AsyncGenerator<LogEntry[]> {
  const { parts, close } = await openParts(file);
  try {
    for (const part of parts) {
      let number = 1;
      for await (const block of blocksOf(part)) {
        const { found, lines } = searchBlock(block, part, number, query, searched);
        number += lines;
        searched.lines += lines;
        searched.bytes += block.bytes.length;
        if (found.length > 0) yield found;
      }
    }
  } finally {
    await close();
  }
}

function searchBlock(
  { text, bytes, offset }: Block,
  part: Part,
  firstNumber: number,
  query: CompiledQuery,
  searched: Searched,
) {
  const found: LogEntry[] = [];
  const head = new LineHead();
  const needles = query.needles.map((needle) => new Needle(needle));
  const lower = needles.length > 0 ? text.toLowerCase() : text;
  // A character written as an escape is not found by its letters; such lines are parsed.
  const escapes = new Needle('\\u00');
  let lines = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    lines += 1;
    // Cheapest first. Only a line that begins as ours is judged without being parsed: in others the words may mean something else.
    const isOut =
      beginsAsOurs(text, start) &&
      ((needles.length > 0 && !mayHold(lower, start, end, needles, escapes)) ||
        (query.head !== null && head.read(text, start, end) && !query.head(head)));
    if (!isOut && end > start) {
      searched.parsed += 1;
      const entry = readLogLine(bytes.subarray(start, end), {
        file: part.path,
        line: firstNumber + lines - 1,
        offset: offset + start,
      });
      if (query.fits(entry)) found.push(entry);
    }
    start = end + 1;
  }
  return { found, lines };
}

const mayHold = (text: string, start: number, end: number, needles: readonly Needle[], escapes: Needle): boolean =>
  needles.every((needle) => needle.isIn(text, start, end)) || escapes.isIn(text, start, end);

/** Looks for a word once through the whole block, not once per line. */
class Needle {
  readonly #word: string;
  #next = -1;

  constructor(word: string) {
    this.#word = word;
  }

  isIn(text: string, start: number, end: number): boolean {
    if (this.#next < start) {
      const next = text.indexOf(this.#word, start);
      this.#next = next < 0 ? Number.POSITIVE_INFINITY : next;
    }
    return this.#next < end;
  }
}

/** Counts what fits. Without a query that needs whole lines, none of an AIM SDK's is parsed. */
export async function countLog(
  file: string,
  query: CompiledQuery | null,
  counts: LogCounts = noCounts(),
  onBlock?: () => void,
): Promise<LogCounts> {
  const { parts, close } = await openParts(file);
  try {
    for (const part of parts) {
      for await (const block of blocksOf(part)) {
        countBlock(block, part, query, counts);
        onBlock?.();
      }
    }
    return counts;
  } finally {
    await close();
  }
}

function countBlock({ text, bytes, offset, leftOut }: Block, part: Part, query: CompiledQuery | null, counts: LogCounts): void {
  const head = new LineHead();
  const needsAll = query !== null && !query.isHeadEnough;
  const tally = new Tally(counts);
  let agent: string | null = null;
  let result: string | null = null;
  counts.bytes += bytes.length + leftOut;
  if (leftOut > 0) counts.unreadable += 1;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const isOurs = head.read(text, start, end);
    if (isOurs && query?.head && !query.head(head)) {
      start = end + 1;
      continue;
    }
    if (isOurs && !needsAll) {
      head.readTime();
      agent = memberText(text, head.end, end, AGENT) ?? memberText(text, head.end, end, AGENT_ID);
      result = memberText(text, head.end, end, RESULT, result ?? '');
      tally.add(head.time, head.minute, head.category, head.type, head.severity, agent, result);
    } else if (end > start) {
      const entry = readLogLine(bytes.subarray(start, end), { file: part.path, line: 0, offset: offset + start });
      if (!query || query.fits(entry)) {
        if (entry.format === 'invalid') counts.unreadable += 1;
        const { time } = entry;
        const who = entry.agentName ?? entry.agentId;
        tally.add(time, time?.slice(0, 16) ?? '', entry.category, entry.type, entry.severity, who, entry.result);
      }
    }
    start = end + 1;
  }
  tally.close();
}

const AGENT = '"agent_name":"';
const AGENT_ID = '"agent_id":"';
const RESULT = '"result":"';
