// A file that was cut at its beginning: what we had not read yet stands in the copies that logrotate's copytruncate made of it.

import type { FileReader } from './file-reader.ts';
import type { Followed } from './follow.ts';
import { bytesOf, type KnownParts } from './known-parts.ts';
import { partLines } from './part-lines.ts';
import { openParts, type Part, partsOf } from './parts.ts';

/**
 * Gives what was not read from the copies: behind our place in the one that has the same bytes before it, and all of those that
 * were made after that. Answers whether the file was cut, and then begins it anew.
 */
export async function* recover(
  file: string,
  one: FileReader,
  seen: KnownParts,
  isCut: boolean,
): AsyncGenerator<Followed, boolean> {
  const { parts, close } = await openParts(file);
  try {
    const current = parts.find((part) => part.isCurrent);
    // Renamed by now, perhaps without a successor: then the copy is what a compressor made of it, and nothing was cut.
    if (current ? current.inode !== one.inode : !isCut) return false;
    const copies: Part[] = [];
    for (const part of parts) {
      if (part.isCurrent || seen.has(part)) continue;
      // A copy is made first, and then the file is cut. Until then both hold the same, and we read it where it is.
      if (!current || !(await beginAlike(part, current))) copies.push(part);
    }
    if (copies.length === 0 && !isCut) return false;
    let at = 0;
    while (at < copies.length && !(await isCopyOf(copies[at] as Part, one, seen))) at += 1;
    if (at === copies.length && !isCut) {
      // Not made of what we read: an older part that was compressed, or somebody's own copy.
      for (const copy of copies) seen.add(copy);
      return false;
    }
    const from = one.offset;
    if (at < copies.length) {
      await seen.addHead(copies[at] as Part);
      yield* restOfCopy(copies[at] as Part, one);
    }
    for (const later of copies.slice(at + 1)) {
      // A compressed one may be an older copy in another form.
      if (later.packed && (await seen.isCopy(later)) !== false) continue;
      await seen.addHead(later);
      for await (const lines of partLines(later))
        if (lines.length > 0) yield { kind: 'lines', path: later.path, inode: later.inode, lines };
    }
    for (const copy of copies) seen.add(copy);
    yield { kind: 'truncated', path: file, recovered: at < copies.length, from };
    one.restart();
    return true;
  } finally {
    await close();
  }
}

/**
 * Reads the first lines of a file that begins anew. It may be cut once more just before we read it: then a copy is there that is
 * not what we read, and its lines come first. Answers whether to look again.
 */
export async function* readFirst(file: string, one: FileReader, seen: KnownParts): AsyncGenerator<Followed, boolean> {
  if (await hasNewCopy(file, seen)) if (yield* recover(file, one, seen, false)) return true;
  const reading = one.readOn();
  const first = await reading.next();
  if (first.done) return false;
  if (await wasCutMeanwhile(file, one, seen)) {
    one.restart();
    return true;
  }
  yield first.value;
  yield* reading;
  return false;
}

const hasNewCopy = async (file: string, seen: KnownParts): Promise<boolean> =>
  (await partsOf(file)).some((part) => !part.isCurrent && !seen.has(part));

async function wasCutMeanwhile(file: string, { inode }: FileReader, seen: KnownParts): Promise<boolean> {
  if (!(await hasNewCopy(file, seen))) return false;
  const { parts, close } = await openParts(file);
  try {
    const current = parts.find((part) => part.isCurrent);
    // Renamed by now: then what we read is of our own file, whatever a compressor does beside it.
    if (current?.inode !== inode) return false;
    const last = parts.filter((part) => !part.isCurrent && !seen.has(part)).at(-1);
    return last !== undefined && last.packed === null && !(await beginAlike(last, current));
  } finally {
    await close();
  }
}

async function* restOfCopy(part: Part, one: FileReader): AsyncGenerator<Followed> {
  let held = one.takeRest();
  for await (const lines of partLines(part, one.offset)) {
    const [first] = lines;
    if (!first) continue;
    // The half line that we hold and the first line of the copy are one line.
    if (held) lines[0] = { ...first, bytes: Buffer.concat([held.bytes, first.bytes]), offset: held.offset };
    held = null;
    yield { kind: 'lines', path: part.path, inode: part.inode, lines };
  }
}

/** Has the same bytes before our place. Where we have read nothing yet, every copy has that is new. */
async function isCopyOf(part: Part, { offset, tail }: FileReader, seen: KnownParts): Promise<boolean> {
  if (offset === 0) return part.packed === null || (await seen.isCopy(part)) === false;
  // Its size was looked up while it was still being made: only its bytes tell.
  return (await bytesOf(part, offset - tail.length, tail.length))?.equals(tail) ?? false;
}

async function beginAlike(copy: Part, current: Part): Promise<boolean> {
  const [one, other] = [await bytesOf(copy, 0, HEAD), await bytesOf(current, 0, HEAD)];
  if (!one || !other) return false;
  // Nothing of the copy is there yet, of a file that is not empty.
  if (one.length === 0) return other.length > 0;
  const length = Math.min(one.length, other.length);
  return length > 0 && one.subarray(0, length).equals(other.subarray(0, length));
}

const HEAD = 256;
