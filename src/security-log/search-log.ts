// Searches and counts whole logs, all their parts, oldest first: large ones with several threads.

import { blocksOf } from './blocks.ts';
import { type Crew, openCrew } from './crew/crew.ts';
import { type Beginning, rangesOf } from './crew/ranges.ts';
import { entriesOf } from './crew/tasks.ts';
import type { LogEntry } from './entry.ts';
import { JournalExport } from './journal-export.ts';
import type { CompiledQuery } from './log-query.ts';
import { isJournalExport, openParts, type Part } from './parts.ts';
import { countBlock, type Depth, searchBlock } from './search-block.ts';
import { addCounts, type LogCounts, noCounts, Tally } from './tally.ts';

export type Searched = { lines: number; bytes: number; parsed: number };
/** From how many bytes on a part is shared among threads, in pieces of how many, and whose threads. */
export type Sharing = { least?: number; length?: number; crew?: Crew };

/** Every line of all parts that fits, oldest first. `searched` grows while it runs. */
export async function* searchLog(
  file: string,
  query: CompiledQuery,
  searched: Searched = { lines: 0, bytes: 0, parsed: 0 },
  sharing: Sharing = {},
): AsyncGenerator<LogEntry[]> {
  const { parts, close } = await openParts(file);
  const crew = new LazyCrew(sharing);
  const took = (lines: number, bytes: number, parsed: number) => {
    searched.lines += lines;
    searched.bytes += bytes;
    searched.parsed += parsed;
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
          took(answer.lines, answer.size, answer.parsed);
          if (found.length > 0) yield found;
        }
        continue;
      }
      const journal = new JournalExport();
      for await (const block of blocksOf(part)) {
        const { found, lines, parsed } = searchBlock(block, part.path, 1 + before, query, journal);
        before += lines;
        took(lines, block.bytes.length, parsed);
        if (found.length > 0) yield found;
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
  { packed, handle, size }: Part,
  lazy: LazyCrew,
  how: Sharing & { beginning?: Beginning },
): Promise<{ crew: Crew; ranges: NonNullable<Awaited<ReturnType<typeof rangesOf>>> } | null> {
  if (packed || !handle) return null;
  // A record of several lines must not be cut in two.
  if (await isJournalExport(handle)) return null;
  const ranges = await rangesOf(handle, size, how);
  const crew = ranges && lazy.get();
  return ranges && crew ? { crew, ranges } : null;
}
