// The log as the dashboard holds it: the latest lines of all sources in a ring, counters, and what a filter leaves of them. No React.

import type { Rows } from '../state/list.ts';
import { createRing, type Ring } from '../state/ring.ts';
import { type EventSeverity, type LogEntry, type LogItem, severities } from './entry.ts';
import { matchesEntry, parseLogFilter } from './log-filter.ts';
import { type LogSource, sourceNotice } from './log-source.ts';
import { tail } from './tail.ts';

export type LogRow = { key: string; sequence: number; item: LogItem };

export type LiveLog = {
  readonly rows: Ring<LogRow>;
  readonly counts: Readonly<Record<EventSeverity, number>>;
  /** Lines by type; types beyond the first hundred count together. */
  readonly types: ReadonlyMap<string, number>;
  /** Notes that were put on rows, by their keys. */
  readonly notes: Map<string, string>;
  readonly sources: ReadonlyMap<string, { lines: number }>;
  /** Why reading ended, if it failed. */
  readonly failure: string | null;
  /** Lines of another source come between those of the files, from now until it is taken out again. */
  include(source: LogSource): void;
  exclude(name: string): void;
  includes(name: string): boolean;
  find(key: string): LogRow | undefined;
  /** The lines that are held, of all sources. */
  entries(): Generator<LogEntry>;
  close(): void;
};

/** Reads the files until it is closed. `expected` may not exist yet: nothing is said of those that are missing. */
export function openLiveLog(files: readonly string[], { changed, backlog = 2000, capacity = 50_000 }: LiveLogOptions): LiveLog {
  const rows = createRing<LogRow>(capacity);
  const counts: Record<EventSeverity, number> = { DEBUG: 0, INFO: 0, WARNING: 0, ERROR: 0, CRITICAL: 0 };
  const included = new Map<string, AbortController>();
  const sources = new Map<string, { lines: number }>(files.map((file) => [file, { lines: 0 }]));
  const types = new Map<string, number>();
  const ending = new AbortController();
  let failure: string | null = null;

  const take = (item: LogItem): void => {
    if (item.kind === 'notice' && item.notice === 'missing' && (sources.get(item.file)?.lines ?? 0) === 0) return;
    if (item.kind === 'entry') {
      if (item.entry.severity) counts[item.entry.severity] += 1;
      const type = item.entry.type ?? item.entry.format;
      const counted = types.has(type) || types.size < MOST_TYPES ? type : 'others';
      types.set(counted, (types.get(counted) ?? 0) + 1);
      const from = item.entry.source.file;
      const file = files.find((known) => from.startsWith(known));
      const source = sources.get(file ?? from);
      if (source) source.lines += 1;
    }
    rows.push({ key: `line-${rows.next}`, sequence: rows.next, item });
    changed();
  };
  const reading = (async () => {
    for await (const item of tail(files, { follow: true, backlog, signal: ending.signal })) take(item);
  })().catch((error: unknown) => {
    failure = error instanceof Error ? error.message : String(error);
    changed();
  });

  return {
    rows,
    counts,
    types,
    notes: new Map(),
    sources,
    get failure() {
      return failure;
    },
    include(source) {
      if (included.has(source.name)) return;
      const stopping = new AbortController();
      included.set(source.name, stopping);
      sources.set(source.name, { lines: sources.get(source.name)?.lines ?? 0 });
      const signal = AbortSignal.any([ending.signal, stopping.signal]);
      void (async () => {
        for await (const item of tail([], { follow: true, backlog: BEFORE, sources: [source], signal })) take(item);
      })().catch((error: unknown) => take(sourceNotice(source.name, error instanceof Error ? error.message : String(error))));
    },
    includes: (name) => included.has(name),
    exclude(name) {
      included.get(name)?.abort();
      included.delete(name);
    },
    find: (key) => rows.at(Number(key.slice('line-'.length))),
    *entries() {
      for (let sequence = rows.first; sequence < rows.next; sequence += 1) {
        const item = rows.at(sequence)?.item;
        if (item?.kind === 'entry') yield item.entry;
      }
    },
    close() {
      ending.abort();
      void reading;
    },
  };
}

export type LiveLogOptions = { changed(): void; backlog?: number; capacity?: number };

/** What a filter leaves of the rows, looked at only once each. */
export class LogView implements Rows<LogRow> {
  readonly #rows: Ring<LogRow>;
  readonly #matches: (item: LogItem) => boolean;
  readonly error: string | null;
  #sequences: number[] = [];
  #start = 0;
  #looked = 0;
  /** With a filter: how many rows are shown before and behind each that fits. */
  readonly #around: number;
  #behind = 0;
  /** Rows that came later are not shown: the view is paused there. */
  #until = Number.POSITIVE_INFINITY;

  constructor(rows: Ring<LogRow>, filter: string, { now = Date.now(), around = 0 } = {}) {
    this.#rows = rows;
    this.#around = around;
    const parsed = parseLogFilter(filter, { now });
    this.error = parsed.error && `${parsed.error.term} ${parsed.error.message}`;
    // A notice is about what is missing: it stays with whatever is shown.
    this.#matches = (item) => item.kind === 'notice' || matchesEntry(parsed.filter, item.entry);
  }

  /** Looks at what came since, and forgets what the ring dropped. */
  update(until: number | null = null): this {
    this.#until = until ?? Number.POSITIVE_INFINITY;
    for (let sequence = Math.max(this.#looked, this.#rows.first); sequence < this.#rows.next; sequence += 1) {
      const row = this.#rows.at(sequence);
      if (row) this.#consider(row);
    }
    this.#looked = this.#rows.next;
    while (this.#start < this.#sequences.length && (this.#sequences[this.#start] as number) < this.#rows.first)
      this.#start += 1;
    if (this.#start > 10_000) {
      this.#sequences = this.#sequences.slice(this.#start);
      this.#start = 0;
    }
    return this;
  }

  #consider({ sequence, item }: LogRow): void {
    if (this.#matches(item)) {
      const last = this.#sequences.at(-1) ?? -1;
      for (let before = Math.max(last + 1, this.#rows.first, sequence - this.#around); before <= sequence; before += 1)
        this.#sequences.push(before);
      this.#behind = this.#around;
    } else if (this.#behind > 0) {
      this.#behind -= 1;
      this.#sequences.push(sequence);
    }
  }

  get length(): number {
    const end = this.#until === Number.POSITIVE_INFINITY ? this.#sequences.length : this.#place(this.#until);
    return Math.max(0, end - this.#start);
  }

  /** All that ever came, so that what is new since a pause can be counted. */
  get total(): number {
    return this.#rows.next;
  }

  at(index: number): LogRow | undefined {
    return this.#rows.at(this.#sequences[this.#start + index] ?? -1);
  }

  idAt(index: number): string | undefined {
    return this.at(index)?.key;
  }

  indexOf(id: string): number {
    const sequence = Number(id.slice('line-'.length));
    const place = this.#place(sequence);
    return this.#sequences[place] === sequence ? Math.max(-1, place - this.#start) : -1;
  }

  /** The nearest row from `index` in a direction that fits, or -1. */
  nextWhere(index: number, direction: 1 | -1, fits: (row: LogRow) => boolean): number {
    for (let at = index + direction; at >= 0 && at < this.length; at += direction) {
      const row = this.at(at);
      if (row && fits(row)) return at;
    }
    return -1;
  }

  #place(sequence: number): number {
    let low = 0;
    let high = this.#sequences.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sequences[middle] as number) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Lines per severity in equal slices of time, for a histogram: the slices end with the last line. */
export function histogram(
  view: LogView,
  slices: number,
): { counts: number[]; worst: (EventSeverity | null)[]; from: number; to: number } {
  const times: [number, EventSeverity | null][] = [];
  for (let index = Math.max(0, view.length - MOST_COUNTED); index < view.length; index += 1) {
    const item = view.at(index)?.item;
    if (item?.kind === 'entry' && item.entry.time) times.push([Date.parse(item.entry.time), item.entry.severity]);
  }
  const from = Math.min(...times.map(([time]) => time));
  const to = Math.max(...times.map(([time]) => time));
  const counts = Array.from({ length: slices }, () => 0);
  const worst = Array.from({ length: slices }, (): EventSeverity | null => null);
  for (const [time, severity] of times) {
    const slice = to === from ? slices - 1 : Math.min(slices - 1, Math.floor(((time - from) / (to - from)) * slices));
    counts[slice] = (counts[slice] ?? 0) + 1;
    if (severity && severities.indexOf(severity) > severities.indexOf(worst[slice] ?? 'DEBUG')) worst[slice] = severity;
  }
  return { counts, worst, from, to };
}

const BEFORE = 100; // lines of a source that is taken in later
const MOST_TYPES = 100;
const MOST_COUNTED = 5000;
