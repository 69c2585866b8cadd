// Builds the single executable: Node itself with the files of the build inside, for machines without Node.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(root, process.env['AIM_OUT'] ?? 'dist');
const output = resolve(root, process.env['AIM_BINARY'] ?? `binary/aim${process.platform === 'win32' ? '.exe' : ''}`);
const work = mkdtempSync(join(tmpdir(), 'aim-binary-'));

try {
  const files = filesBelow(dist).filter((path) => path.endsWith('.js') && !path.includes('types'));
  const assets: Record<string, string> = { 'start.js': join(work, 'start.js') };
  for (const path of files) assets[relative(dist, path).replaceAll('\\', '/')] = path;
  writeFileSync(join(work, 'start.js'), 'import(globalThis.aimPart);\n');
  await build({
    entryPoints: [join(root, 'commands/binary.ts')],
    outfile: join(work, 'boot.cjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node26',
    logLevel: 'warning',
  });
  mkdirSync(dirname(output), { recursive: true });
  const configuration = {
    main: join(work, 'boot.cjs'),
    output,
    executable: stripped(),
    assets,
    disableExperimentalSEAWarning: true,
    // What is in NODE_OPTIONS is meant for Node, of which a user of this program need not know.
    execArgvExtension: 'none',
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(configuration));
  execFileSync(process.execPath, ['--build-sea', join(work, 'sea.json')], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.stderr.write(`${output}: ${Math.round(statSync(output).size / 2 ** 20)} MB\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Node without what only its debugger reads, where the tool for that is there: a fifth of its size. */
function stripped(): string {
  const copy = join(work, 'node');
  copyFileSync(process.execPath, copy);
  if (process.platform === 'linux') {
    try {
      execFileSync('strip', ['--strip-debug', copy], { stdio: 'ignore' });
    } catch {
      // It runs as well with it.
    }
  }
  return copy;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
