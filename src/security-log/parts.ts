// The parts of a log that rotation left, oldest first: security.log.5.gz … security.log.1, security.log.

import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { JournalExport } from './journal-export.ts';

export type Part = {
  path: string;
  inode: number;
  /** When the file was made: an inode alone is used again for another. */
  born: number;
  size: number;
  packed: 'gz' | 'zst' | null;
  isCurrent: boolean;
  /** It can be read once, from its beginning to its end. */
  isPipe: boolean;
  /** Open since it was listed, so that renaming or removing it takes nothing away. Null where it may not be read. */
  handle?: FileHandle | null;
};

/** What tells a file from all others that had or will have its inode. */
export const keyOf = ({ inode, born }: Pick<Part, 'inode' | 'born'>): string => `${inode}:${born}`;

/** All parts as they are at one moment, each open. A rotation in between is noticed, and everything looked at again. */
export async function openParts(file: string): Promise<{ parts: Part[]; close(): Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const parts = await partsOf(file);
    for (const part of parts) part.handle = await open(part.path, 'r').catch(() => null);
    const close = async () => {
      await Promise.all(parts.map((part) => part.handle?.close().catch(() => {})));
    };
    if (attempt >= ATTEMPTS || (await isAsListed(file, parts))) return { parts, close };
    await close();
  }
}

/** Records of several lines, by how the file begins. */
export async function isJournalExport(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
  return JournalExport.begins(buffer.subarray(0, bytesRead));
}

/** Neither opened under another's name, nor moved while the rest was listed. */
async function isAsListed(file: string, parts: readonly Part[]): Promise<boolean> {
  for (const { handle, inode } of parts) if (handle && (await handle.stat()).ino !== inode) return false;
  const now = await partsOf(file);
  return now.length === parts.length && now.every((part, index) => part.inode === parts[index]?.inode);
}

const ATTEMPTS = 10;

/** Also names with dates, as logrotate's `dateext` and Python's TimedRotatingFileHandler give. A part being compressed counts once. */
export async function partsOf(file: string): Promise<Part[]> {
  const parts: (Part & { order: [number, string]; written: number })[] = [];
  const name = basename(file);
  const names = await readdir(dirname(file)).catch(() => []);
  for (const candidate of names.filter((other) => other.startsWith(name))) {
    const order = orderOf(candidate.slice(name.length));
    if (!order) continue;
    const path = join(dirname(file), candidate);
    const found = await stat(path).catch(() => null);
    // The current one may be a pipe or a device; nothing else may.
    if (!found || found.isDirectory() || (candidate !== name && !found.isFile())) continue;
    const packed = candidate.endsWith('.gz') ? 'gz' : candidate.endsWith('.zst') ? 'zst' : null;
    parts.push({
      path,
      inode: found.ino,
      born: found.birthtimeMs,
      size: found.size,
      packed,
      isCurrent: candidate === name,
      isPipe: found.isFIFO() || found.isSocket() || found.isCharacterDevice(),
      order,
      written: found.mtimeMs,
    });
  }
  const plain = new Set(parts.filter((part) => !part.packed).map((part) => part.path));
  const once = parts.filter((part) => !part.packed || !plain.has(part.path.replace(PACKED, '')));
  const inOrder = once
    .filter(({ path }) => !PUT_ASIDE.test(path))
    .sort((a, b) => a.order[0] - b.order[0] || (a.order[1] < b.order[1] ? -1 : 1));
  // One that logrotate put aside has no number: it belongs behind the last part that was written before it.
  for (const aside of once.filter(({ path }) => PUT_ASIDE.test(path)).sort((a, b) => a.written - b.written)) {
    const before = inOrder.findLastIndex(({ written, isCurrent }) => !isCurrent && written <= aside.written);
    inOrder.splice(before + 1, 0, aside);
  }
  return inOrder.map(({ order: _, written: __, ...part }) => part);
}

/** Where a part belongs: dated ones before numbered ones (of which the highest is the oldest), the current one last. */
function orderOf(suffix: string): [number, string] | null {
  if (suffix === '') return [1, ''];
  if (PUT_ASIDE.test(suffix)) return [0, suffix];
  const plain = suffix.replace(PACKED, '');
  const number = /^\.(\d{1,6})$/.exec(plain);
  if (number) return [-Number(number[1]), ''];
  return /^[-._]\d{4}-?\d\d-?\d\d(?:[-_T.]?[\d:-]+)?$/.test(plain) ? [-1e9, plain] : null;
}

/** `security.log-2026112314.backup`: logrotate 3 found a file where it was about to make one (createOutputFile). */
const PUT_ASIDE = /-\d{10}\.backup$/;
const PACKED = /\.(?:gz|zst)$/;
