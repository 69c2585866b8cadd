// How every program in bench/ says what it measured: one row a figure, beside its goal and the baseline of the same run.

import { appendFileSync } from 'node:fs';

export type Figure = {
  /** What was measured, in words that stand alone. */
  name: string;
  measured: number;
  unit: string;
  /** What the same machine gave for the thing we compare with, in the same run. */
  baseline?: { name: string; value: number };
  /** The goal as a bound on `measured`. */
  goal?: { atMost: number } | { atLeast: number };
  /** Relative noise of the measurement, 0 to 1: a goal counts as missed only beyond it. Default 0.15; 0.03 for memory, which repeats itself. */
  noise?: number;
  note?: string;
};

/** Prints the figure, and keeps it for the common table when `npm run bench` asks. */
export function figure(measurement: Figure): void {
  const { name, measured, unit, baseline, goal, note } = measurement;
  const parts = [`${name}: ${round(measured)} ${unit}`];
  if (baseline) parts.push(`baseline ${baseline.name} ${round(baseline.value)} ${unit} (×${round(measured / baseline.value)})`);
  if (goal)
    parts.push(
      `goal ${'atMost' in goal ? '≤' : '≥'} ${round('atMost' in goal ? goal.atMost : goal.atLeast)}: ${verdict(measurement)}`,
    );
  if (note) parts.push(note);
  console.log(parts.join(' · '));
  const file = process.env['AIM_BENCH_FIGURES'];
  if (file) appendFileSync(file, `${JSON.stringify(measurement)}\n`);
}

/** Whether the goal holds as measured, only within the noise of the measurement (said, so that no table flatters), or not. */
export function verdict({
  measured,
  goal,
  unit,
  noise = unit === 'MB' ? 0.03 : 0.15,
}: Figure): 'yes' | 'within noise' | 'NO' | '' {
  if (!goal) return '';
  if ('atMost' in goal) {
    if (measured <= goal.atMost) return 'yes';
    return measured <= goal.atMost * (1 + noise) ? 'within noise' : 'NO';
  }
  if (measured >= goal.atLeast) return 'yes';
  return measured >= goal.atLeast * (1 - noise) ? 'within noise' : 'NO';
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest-rank quantile; NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

const round = (value: number): number => Number(value.toPrecision(3));
