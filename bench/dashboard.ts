// The dashboard at work: frames, processor time and the time from a key to its glyph, while a stream brings 50,000 events a second.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { figure, quantile } from './figure.ts';

type Measured = {
  fps: number;
  core: number;
  bytesPerFrame: number;
  bytesPerRow: number;
  eventsPerSecond: number;
  latencies: number[];
};

const root = fileURLToPath(new URL('..', import.meta.url));
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

const idle = (await run('idle', 0)) as { quiet: Measured };
figure({ name: 'dashboard, idle: share of a core', measured: idle.quiet.core * 100, unit: '%', goal: { atMost: 0.5 } });

const slow = (await run('load', 1000)) as { quiet: Measured };
const load = (await run('load', 50_000)) as { quiet: Measured; keys: Measured; heapGrowth: number };
const baseline = (value: (measured: Measured) => number) => ({ name: '1,000 events/s', value: value(slow.quiet) });
figure({
  name: 'dashboard, 200×50: events taken in',
  measured: load.quiet.eventsPerSecond,
  unit: 'events/s',
  goal: { atLeast: 50_000 },
});
figure({
  name: 'dashboard under load: frames',
  measured: load.quiet.fps,
  unit: 'fps',
  baseline: baseline(({ fps }) => fps),
  goal: { atLeast: 10 },
});
figure({ name: 'dashboard under load, keys pressed: frames', measured: load.keys.fps, unit: 'fps', goal: { atLeast: 30 } });
figure({
  name: 'dashboard under load: share of a core',
  measured: load.quiet.core * 100,
  unit: '%',
  baseline: baseline(({ core }) => core * 100),
  goal: { atMost: 35 },
});
figure({
  name: 'dashboard, a key pressed under load: bytes a frame',
  measured: load.keys.bytesPerFrame,
  unit: 'bytes',
  baseline: baseline(({ bytesPerFrame }) => bytesPerFrame),
});
const row = (await run('row', 1)) as { quiet: Measured };
figure({
  name: 'dashboard: bytes for one row that changes, brackets of the frame among them',
  measured: row.quiet.bytesPerRow,
  unit: 'bytes',
  goal: { atMost: 400 },
});
figure({
  name: 'dashboard under load: key to glyph, p95',
  measured: quantile(load.keys.latencies, 0.95),
  unit: 'ms',
  goal: { atMost: 25 },
});
figure({
  name: 'dashboard under load: heap growth in ten seconds',
  measured: load.heapGrowth / 2 ** 20,
  unit: 'MiB',
  note: 'the ring of 50,000 events is full before',
});

const agents = (await run('agents', 0)) as { perKey: number[]; cpuPerKey: number[] };
figure({
  name: '10,000 agents: filter and sort, slowest key',
  measured: Math.max(...agents.perKey),
  unit: 'ms',
  goal: { atMost: 50 },
  note: `${Math.max(...agents.cpuPerKey).toFixed(0)} ms of processor time`,
});
rmSync(scratch, { recursive: true, force: true });

async function run(kind: string, rate: number): Promise<unknown> {
  const server: ChildProcess = spawn(process.execPath, [join(scratch, 'event-server.mjs'), String(rate)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve) => server.stdout?.once('data', (text) => resolve(String(text).trim())));
  try {
    const text = execFileSync(
      process.execPath,
      ['--expose-gc', join(scratch, 'under-load.mjs'), `http://127.0.0.1:${port}`, kind, '5'],
      { encoding: 'utf8', timeout: 60_000 },
    );
    return JSON.parse(text.trim().split('\n').at(-1) ?? '{}');
  } finally {
    server.kill();
  }
}
