// Files that only their owner may read: written beside, synced, renamed, so that no reader ever sees half of one.

import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { makeFolder } from '../settings/make-folder.ts';
import { closeOwnFolder } from '../settings/own-folder.ts';

/** The text, or null where there is no such file. @throws ConfigurationError where there is one that cannot be read. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw failed('read', path, error);
  }
}

/** Writes 0600 in a 0700 folder. What was there stays whole until the new file is. @throws ConfigurationError */
export async function writePrivateFile(place: string, text: string): Promise<void> {
  // Behind a link of its owner's making, the file that it leads to: a link that is replaced leaves an old key where others look for it.
  const path = await realpath(place).catch(() => place);
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await makePrivateFolder(dirname(place)); // not that of the file behind a link, which others may use
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw failed('write', path, error);
  }
}

export async function removePrivateFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw failed('remove', path, error);
  }
}

// Other SDKs make ~/.aim with the default mode.
export async function makePrivateFolder(path: string): Promise<void> {
  await makeFolder(path);
  await closeOwnFolder(path);
}

/** The object in a JSON file, or null where there is none or it is something else: such a file is not ours to repair. */
export async function readPrivateObject(path: string): Promise<Record<string, unknown> | null> {
  const text = await readPrivateFile(path);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** As Python's `json.dump(…, indent=2)` writes it. */
export const writePrivateObject = (path: string, value: Record<string, unknown>): Promise<void> =>
  writePrivateFile(path, JSON.stringify(value, null, 2));

export const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** The error for a file that cannot be read, written or removed. */
export function failed(verb: string, path: string, error: unknown): ConfigurationError {
  const why = (error as { code?: string }).code ?? 'unknown reason';
  return new ConfigurationError('credentials.file', {
    message: `The file ${path} could not be ${verb === 'read' ? 'read' : verb === 'write' ? 'written' : 'removed'} (${why}).`,
    next: 'Check who owns it, its mode, and the space on the disk.',
    cause: error,
  });
}
