// What the dashboard remembers from one run to the next: columns, palette lines, hints that were seen. Never what a server said.

import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolderSync } from '../settings/make-folder.ts';

export type Memories = {
  /** The chosen columns of each list, in order. */
  columns: Record<string, readonly string[]>;
  /** Lines of the palette, the latest first. */
  palette: readonly string[];
  /** Hints that need not be given again. */
  hints: readonly string[];
};

export type Remembered = {
  get<Key extends keyof Memories>(key: Key): Memories[Key];
  /** Written at once and without complaint: a home that cannot be written to costs nothing but the memory. */
  set<Key extends keyof Memories>(key: Key, value: Memories[Key]): void;
};

export function createRemembered(path: string): Remembered {
  const memories = read(path);
  return {
    get: (key) => memories[key],
    set(key, value) {
      // Another dashboard may have written meanwhile: only this member is ours to say.
      Object.assign(memories, read(path), { [key]: value });
      write(path, memories);
    },
  };
}

/** Lines that hold a secret stay on the screen on which they were typed. */
export const isSecret = (line: string): boolean => /secret|password|token|passwd|bearer|api-?key/i.test(line);

function read(path: string): Memories {
  const nothing: Memories = { columns: {}, palette: [], hints: [] };
  try {
    const held = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<keyof Memories, unknown>>;
    return {
      columns: Object.fromEntries(
        Object.entries(objectOf(held.columns)).flatMap(([name, keys]) => (isTexts(keys) ? [[name, keys]] : [])),
      ),
      palette: isTexts(held.palette) ? held.palette : [],
      hints: isTexts(held.hints) ? held.hints : [],
    };
  } catch {
    return nothing;
  }
}

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= 1000 && value.every((item) => typeof item === 'string');

function write(path: string, memories: Memories): void {
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    makeFolderSync(dirname(path));
    writeFileSync(beside, `${JSON.stringify(memories, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(beside, path);
  } catch {
    rmSync(beside, { force: true });
  }
}
