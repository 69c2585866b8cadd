// Every verb there is. The palette, the keys, the help and the reference page read this list; the command line loads by verbs.ts.

import type { Action } from './action.ts';
import { showVersion } from './version.ts';

export const registry: readonly Action[] = [showVersion];
