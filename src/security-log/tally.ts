// What is counted of a log, and the counting: a key that is the one before costs no look-up.

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

/** Adds what was counted of another piece of the same log. */
export function addCounts(counts: LogCounts, more: LogCounts): void {
  counts.lines += more.lines;
  counts.bytes += more.bytes;
  counts.unreadable += more.unreadable;
  if (more.from !== null && (counts.from === null || more.from < counts.from)) counts.from = more.from;
  if (more.to !== null && (counts.to === null || more.to > counts.to)) counts.to = more.to;
  for (const name of ['bySeverity', 'byCategory', 'byType', 'byAgent', 'byResult'] as const)
    for (const [key, count] of more[name]) addTo(counts[name], key, count);
  for (const [minute, { lines, warnings }] of more.byMinute) {
    const there = counts.byMinute.get(minute);
    counts.byMinute.set(minute, { lines: lines + (there?.lines ?? 0), warnings: warnings + (there?.warnings ?? 0) });
  }
}

/** A log that gives each line another type must not fill the memory. */
function addTo(counts: Map<string, number>, key: string, count: number): void {
  const kept = counts.has(key) || counts.size < MOST_KEYS ? key : 'others';
  counts.set(kept, (counts.get(kept) ?? 0) + count);
}

/** Counts lines into `counts`. Close it before they are read. */
export class Tally {
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
    if (time !== null) {
      // Nearly every line is later than all before it.
      if (counts.to === null || time > counts.to) {
        counts.to = time;
        counts.from ??= time;
      } else if (counts.from === null || time < counts.from) counts.from = time;
      this.#inMinute(minute, severity === 'WARNING' || severity === 'ERROR' || severity === 'CRITICAL');
    }
    this.addHead(category ?? 'none', type ?? 'none', severity ?? 'none');
    this.#agent.add(agent ?? 'none');
    if (result !== null) this.#result.add(result);
  }

  addHead(category: string, type: string, severity: string): void {
    this.#counts.lines += 1;
    this.#severity.add(severity);
    this.#category.add(category);
    this.#type.add(type);
  }

  took(bytes: number): void {
    this.#counts.bytes += bytes;
  }

  couldNotRead(): void {
    this.#counts.unreadable += 1;
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
  readonly #cells = new Map<string, { count: number }>();
  #last: string | null = null;
  #cell = { count: 0 };

  constructor(counts: Map<string, number>) {
    this.#counts = counts;
  }

  add(key: string): void {
    if (key !== this.#last) {
      this.#last = key;
      this.#cell = this.#cells.get(key) ?? this.#newCell(key);
    }
    this.#cell.count += 1;
  }

  close(): void {
    for (const [key, { count }] of this.#cells) addTo(this.#counts, key, count);
    this.#cells.clear();
    this.#last = null;
  }

  #newCell(key: string): { count: number } {
    if (this.#cells.size >= MOST_KEYS) this.close();
    const cell = { count: 0 };
    this.#cells.set(key, cell);
    return cell;
  }
}

const MOST_KEYS = 10_000;
