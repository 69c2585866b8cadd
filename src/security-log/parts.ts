// The parts of a log that rotation left, oldest first: security.log.5.gz … security.log.1, security.log.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type Part = {
  path: string;
  inode: number;
  size: number;
  packed: 'gz' | 'zst' | null;
  isCurrent: boolean;
};

/** Also names with dates, as logrotate's `dateext` and Python's TimedRotatingFileHandler give. A part being compressed counts once. */
export async function partsOf(file: string): Promise<Part[]> {
  const parts: (Part & { order: [number, string] })[] = [];
  const name = basename(file);
  const names = await readdir(dirname(file)).catch(() => []);
  for (const candidate of names.filter((other) => other.startsWith(name))) {
    const order = orderOf(candidate.slice(name.length));
    if (!order) continue;
    const path = join(dirname(file), candidate);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile() && candidate !== name) continue;
    if (!found) continue;
    const packed = candidate.endsWith('.gz') ? 'gz' : candidate.endsWith('.zst') ? 'zst' : null;
    parts.push({ path, inode: found.ino, size: found.size, packed, isCurrent: candidate === name, order });
  }
  const plain = new Set(parts.filter((part) => !part.packed).map((part) => part.path));
  return parts
    .filter((part) => !part.packed || !plain.has(part.path.replace(PACKED, '')))
    .sort((a, b) => a.order[0] - b.order[0] || (a.order[1] < b.order[1] ? -1 : 1))
    .map(({ order: _, ...part }) => part);
}

/** Where a part belongs: dated ones before numbered ones (of which the highest is the oldest), the current one last. */
function orderOf(suffix: string): [number, string] | null {
  if (suffix === '') return [1, ''];
  const plain = suffix.replace(PACKED, '');
  const number = /^\.(\d{1,6})$/.exec(plain);
  if (number) return [-Number(number[1]), ''];
  return /^[-._]\d{4}-?\d\d-?\d\d(?:[-_T.]?[\d:-]+)?$/.test(plain) ? [-1e9, plain] : null;
}

const PACKED = /\.(?:gz|zst)$/;
