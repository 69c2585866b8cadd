// The dashboard at work: frames, processor time and the time from a key to its glyph, while a stream brings 50,000 events a second.

import { remove, run } from './dashboard/run.ts';
import { figure, quantile } from './figure.ts';

type Measured = {
  fps: number;
  core: number;
  bytesPerFrame: number;
  bytesPerRow: number;
  eventsPerSecond: number;
  latencies: number[];
};

// Long enough that what compiled and fetched at the start is over, and that the seldom frames are among it.
const idle = (await run('idle', 0, 30)) as { quiet: Measured };
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
const filtered = (await run('filter', 50_000)) as { quiet: Measured };
figure({
  name: 'dashboard under load, with a filter that keeps one agent of fifty: share of a core',
  measured: filtered.quiet.core * 100,
  unit: '%',
  baseline: { name: 'without', value: load.quiet.core * 100 },
  goal: { atMost: 35 },
  note: `${Math.round(filtered.quiet.eventsPerSecond)} events/s`,
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
remove();
