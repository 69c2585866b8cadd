// What is kept when the program breaks: the error and where it happened, in a file of the user's own, without secrets.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from '../../src/text/redact.ts';
import { version } from '../../src/version.ts';

/** The path, or null where it could not be written. Never throws: it runs while everything else is breaking. */
export function writeCrashReport(error: unknown, folder: string, now: Date = new Date()): string | null {
  const path = join(folder, `crash-${now.toISOString().replace(/[:.]/g, '-')}.txt`);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const report = [
    `aim ${version}, Node ${process.version}, ${process.platform} ${process.arch}`,
    now.toISOString(),
    '',
    text,
    '',
  ].join('\n');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, redact(report), { mode: 0o600 });
    return path;
  } catch {
    return null;
  }
}
