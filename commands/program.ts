// Where this program's own files are, built or from source, so that it can start itself and its parts as child processes.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
const fromSource = here.endsWith('.ts');

/** The file to give to `process.execPath` for a part by its name in the build: `aim`, `demo/files`. */
export function programFile(part: string): string {
  return fromSource ? join(dirname(here), `${part === 'aim' ? 'main' : part}.ts`) : join(distFolder(), `${part}.js`);
}

// Code splitting puts this module into a chunk at a depth of the bundler's choosing.
function distFolder(): string {
  let folder = dirname(here);
  while (!existsSync(join(folder, 'aim.js')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
