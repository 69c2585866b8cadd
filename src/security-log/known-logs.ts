// The logs that the program knows without being told: the one of this environment, the demo's, other tools', its own.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Paths } from '../settings/settings.ts';

export type KnownLogs = {
  /** Those that are there now. */
  existing: string[];
  /** Those that may come to be there: worth waiting for. */
  expected: string[];
};

export function knownLogs(environment: Readonly<Record<string, string | undefined>>, paths: Paths): KnownLogs {
  const named = environment['AIM_SECURITY_LOG_FILE'];
  const expected = [...new Set([...(named ? [named] : []), join(paths.state, 'demo', 'security.log')])];
  const others = [join(paths.home, '.opena2a', 'correlated-events.jsonl'), paths.log];
  return { existing: [...expected, ...others].filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile()), expected };
}
