// A folder of ours and those above it. Node's own recursive mkdir never comes back from a file system that takes no folders, as /proc.

import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes it, 0700, where it is not there. @throws the system's error where it cannot be made. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (await isFolder(path)) return;
    if (!isMissing(error)) throw error;
    await makeFolder(dirname(path));
    // Once more only: another process may have made it meanwhile, or the place takes none.
    await mkdir(path, { mode: 0o700 }).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again;
    });
  }
}

/** The same at once. */
export function makeFolderSync(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (isFolderSync(path)) return;
    if (!isMissing(error)) throw error;
    makeFolderSync(dirname(path));
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (again) {
      if (!isFolderSync(path)) throw again;
    }
  }
}

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

function isFolderSync(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
