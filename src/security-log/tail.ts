// What `tail -F` should be: the last lines of a log over all its rotated parts, then every new one, with what is missing said in place.

import { ChainCheck, type ChainFinding } from './chain-check.ts';
import type { LogItem, LogPosition, TailOptions } from './entry.ts';
import { type LinesRead, type Position, tailBefore } from './file-reader.ts';
import { type Followed, follow } from './follow.ts';
import { JournalExport } from './journal-export.ts';
import { KnownParts } from './known-parts.ts';
import type { Line } from './lines.ts';
import { mergeByTime, mergeLive } from './merge.ts';
import { lastLinesOf, partLines } from './part-lines.ts';
import { isJournalExport, openParts, type Part } from './parts.ts';
import { readLogLine } from './read-line.ts';
import { SkewWatch } from './skew.ts';

// Lines travel in batches, one for each read, and are parsed when they are asked for: an async step for each line costs more than reading it.

/** The backlog of all files merged by time, then their new lines as they come. Ends with the signal, or after the backlog without `follow`. */
export async function* tail(files: readonly string[], options: TailOptions = {}): AsyncGenerator<LogItem, void, undefined> {
  const ending = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ending.signal]) : ending.signal;
  const tails = [...new Set(files)].map((file) => new FileTail(file, options));
  const { sources = [], backlog = 10 } = options;
  try {
    const before = [...tails.map((one) => one.backlog()), ...sources.map((one) => one.backlog(backlog, signal))];
    // A loop, not `yield*`: delegating from an async generator costs every line two more promises.
    for await (const items of mergeByTime(before)) {
      for (const item of items) {
        if (signal.aborted) return;
        yield item;
      }
    }
    if (!options.follow) return;
    const live = [...tails, ...sources].map((one) => {
      const lines = one.live(signal);
      // Alone, a log is in its own order whatever its clock says.
      return tails.length + sources.length > 1 ? withSkew(one.name, lines) : lines;
    });
    for await (const items of mergeLive(live, signal)) {
      for (const item of items) {
        if (signal.aborted) return;
        yield item;
      }
    }
  } finally {
    ending.abort();
    await Promise.all(tails.map((one) => one.close()));
  }
}

async function* withSkew(name: string, batches: AsyncGenerator<Iterable<LogItem>>): AsyncGenerator<Iterable<LogItem>> {
  const watch = new SkewWatch(name);
  for await (const batch of batches) {
    const now = Date.now();
    const items: LogItem[] = [];
    for (const item of batch) {
      const hint = watch.take(item, now);
      if (hint) items.push(hint);
      items.push(item);
    }
    yield items;
  }
}

class FileTail {
  readonly #file: string;
  readonly #count: number;
  readonly #isFollowing: boolean;
  readonly #resume: LogPosition | null;
  /** Links up to this number were read before, in a file that is not there any more. */
  #seenSeq = 0;
  readonly #chain = new ChainCheck();
  readonly #journal = new JournalExport();
  #inode = 0;
  #position: Position | null = null;
  #parts: Part[] = [];
  #closeParts = async (): Promise<void> => {};

  constructor(file: string, { backlog = 10, follow: isFollowing = false, resume }: TailOptions) {
    this.#file = file;
    this.#count = backlog;
    this.#isFollowing = isFollowing;
    this.#resume = resume?.[file] ?? null;
  }

  get name(): string {
    return this.#file;
  }

  /** One log that cannot be read takes nothing from the others. */
  async *backlog(): AsyncGenerator<Iterable<LogItem>> {
    try {
      yield* this.#backlog();
    } catch (error) {
      yield [notice('missing', this.#file, `${this.#file} cannot be read: ${reason(error)}`)];
    }
  }

  async *#backlog(): AsyncGenerator<Iterable<LogItem>> {
    const { parts, close } = await openParts(this.#file);
    this.#parts = parts;
    this.#closeParts = close;
    this.#position = await positionAtEnd(parts, this.#isFollowing);
    const { chosen, missing } = this.#resume ? this.#resumed(this.#resume) : await startOf(this.#parts, this.#count);
    yield missing;
    for (const { part, from, skip } of chosen) {
      let left = skip;
      try {
        for await (const lines of partLines(part, from)) {
          const wanted = left > 0 ? lines.slice(left) : lines;
          left = Math.max(0, left - lines.length);
          yield this.#items(part, part.isCurrent ? wanted.filter((line) => this.#isBeforeEnd(line)) : wanted);
        }
      } catch (error) {
        yield [notice('missing', this.#file, `${part.path} cannot be read to its end: ${reason(error)}`)];
        this.#chain.forget();
      }
    }
  }

  async *live(signal: AbortSignal): AsyncGenerator<Iterable<LogItem>> {
    if (this.#parts.some(({ isPipe }) => isPipe)) return; // it was read to its end
    const start = this.#position;
    this.#position = null;
    const seen = new KnownParts();
    for (const part of this.#parts) {
      seen.add(part);
      if (!part.packed && part.handle && !signal.aborted) await seen.addHead(part);
    }
    const others = this.#parts.filter(({ handle }) => handle && handle !== start?.handle);
    await Promise.all(others.map(({ handle }) => handle?.close()));
    this.#closeParts = async () => {};
    for await (const followed of follow(this.#file, start, seen, signal)) yield this.#said(followed);
  }

  async close(): Promise<void> {
    await this.#closeParts();
  }

  *#said(followed: Followed): Generator<LogItem> {
    if (followed.kind === 'lines' && followed.isLate) yield* this.#lateItems(followed);
    else if (followed.kind === 'lines') yield* this.#items(followed, followed.lines);
    else if (followed.kind === 'rotated') yield notice('rotated', this.#file, 'The file was rotated.');
    else if (followed.kind === 'missing') yield notice('missing', this.#file, 'The file is not there. Waiting for it.');
    else {
      const text = followed.recovered
        ? `The file was cut at its beginning; what had not been read was found in its copy.`
        : `The file was cut at its beginning. What was written behind byte ${followed.from} before that, and not read yet, is lost.`;
      yield notice('truncated', this.#file, text);
    }
  }

  /** From the place where an earlier reading ended; when that file is gone, everything behind the last link that was read. */
  #resumed({ inode, offset, seq }: LogPosition): { chosen: Start[]; missing: LogItem[] } {
    const at = this.#parts.findIndex((part) => part.inode === inode && !part.packed && part.size >= offset);
    if (at < 0) this.#seenSeq = seq ?? 0;
    const chosen = this.#parts
      .slice(Math.max(0, at))
      .map((part, index) => ({ part, from: index === 0 && at >= 0 ? offset : 0, skip: 0 }));
    return { chosen, missing: [] };
  }

  *#items({ path, inode }: { path: string; inode: number }, lines: readonly Line[]): Generator<LogItem> {
    if (inode !== this.#inode) this.#chain.begin();
    this.#inode = inode;
    for (const line of lines) {
      const { number, offset, left } = line;
      let { bytes } = line;
      if (this.#journal.isOpen || JournalExport.begins(bytes)) {
        const record = this.#journal.take(bytes);
        if (!record) continue;
        bytes = record;
      }
      const finding = this.#chain.next(bytes, left === 0);
      if (finding?.kind === 'repeated') continue;
      if (finding) yield chainNotice(finding, path);
      if (bytes.length === 0 && left === 0) continue;
      if (this.#seenSeq > 0 && (this.#chain.seq ?? 0) <= this.#seenSeq) continue;
      const end = offset + line.bytes.length + left + 1;
      yield {
        kind: 'entry',
        entry: readLogLine(bytes, { file: path, line: number, offset, left, log: this.#file, inode, end }),
      };
    }
  }

  /** Of a part that was still being compressed when its turn came. They stand out of their order, so the chain is not followed through them. */
  *#lateItems({ path, inode, lines }: LinesRead): Generator<LogItem> {
    const text = `${lines.length === 1 ? 'The next line belongs' : `The next ${lines.length} lines belong`} before those above: they were found late, in ${path}.`;
    yield notice('gap', this.#file, text, lines.length);
    for (const { bytes, number, offset, left } of lines) {
      const end = offset + bytes.length + left + 1;
      yield {
        kind: 'entry',
        entry: readLogLine(bytes, { file: path, line: number, offset, left, log: this.#file, inode, end }),
      };
    }
  }

  /** A half line, or one that was written after we looked, comes when the file is followed. */
  #isBeforeEnd(line: Line): boolean {
    return line.offset < (this.#position?.offset ?? Number.POSITIVE_INFINITY);
  }
}

/** Behind the last whole line, if more may come: half a line is then read again when it is whole. */
async function positionAtEnd(parts: readonly Part[], isFollowing: boolean): Promise<Position | null> {
  const current = parts.find(({ isCurrent }) => isCurrent);
  if (!current?.handle || current.isPipe) return null;
  const { size } = await current.handle.stat();
  const offset = isFollowing ? (await lastLinesOf(current.handle, size, 0)).offset : size;
  // At once: by the time that the file is followed it may have been cut, and have grown beyond this place again.
  return { handle: current.handle, inode: current.inode, offset, tail: await tailBefore(current.handle, offset) };
}

type Start = { part: Part; from: number; skip: number };

/** From which part, and where in it, the last `count` lines begin. */
async function startOf(parts: readonly Part[], count: number): Promise<{ chosen: Start[]; missing: LogItem[] }> {
  const chosen: Start[] = [];
  const missing: LogItem[] = [];
  let wanted = count;
  for (const part of [...parts].reverse()) {
    if (wanted <= 0) break;
    if (count === Number.POSITIVE_INFINITY) {
      chosen.unshift({ part, from: 0, skip: 0 });
      continue;
    }
    try {
      const { from, lines, skip } = await lastOf(part, wanted);
      chosen.unshift({ part, from, skip });
      wanted -= lines;
    } catch (error) {
      missing.push(notice('missing', part.path, `${part.path} cannot be read: ${reason(error)}`));
    }
  }
  return { chosen, missing };
}

async function lastOf(part: Part, wanted: number): Promise<{ from: number; lines: number; skip: number }> {
  if (part.packed) {
    let lines = 0;
    for await (const some of partLines(part)) lines += some.length;
    return { from: 0, lines: Math.min(lines, wanted), skip: Math.max(0, lines - wanted) };
  }
  if (!part.handle) throw new Error('it may not be read');
  if (part.isPipe) return { from: 0, lines: 0, skip: 0 };
  const { size } = await part.handle.stat();
  // A record has dozens of lines, and only its first one says that it is one.
  const perEntry = (await isJournalExport(part.handle)) ? LINES_OF_RECORD : 1;
  const { offset, lines } = await lastLinesOf(part.handle, size, wanted * perEntry);
  if (perEntry > 1) return { from: await recordAt(part.handle, offset), lines: Math.ceil(lines / perEntry), skip: 0 };
  return { from: offset, lines, skip: 0 };
}

/** The first record from there on. */
async function recordAt(handle: NonNullable<Part['handle']>, offset: number): Promise<number> {
  if (offset === 0) return 0;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(WINDOW), 0, WINDOW, offset);
  const found = buffer.subarray(0, bytesRead).indexOf('\n__CURSOR=');
  return found < 0 ? offset : offset + found + 1;
}

const LINES_OF_RECORD = 30;
const WINDOW = 256 * 1024;

function chainNotice(finding: Exclude<ChainFinding, { kind: 'repeated' }>, file: string): LogItem {
  switch (finding.kind) {
    case 'gap':
      return notice(
        'gap',
        file,
        `${finding.count} ${finding.count === 1 ? 'line is' : 'lines are'} missing after number ${finding.after}.`,
        finding.count,
      );
    case 'tampered':
      return notice('tampered', file, `Line number ${finding.seq}, or one right behind it, was changed after it was written.`);
    case 'disordered':
      return notice(
        'tampered',
        file,
        `Line number ${finding.seq} stands after number ${finding.after}: lines were put in or moved.`,
      );
    case 'restarted':
      return notice('gap', file, `A new chain begins here. What followed number ${finding.after} cannot be checked.`);
    case 'unchecked':
      return notice(
        'gap',
        file,
        `Too much of other writers stands before line number ${finding.seq} to say whether it is sealed.`,
      );
    case 'unsealed':
      return notice('gap', file, `${finding.count} of the lines before this are not sealed by the chain.`, finding.count);
  }
}

const notice = (
  kind: Extract<LogItem, { kind: 'notice' }>['notice'],
  file: string,
  text: string,
  count: number | null = null,
): LogItem => ({
  kind: 'notice',
  notice: kind,
  text,
  file,
  count,
});

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
