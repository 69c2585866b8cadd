// A file that a verb writes where the caller says: whole, or as it was. A full disk leaves nothing half-written.

import { randomBytes } from 'node:crypto';
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Through links to the file itself, with the mode that it had. What is no file, as a pipe or a device, is written to. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const real = await realpath(path).catch(() => path);
  const before = await stat(real).catch(() => null);
  if (before !== null && !before.isFile()) return writeFile(real, text);
  const beside = join(dirname(real), `.${basename(real)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(beside, text, { flag: 'wx' });
    if (before !== null) await chmod(beside, before.mode & 0o7777);
    await rename(beside, real);
  } catch (error) {
    await rm(beside, { force: true });
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}
