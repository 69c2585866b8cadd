// Follows one log as it grows: over renames, truncation, copies that are truncated, deletion and replacement. Loses nothing that can still be read.

import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFirst, recover } from './copy-truncate.ts';
import { FileReader, type LinesRead, type Position } from './file-reader.ts';
import type { KnownParts } from './known-parts.ts';
import { partLines } from './part-lines.ts';
import { openParts, type Part, partsOf } from './parts.ts';
import { Wake } from './wake.ts';

export type Followed =
  | LinesRead
  | { kind: 'rotated'; path: string }
  | { kind: 'truncated'; path: string; recovered: boolean; from: number }
  | { kind: 'missing'; path: string };

/** Goes on from `start`, or from the beginning of a file that does not exist yet. Ends with the signal; closes what it opened. */
export async function* follow(
  file: string,
  start: Position | null,
  seen: KnownParts,
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  const wake = new Wake(dirname(file), signal);
  let current = start ? await FileReader.at(file, start) : null;
  let drained: FileReader[] = [];
  let isMissing = false;
  let directoryTime = 0;
  try {
    while (!signal.aborted) {
      if (current?.offset === 0 && (yield* readFirst(file, current, seen))) continue;
      const isCut = current !== null && (yield* current.readOn()) === 'cut';
      for (const late of drained) yield* late.readOn();
      drained = await stillDraining(drained);
      if (seen.hasUnfinished) yield* again(file, seen);

      const now = await stat(file).catch(() => null);
      if (current && now?.ino === current.inode) {
        // A copy that we have not seen means that the file was cut, or is about to be, also if it looks whole by now.
        const time = (await stat(dirname(file)).catch(() => null))?.mtimeMs ?? 0;
        const isNew = time !== directoryTime && (await partsOf(file)).some((part) => !part.isCurrent && !seen.has(part));
        if ((isCut || isNew) && (yield* recover(file, current, seen, isCut))) continue;
        if (!isNew) directoryTime = time;
      } else if (now?.isFile()) {
        const renamed = yield* moveOn(file, current, seen);
        drained.push(...renamed.behind);
        current = renamed.current;
        isMissing = false;
        if (current) continue;
      } else {
        if (!isMissing) yield { kind: 'missing', path: file };
        isMissing = true;
        // Rotated again before we looked, and no file was made since: all there is stands in the parts.
        if ((await partsOf(file)).some((part) => !seen.has(part))) {
          const renamed = yield* moveOn(file, current, seen);
          drained.push(...renamed.behind);
          current = renamed.current;
          if (current) continue;
        }
      }
      await wake.next();
    }
  } finally {
    wake.close();
    await Promise.all([current, ...drained].map((one) => one?.handle.close().catch(() => {})));
  }
}

/**
 * From a file that was renamed to the one that has its name now. Writers may not know of it yet, so the old one is read beside the
 * new one for a while; so are those that came and were renamed between two looks.
 */
async function* moveOn(
  file: string,
  old: FileReader | null,
  seen: KnownParts,
): AsyncGenerator<Followed, { behind: FileReader[]; current: FileReader | null }> {
  const { parts } = await openParts(file);
  const at = old === null ? -1 : parts.findIndex(({ inode }) => inode === old.inode);
  const behind: FileReader[] = old === null ? [] : [old.renamed()];
  if (old) {
    yield* old.readOn();
    await seen.addHead({ path: old.path, packed: null, handle: old.handle });
    yield { kind: 'rotated', path: file };
  }
  let current: FileReader | null = null;
  for (const [index, part] of parts.entries()) {
    const isNew = part.isCurrent || (index > at && !seen.has(part));
    seen.add(part);
    if (!isNew || !part.handle) {
      await part.handle?.close();
    } else if (part.packed) {
      yield* unlessCopy(part, seen);
    } else {
      const reader = await FileReader.at(part.path, { handle: part.handle, inode: part.inode, offset: 0 });
      if (part.isCurrent) current = reader;
      else {
        yield* reader.readOn();
        await seen.addHead(part);
        behind.push(reader);
      }
    }
  }
  return { behind, current };
}

/** One that came, was renamed and was compressed between two looks. Of one that gave some lines before, only those behind them. */
async function* unlessCopy(part: Part, seen: KnownParts, known: number | null = null): AsyncGenerator<Followed> {
  let given = 0;
  try {
    const isCopy = known === null || known === 0 ? await seen.isCopy(part) : false;
    if (isCopy === null) seen.unfinished(part, 0);
    if (isCopy !== false) return;
    await seen.addHead(part);
    for await (const lines of partLines(part)) {
      const fresh = lines.slice(Math.max(0, (known ?? 0) - given));
      given += lines.length;
      if (fresh.length > 0)
        yield { kind: 'lines', path: part.path, inode: part.inode, lines: fresh, ...(known === null ? {} : { isLate: true }) };
    }
  } catch {
    // Still being written under this name, or damaged: the chain tells what is missing until more of it is there.
    seen.unfinished(part, Math.max(given, known ?? 0));
  } finally {
    await part.handle?.close();
  }
}

/** What could not be read to its end before, and has grown since. */
async function* again(file: string, seen: KnownParts): AsyncGenerator<Followed> {
  const { parts } = await openParts(file);
  for (const part of parts) {
    const known = part.packed ? seen.grownSince(part) : null;
    if (known === null) await part.handle?.close();
    else yield* unlessCopy(part, seen, known);
  }
}

async function stillDraining(readers: readonly FileReader[]): Promise<FileReader[]> {
  for (const one of readers) if (one.isQuiet) await one.handle.close();
  return readers.filter((one) => !one.isQuiet);
}
