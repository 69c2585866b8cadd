// Searches and counts whole logs, all their parts, oldest first: large ones with several threads.

import { blocksOf } from './blocks.ts';
import { type Crew, openCrew } from './crew/crew.ts';
import { type Beginning, rangesOf } from './crew/ranges.ts';
import { entriesOf } from './crew/tasks.ts';
import type { LogEntry } from './entry.ts';
import { JournalExport } from './journal-export.ts';
import type { CompiledQuery } from './log-query.ts';
import { isJournalExport, openParts, type Part } from './parts.ts';
import { type BlockFound, countBlock, type Depth, type LongLine, searchBlock } from './search-block.ts';
import { addCounts, type LogCounts, noCounts, Tally } from './tally.ts';

/** `long`: lines of which only the beginning was looked at, by where they stand. */
export type Searched = { lines: number; bytes: number; parsed: number; long: (LongLine & { file: string })[] };

export const noneSearched = (): Searched => ({ lines: 0, bytes: 0, parsed: 0, long: [] });
/** From how many bytes on a part is shared among threads, in pieces of how many, and whose threads. */
export type Sharing = { least?: number; length?: number; crew?: Crew };

/** Every line of all parts that fits, oldest first. `searched` grows while it runs. */
export async function* searchLog(
  file: string,
  query: CompiledQuery,
  searched: Searched = noneSearched(),
  sharing: Sharing = {},
): AsyncGenerator<LogEntry[]> {
  const { parts, close } = await openParts(file);
  const crew = new LazyCrew(sharing);
  const took = (file: string, bytes: number, { lines, parsed, long }: Pick<BlockFound, 'lines' | 'parsed' | 'long'>) => {
    searched.lines += lines;
    searched.bytes += bytes;
    searched.parsed += parsed;
    for (const line of long) searched.long.push({ ...line, file });
  };
  try {
    for (const part of parts) {
      let before = 0;
      const shared = await sharedRanges(part, crew, sharing);
      if (shared) {
        const tasks = shared.ranges.map((range) => ({ kind: 'search' as const, range, asked: query.asked }));
        for await (const answer of shared.crew.answers(tasks)) {
          const found = entriesOf(answer, part.path, before);
          before += answer.lines;
          took(part.path, answer.size, answer);
          if (found.length > 0) yield found;
        }
        continue;
      }
      const journal = new JournalExport();
      for await (const block of blocksOf(part)) {
        const answer = searchBlock(block, part.path, 1 + before, query, journal);
        before += answer.lines;
        took(part.path, block.bytes.length + block.left, answer);
        if (answer.found.length > 0) yield answer.found;
      }
    }
  } finally {
    await crew.close();
    await close();
  }
}

/** Adds what fits to `counts`. */
export async function countLog(
  file: string,
  query: CompiledQuery | null,
  { counts = noCounts(), depth = 'all', ...sharing }: { counts?: LogCounts; depth?: Depth } & Sharing = {},
): Promise<LogCounts> {
  const { parts, close } = await openParts(file);
  const crew = new LazyCrew(sharing);
  try {
    for (const part of parts) {
      const shared = await sharedRanges(part, crew, sharing);
      if (shared) {
        const tasks = shared.ranges.map((range) => ({ kind: 'count' as const, range, asked: query?.asked ?? null, depth }));
        for await (const answer of shared.crew.answers(tasks)) addCounts(counts, answer);
        continue;
      }
      const tally = new Tally(counts);
      const journal = new JournalExport();
      for await (const block of blocksOf(part)) countBlock(block, query, depth, tally, journal);
      tally.close();
    }
    return counts;
  } finally {
    await crew.close();
    await close();
  }
}

/** A crew that is called together when the first part is large enough for it. */
export class LazyCrew {
  #crew: Crew | null | undefined;
  readonly #isOwn: boolean;

  constructor({ crew }: Sharing) {
    this.#crew = crew;
    this.#isOwn = crew === undefined;
  }

  get(): Crew | null {
    if (this.#crew === undefined) this.#crew = openCrew();
    return this.#crew;
  }

  async close(): Promise<void> {
    if (this.#isOwn) await this.#crew?.close();
  }
}

export async function sharedRanges(
  { packed, handle, size, isPipe }: Part,
  lazy: LazyCrew,
  how: Sharing & { beginning?: Beginning },
): Promise<{ crew: Crew; ranges: NonNullable<Awaited<ReturnType<typeof rangesOf>>> } | null> {
  if (packed || !handle || isPipe) return null;
  // A record of several lines must not be cut in two.
  if (await isJournalExport(handle)) return null;
  const ranges = await rangesOf(handle, size, how);
  const crew = ranges && lazy.get();
  return ranges && crew ? { crew, ranges } : null;
}
