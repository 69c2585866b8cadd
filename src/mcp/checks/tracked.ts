// Whether git keeps a file, read from its index: no program of a repository's own configuration is run to find out.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export function isTracked(path: string): boolean {
  try {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const git = join(folder, '.git');
      if (existsSync(git)) return indexOf(git).includes(entryOf(relative(folder, path)));
      if (dirname(folder) === folder) return false;
    }
  } catch {
    return false; // what cannot be read is not said
  }
}

// Each path in the index ends in NUL (versions 2 and 3, which git writes unless told otherwise).
const entryOf = (path: string): string => `${path.split(sep).join('/')}\0`;

// In a worktree, `.git` is a file that names the folder.
function indexOf(git: string): string {
  const folder = statSync(git).isDirectory()
    ? git
    : resolve(
        dirname(git),
        readFileSync(git, 'utf8')
          .replace(/^gitdir:\s*/, '')
          .trim(),
      );
  return readFileSync(join(folder, 'index'), 'utf8');
}
