// Builds the dashboard of the figures and the server that it reads, and runs one against the other, each in a process of its own.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'aim-bench-'));
await build({
  entryPoints: {
    'under-load': join(root, 'bench/dashboard/under-load.ts'),
    'event-server': join(root, 'bench/dashboard/event-server.ts'),
  },
  outdir: scratch,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  alias: { 'react-devtools-core': join(root, 'scripts/no-devtools.ts') },
  external: ['keytar', 'pg-native'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

/** What `under-load` measured, as its JSON. `seconds` of each part of it. */
export async function run(kind: string, rate: number, seconds = 5): Promise<unknown> {
  const server: ChildProcess = spawn(process.execPath, [join(scratch, 'event-server.mjs'), String(rate)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve) => server.stdout?.once('data', (text) => resolve(String(text).trim())));
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', join(scratch, 'under-load.mjs'), `http://127.0.0.1:${port}`, kind, String(seconds)],
      { encoding: 'utf8', timeout: 60_000 + seconds * 2000 },
    );
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  } finally {
    server.kill();
  }
}

export const remove = (): void => rmSync(scratch, { recursive: true, force: true });
