// Reads a configuration file that may be anything: missing, huge, a pipe, a loop of links. Never hangs, never throws.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

export type FileText =
  | {
      kind: 'text';
      text: string;
      mode: number;
      modifiedAt: Date;
      /** The same for two names of one file. */
      identity: string;
    }
  | { kind: 'missing' }
  | { kind: 'problem'; message: string };

/** Claude Code's own file passes 5 MB in ordinary use; beyond this it is no configuration. */
const LARGEST_FILE = 64 * 1024 * 1024;

/**
 * Small files are read at once: four trips to the thread pool cost more than the reading, and there are hundreds of places.
 * Large ones are read beside what else goes on.
 */
export async function readConfigFile(path: string, largest = LARGEST_FILE): Promise<FileText> {
  let descriptor: number | null = null;
  try {
    // Without O_NONBLOCK, opening a named pipe waits for a writer that never comes.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(descriptor);
    if (found.isDirectory()) return { kind: 'problem', message: 'A folder is where a file should be.' };
    if (!found.isFile()) return { kind: 'problem', message: 'It is not an ordinary file.' };
    if (found.size > largest) return { kind: 'problem', message: `It is larger than ${Math.round(largest / 1024 / 1024)} MB.` };
    const bytes = found.size > SMALL ? await readBeside(path) : readFileSync(descriptor);
    return {
      kind: 'text',
      text: withoutMark(bytes),
      mode: found.mode & 0o7777,
      modifiedAt: found.mtime,
      identity: found.ino === 0 ? path : `${found.dev}:${found.ino}`,
    };
  } catch (error) {
    return problemOf(error);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const SMALL = 256 * 1024;

async function readBeside(path: string): Promise<Buffer> {
  await using file = await open(path);
  return await file.readFile();
}

// Notepad and PowerShell write UTF-16, mostly with a mark; everything else is UTF-8, with or without one.
function withoutMark(bytes: Buffer): string {
  const [first, second] = bytes;
  const isSmall = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined);
  const whole = bytes.length & ~1;
  const text = isSmall
    ? bytes.toString('utf16le', 0, whole)
    : isBig
      ? Buffer.from(bytes.subarray(0, whole)).swap16().toString('utf16le')
      : bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.replace(/^\ufeff+/, '') : text;
}

/** What an error of the file system means for a file that was to be read. */
export function problemOf(error: unknown): Exclude<FileText, { kind: 'text' }> {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  const message = MESSAGES[code ?? ''] ?? `It cannot be read (${code ?? 'unknown error'}).`;
  return { kind: 'problem', message };
}

const MESSAGES: Record<string, string> = {
  EACCES: 'You may not read it.',
  EPERM: 'You may not read it.',
  EISDIR: 'A folder is where a file should be.',
  ELOOP: 'It is a link that leads back to itself.',
  ENXIO: 'It is not an ordinary file.',
  ENAMETOOLONG: 'Its path is too long.',
};
