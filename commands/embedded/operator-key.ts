// The key of an embedded control plane's operator, in a file that only the user can read who started it first.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const operatorKeyFile = (folder: string): string => join(folder, 'operator.key');

/** Null where it cannot be read. */
export function operatorKey(folder: string): string | null {
  try {
    return readFileSync(operatorKeyFile(folder), 'utf8').trim() || null;
  } catch {
    return null;
  }
}
