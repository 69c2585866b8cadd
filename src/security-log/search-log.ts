// Searches and counts whole logs at the speed of the disk: most lines are judged by their first bytes, and never parsed.

import { type Block, blocksOf } from './blocks.ts';
import type { LogEntry } from './entry.ts';
import { LineHead, memberText } from './line-head.ts';
import type { CompiledQuery } from './log-query.ts';
import { openParts, type Part } from './parts.ts';
import { readLogLine } from './read-line.ts';

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
    const isOurs = head.read(text, start, end);
    const isOut =
      isOurs &&
      ((query.head !== null && !query.head(head)) || (needles.length > 0 && !mayHold(lower, start, end, needles, escapes)));
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

export type LogCounts = {
  lines: number;
  bytes: number;
  unreadable: number;
  from: string | null;
  to: string | null;
  bySeverity: Map<string, number>;
  byCategory: Map<string, number>;
  byType: Map<string, number>;
  byAgent: Map<string, number>;
  byResult: Map<string, number>;
  /** By minute in UTC, `2026-11-23T14:03`: how many lines, and how many of them as severe as a warning. */
  byMinute: Map<string, { lines: number; warnings: number }>;
};

export const noCounts = (): LogCounts => ({
  lines: 0,
  bytes: 0,
  unreadable: 0,
  from: null,
  to: null,
  bySeverity: new Map(),
  byCategory: new Map(),
  byType: new Map(),
  byAgent: new Map(),
  byResult: new Map(),
  byMinute: new Map(),
});

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

/** Counts into maps; a key that is the one before costs no look-up. */
class Tally {
  readonly #counts: LogCounts;
  readonly #severity: Counter;
  readonly #category: Counter;
  readonly #type: Counter;
  readonly #agent: Counter;
  readonly #result: Counter;
  #minute = '';
  #there = { lines: 0, warnings: 0 };

  constructor(counts: LogCounts) {
    this.#counts = counts;
    this.#severity = new Counter(counts.bySeverity);
    this.#category = new Counter(counts.byCategory);
    this.#type = new Counter(counts.byType);
    this.#agent = new Counter(counts.byAgent);
    this.#result = new Counter(counts.byResult);
  }

  add(
    time: string | null,
    minute: string,
    category: string | null,
    type: string | null,
    severity: string | null,
    agent: string | null,
    result: string | null,
  ): void {
    const counts = this.#counts;
    counts.lines += 1;
    if (time !== null) {
      if (counts.from === null || time < counts.from) counts.from = time;
      if (counts.to === null || time > counts.to) counts.to = time;
      this.#inMinute(minute, severity === 'WARNING' || severity === 'ERROR' || severity === 'CRITICAL');
    }
    this.#severity.add(severity ?? 'none');
    this.#category.add(category ?? 'none');
    this.#type.add(type ?? 'none');
    this.#agent.add(agent ?? 'none');
    if (result !== null) this.#result.add(result);
  }

  close(): void {
    for (const counter of [this.#severity, this.#category, this.#type, this.#agent, this.#result]) counter.close();
  }

  #inMinute(minute: string, isWarning: boolean): void {
    if (minute !== this.#minute) {
      this.#minute = minute;
      const there = this.#counts.byMinute.get(minute) ?? { lines: 0, warnings: 0 };
      this.#counts.byMinute.set(minute, there);
      this.#there = there;
    }
    this.#there.lines += 1;
    if (isWarning) this.#there.warnings += 1;
  }
}

class Counter {
  readonly #counts: Map<string, number>;
  #last = '';
  #count = 0;

  constructor(counts: Map<string, number>) {
    this.#counts = counts;
  }

  add(key: string): void {
    if (key === this.#last) {
      this.#count += 1;
      return;
    }
    this.close();
    this.#last = key;
    this.#count = 1;
  }

  close(): void {
    if (this.#count === 0) return;
    // A log that gives each line another type must not fill the memory.
    const key = this.#counts.has(this.#last) || this.#counts.size < MOST_KEYS ? this.#last : 'others';
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + this.#count);
    this.#count = 0;
  }
}

const MOST_KEYS = 10_000;
const AGENT = '"agent_name":"';
const AGENT_ID = '"agent_id":"';
const RESULT = '"result":"';
