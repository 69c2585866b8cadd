// Where this program's own files are, built, from source or inside the single executable, so that it can start itself and its parts.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { url } = import.meta;
/** The single executable. */
export const isBinary = /^file:\/\/\/(?:C:\/)?aim-terminal-binary\//.test(url);
const fromSource = url.endsWith('.ts');

/** The first word for `process.execPath`, for a part by its name in the build: `aim`, `demo/files`. */
export function programFile(part: string): string {
  if (isBinary) return `aim-part:${part}`;
  return fromSource
    ? join(dirname(fileURLToPath(url)), `${part === 'aim' ? 'main' : part}.ts`)
    : join(distFolder(), `${part}.js`);
}

/** The file on the disk that is this build; another one has another. */
export const buildFile = (): string => (isBinary ? process.execPath : (process.argv[1] ?? ''));

// Code splitting puts this module into a chunk at a depth of the bundler's choosing.
function distFolder(): string {
  let folder = dirname(fileURLToPath(url));
  while (!existsSync(join(folder, 'aim.js')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
