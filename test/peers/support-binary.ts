// The single executable, built once for the files of tests that need it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Binary = { path: string; folder: string; remove(): void };

/** AIM_BINARY names one that is built already. */
export function buildBinary(): Binary {
  const folder = mkdtempSync(join(tmpdir(), 'aim-binary-'));
  const path = process.env['AIM_BINARY'] ?? join(folder, 'aim');
  const script = fileURLToPath(new URL('../../scripts/build-binary.ts', import.meta.url));
  if (process.env['AIM_BINARY'] === undefined)
    execFileSync(process.execPath, [script], { env: { ...process.env, AIM_BINARY: path } });
  return { path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
