// Looks through one block of a log: most lines are judged by their first bytes, and never parsed.

import type { Block } from './blocks.ts';
import type { LogEntry } from './entry.ts';
import { beginsAsOurs, LineHead, valueAt } from './line-head.ts';
import type { CompiledQuery } from './log-query.ts';
import { readLogLine } from './read-line.ts';
import { type LogCounts, Tally } from './tally.ts';

export type BlockFound = { found: LogEntry[]; lines: number; parsed: number };

/** The lines that fit. `firstNumber` is that of the first line in its part. */
export function searchBlock(
  { text, bytes, offset }: Block,
  file: string,
  firstNumber: number,
  query: CompiledQuery,
): BlockFound {
  const found: LogEntry[] = [];
  const head = new LineHead();
  const needles = query.needles.map((needle) => new Needle(needle));
  const lower = needles.length > 0 ? text.toLowerCase() : text;
  // A character written as an escape is not found by its letters; such lines are parsed.
  const escapes = new Needle('\\u00');
  let lines = 0;
  let parsed = 0;
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
      parsed += 1;
      const entry = readLogLine(bytes.subarray(start, end), { file, line: firstNumber + lines - 1, offset: offset + start });
      if (query.fits(entry)) found.push(entry);
    }
    start = end + 1;
  }
  return { found, lines, parsed };
}

const mayHold = (text: string, start: number, end: number, needles: readonly Needle[], escapes: Needle): boolean =>
  needles.every((needle) => needle.isIn(text, start, end)) || escapes.isIn(text, start, end);

/** Looks for a word once through the whole block, not once per line: where no line has it, each look would go to the block's end. */
class Needle {
  readonly #word: string;
  #next = -1;

  constructor(word: string) {
    this.#word = word;
  }

  isIn(text: string, start: number, end: number): boolean {
    return this.next(text, start) < end;
  }

  next(text: string, start: number): number {
    if (this.#next < start) {
      const next = text.indexOf(this.#word, start);
      this.#next = next < 0 ? Number.POSITIVE_INFINITY : next;
    }
    return this.#next;
  }
}

/** A member behind the head of a line: its value as it is written, or null. One that holds an escape is left to the parser. */
class Member {
  readonly #key: Needle;
  readonly #length: number;
  value: string | null = null;
  #last = '';
  isEscaped = false;

  constructor(key: string) {
    this.#key = new Needle(key);
    this.#length = key.length;
  }

  read(text: string, start: number, end: number): void {
    const at = this.#key.next(text, start);
    this.value = null;
    if (at >= end) return;
    this.#last = valueAt(text, at + this.#length, this.#last);
    this.value = this.#last;
    this.isEscaped = this.#last.includes('\\');
  }
}

/** Counts what fits. Without a query that needs whole lines, none of an AIM SDK's is parsed. */
export function countBlock({ text, bytes, offset, leftOut }: Block, query: CompiledQuery | null, counts: LogCounts): void {
  const head = new LineHead();
  const needsAll = query !== null && !query.isHeadEnough;
  const tally = new Tally(counts);
  const agent = new Member(',"agent_name":"');
  const agentId = new Member(',"agent_id":"');
  const result = new Member(',"result":"');
  const details = new Needle(',"details":{');
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
    let isRead = isOurs && !needsAll;
    if (isRead) {
      // Members of the same names may stand in the details, and mean something else there.
      const limit = Math.min(end, details.next(text, head.end));
      agent.read(text, head.end, limit);
      agentId.read(text, head.end, limit);
      result.read(text, head.end, limit);
      isRead = !(agent.isEscaped || agentId.isEscaped || result.isEscaped);
    }
    if (isRead) {
      head.readTime();
      const who = agent.value ?? agentId.value;
      tally.add(head.time, head.minute, head.category, head.type, head.severity, who, result.value);
    } else if (end > start) {
      const entry = readLogLine(bytes.subarray(start, end), { file: '', line: 0, offset: offset + start });
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
