// How long a command and the dashboard take to start, against bare Node and an Ink hello-world bundled the same way.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { freshMachine, openTerminal, program, run } from '../test/pty/terminal.ts';
import { figure, median } from './figure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const machine = freshMachine();
const scratch = mkdtempSync(join(tmpdir(), 'aim-bench-'));

const bare: number[] = [];
const version: number[] = [];
for (let round = 0; round < 31; round += 1) {
  bare.push(startOf(['-e', '0']));
  version.push(startOf([program, 'version']));
}
figure({
  name: 'aim version',
  measured: median(version),
  unit: 'ms',
  baseline: { name: 'node -e 0', value: median(bare) },
  goal: { atMost: 1.5 * median(bare) },
});

const hello = await bundleHello();
const ink: number[] = [];
const dashboard: number[] = [];
const complete: number[] = [];
// A control plane that runs already: the figure is the dashboard's own, and the first start of the embedded one is told beside it.
const first = await paintOf(program, /Overview/);
const holder = openTerminal([], { env: machine.env });
await holder.waitFor(/approvals/i, 30_000);
for (let round = 0; round < 11; round += 1) {
  ink.push(await paintOf(hello, /^hello/m));
  dashboard.push(await paintOf(program, /\S/));
  complete.push(await paintOf(program, /Overview/));
}
await holder.keys('q');
figure({
  name: 'first paint of the dashboard',
  measured: median(dashboard),
  unit: 'ms',
  baseline: { name: 'Ink hello-world', value: median(ink) },
  goal: { atMost: 1.5 * median(ink) },
});
figure({
  name: 'the dashboard complete, with header and tabs, on a control plane that runs',
  measured: median(complete),
  unit: 'ms',
  baseline: { name: 'Ink hello-world', value: median(ink) },
});
figure({ name: 'the dashboard complete on a new machine, starting its control plane', measured: first, unit: 'ms' });
await run(['version'], machine);
rmSync(scratch, { recursive: true, force: true });
machine.remove();
process.exit();

function startOf(args: string[]): number {
  const before = performance.now();
  const { status } = spawnSync(process.execPath, args, { env: machine.env, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - before;
}

/** Milliseconds from the start of the process until `sign` is on the screen. */
async function paintOf(file: string, sign: RegExp): Promise<number> {
  const before = performance.now();
  const terminal = openTerminal(file === program ? [program] : [file], { env: machine.env, command: 'node' });
  await new Promise<void>((resolve) => {
    const look = setInterval(() => {
      if (!sign.test(terminal.text())) return;
      clearInterval(look);
      resolve();
    }, 1);
  });
  const elapsed = performance.now() - before;
  terminal.kill();
  await terminal.exited;
  return elapsed;
}

async function bundleHello(): Promise<string> {
  const source = join(scratch, 'hello.tsx');
  writeFileSync(
    source,
    `import { enableCompileCache } from 'node:module'; enableCompileCache();\nconst { render, Text } = await import('ink'); const { default: React } = await import('react');\nrender(React.createElement(Text, null, 'hello'), { alternateScreen: true, interactive: true }); setInterval(() => {}, 1000);\n`,
  );
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  await build({
    entryPoints: [source],
    outdir: join(scratch, 'out'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    alias: { 'react-devtools-core': join(root, 'scripts/no-devtools.cjs') },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return join(scratch, 'out', 'hello.mjs');
}
