// Runs every program in bench/ and prints one table of goal, measured and ratio; exits 1 where a goal is missed by more than its noise.

import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, verdict } from '../bench/figure.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const programs = globSync('bench/*.{ts,tsx}')
  .sort()
  .filter((path) => !path.endsWith('figure.ts') && (wanted.length === 0 || wanted.some((name) => path.includes(name))));

const scratch = mkdtempSync(join(tmpdir(), 'aim-bench-'));
const rows: { program: string; figure: Figure }[] = [];
let broken = 0;
for (const program of programs) {
  console.log(`\n# ${program}`);
  const file = join(scratch, 'figures');
  writeFileSync(file, '');
  const { status } = spawnSync(process.execPath, [program], {
    stdio: 'inherit',
    env: { ...process.env, AIM_BENCH_FIGURES: file },
  });
  if (status !== 0) broken += 1;
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean))
    rows.push({ program, figure: JSON.parse(line) as Figure });
}
rmSync(scratch, { recursive: true, force: true });

const table = [
  '| figure | measured | goal | held | baseline | ratio |',
  '|---|---|---|---|---|---|',
  ...rows.map(({ figure }) => row(figure)),
].join('\n');
console.log(`\n${table}`);

if (process.argv.includes('--write')) {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`;
  writeFileSync(
    'docs/performance.md',
    `# Performance\n\nWritten by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}. Machine: ${machine}.\n\n${table}\n\nWhat is missed, and why, is in [decisions/figures.md](decisions/figures.md).\n`,
  );
}
process.exitCode = broken > 0 || rows.some(({ figure }) => verdict(figure) === 'NO') ? 1 : 0;

function row(figure: Figure): string {
  const { name, measured, unit, baseline, goal } = figure;
  const bound = goal ? ('atMost' in goal ? `≤ ${short(goal.atMost)}` : `≥ ${short(goal.atLeast)}`) : '';
  const ratio = baseline ? `×${short(measured / baseline.value)}` : '';
  return `| ${name} | ${short(measured)} ${unit} | ${bound} | ${verdict(figure)} | ${baseline ? `${baseline.name}: ${short(baseline.value)}` : ''} | ${ratio} |`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
