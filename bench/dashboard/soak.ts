// Ten minutes of 50,000 events a second: how much the dashboard's memory grows once it is warm. `node bench/dashboard/soak.ts 2` takes two.
// Not among the figures of every run, because nothing shortens it.

import { figure } from '../figure.ts';
import { remove, run } from './run.ts';

const minutes = Number(process.argv[2] ?? 10);
const { samples, eventsPerSecond } = (await run('soak', 50_000, minutes * 60)) as {
  /** Seconds since the beginning, and bytes of the heap after a collection. */
  samples: [seconds: number, bytes: number][];
  eventsPerSecond: number;
};
// A dashboard to which nothing comes does not grow, and shows nothing.
if (eventsPerSecond < 1000) throw new Error(`Only ${eventsPerSecond} events a second arrived.`);
const { slope, error } = fit(samples);
figure({
  name: `dashboard, ${minutes} minutes under load: growth of the heap in ten`,
  measured: inTenMinutes(slope),
  unit: 'MiB',
  goal: { atMost: 1 },
  note: `± ${inTenMinutes(error).toFixed(2)} by ${samples.length} looks, each after a collection; ${Math.round(eventsPerSecond)} events/s; from ${mebibytes(0)} to ${mebibytes(-1)} MiB`,
});
remove();

function mebibytes(at: number): string {
  return ((samples.at(at)?.[1] ?? 0) / 2 ** 20).toFixed(1);
}

function inTenMinutes(bytesPerSecond: number): number {
  return (bytesPerSecond * 600) / 2 ** 20;
}

/** Bytes a second by least squares, and the standard error: what the ring holds differs by megabytes from look to look. */
function fit(points: readonly [number, number][]): { slope: number; error: number } {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  const slope = points.reduce((sum, [at, bytes]) => sum + (at - x) * (bytes - y), 0) / spread;
  const rest = points.reduce((sum, [at, bytes]) => sum + (bytes - y - slope * (at - x)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / Math.max(1, points.length - 2) / spread) };
}
