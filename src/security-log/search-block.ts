// Looks through one block of a log: most lines are judged by their first bytes, and never parsed.

import type { Block } from './blocks.ts';
import type { LogEntry } from './entry.ts';
import { JournalExport } from './journal-export.ts';
import { beginsAsOurs, LineHead, valueAt } from './line-head.ts';
import type { CompiledQuery } from './log-query.ts';
import { readLogLine } from './read-line.ts';
import type { Tally } from './tally.ts';

/** `long`: places and lengths of lines of which only the beginning was looked at. */
export type BlockFound = { found: LogEntry[]; lines: number; parsed: number; long: LongLine[] };
export type LongLine = { offset: number; bytes: number };

/** The lines that fit. `firstNumber` is that of the first line in its part. */
export function searchBlock(
  { text, bytes, offset, left }: Block,
  file: string,
  firstNumber: number,
  query: CompiledQuery,
  journal: JournalExport = new JournalExport(),
): BlockFound {
  const found: LogEntry[] = [];
  if (left > 0) {
    const entry = readLogLine(bytes, { file, line: firstNumber, offset, left });
    return { found: query.fits(entry) ? [entry] : [], lines: 1, parsed: 1, long: [{ offset, bytes: bytes.length + left }] };
  }
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
      !journal.isOpen &&
      beginsAsOurs(text, start) &&
      ((needles.length > 0 && !mayHold(lower, start, end, needles, escapes)) ||
        (query.head !== null && head.read(text, start, end) && !query.head(head)));
    const line = isOut ? null : wholeLine(bytes, start, end, journal);
    if (line) {
      parsed += 1;
      const entry = readLogLine(line, { file, line: firstNumber + lines - 1, offset: offset + start });
      if (query.fits(entry)) found.push(entry);
    }
    start = end + 1;
  }
  return { found, lines, parsed, long: [] };
}

/** The line, or the record that it ends. Null where there is nothing to read yet. */
function wholeLine(bytes: Buffer, start: number, end: number, journal: JournalExport): Buffer | null {
  const line = bytes.subarray(start, end);
  if (journal.isOpen || JournalExport.begins(line)) return journal.take(line);
  return end > start ? line : null;
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

/** A value that stands at a place found by its key. The same few come again and again, and are not cut out of the text once more. */
class Value {
  text = '';
  /** An escape means that the value is another one: then the line is left to the parser. */
  isEscaped = false;

  read(text: string, at: number): void {
    const value = valueAt(text, at, this.text);
    if (value === this.text) return;
    this.text = value;
    this.isEscaped = value.includes('\\');
  }
}

/** `head`: severity, category and type alone; of lines of an AIM SDK nothing else is looked at. */
export type Depth = 'head' | 'all';

/** Counts what fits. Without a query that needs whole lines, none of an AIM SDK's is parsed. */
export function countBlock(
  block: Block,
  query: CompiledQuery | null,
  depth: Depth,
  tally: Tally,
  journal: JournalExport = new JournalExport(),
): void {
  const { text, bytes, offset, left } = block;
  const head = new LineHead();
  const members = new CountedMembers();
  const needsAll = query !== null && !query.isHeadEnough;
  tally.took(bytes.length + left);
  if (left > 0) {
    countParsed(readLogLine(bytes, { file: '', line: 0, offset, left }), query, tally);
    return;
  }
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const isOurs = !journal.isOpen && head.read(text, start, end);
    if (isOurs && query?.head && !query.head(head)) {
      start = end + 1;
      continue;
    }
    if (isOurs && !needsAll && depth === 'head') {
      tally.addHead(head.category, head.type, head.severity);
    } else if (isOurs && !needsAll && members.read(text, head.end, end)) {
      head.readTime();
      tally.add(head.time, head.minute, head.category, head.type, head.severity, members.agent, members.result);
    } else {
      const line = wholeLine(bytes, start, end, journal);
      if (line) countParsed(readLogLine(line, { file: '', line: 0, offset: offset + start }), query, tally);
    }
    start = end + 1;
  }
}

function countParsed(entry: LogEntry, query: CompiledQuery | null, tally: Tally): void {
  if (query && !query.fits(entry)) return;
  if (entry.format === 'invalid') tally.couldNotRead();
  const { time } = entry;
  const who = entry.agentName ?? entry.agentId;
  tally.add(time, time?.slice(0, 16) ?? '', entry.category, entry.type, entry.severity, who, entry.result);
}

/** What is counted of a line beside its head. */
class CountedMembers {
  agent: string | null = null;
  result: string | null = null;
  readonly #agentKey = new Needle(AGENT);
  readonly #idKey = new Needle(AGENT_ID);
  readonly #resultKey = new Needle(RESULT);
  readonly #resultBefore = new Needle(RESULT);
  readonly #brace = new Needle('{');
  readonly #agent = new Value();
  readonly #result = new Value();

  /** False where the line has to be parsed. */
  read(text: string, start: number, end: number): boolean {
    let agentAt = this.#agentKey.next(text, start) + AGENT.length;
    if (agentAt > end) agentAt = this.#idKey.next(text, start) + AGENT_ID.length;
    const isNamed = agentAt <= end;
    // The SDKs write the result behind the agent, so each piece of the text is looked through once.
    const resultAt = this.#resultKey.next(text, isNamed ? agentAt : start) + RESULT.length;
    const hasResult = resultAt <= end;
    if (isNamed && !hasResult && this.#resultBefore.next(text, start) < agentAt) return false;
    const behind = hasResult ? resultAt : isNamed ? agentAt : start;
    // Members of the same names may stand in the details, and mean something else there.
    if (this.#brace.next(text, start) < behind) return false;
    if (isNamed) this.#agent.read(text, agentAt);
    if (hasResult) this.#result.read(text, resultAt);
    this.agent = isNamed ? this.#agent.text : null;
    this.result = hasResult ? this.#result.text : null;
    return !((isNamed && this.#agent.isEscaped) || (hasResult && this.#result.isEscaped));
  }
}

const AGENT = ',"agent_name":"';
const AGENT_ID = ',"agent_id":"';
const RESULT = ',"result":"';
