// Builds the single executable: Node itself with the files of the build inside, for machines without Node.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(root, process.env['AIM_OUT'] ?? 'dist');
const output = resolve(root, process.env['AIM_BINARY'] ?? `binary/aim${process.platform === 'win32' ? '.exe' : ''}`);
const work = mkdtempSync(join(tmpdir(), 'aim-binary-'));
const bundled = {
  outdir: work,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node26',
  logLevel: 'warning',
} as const satisfies BuildOptions;

try {
  const files = filesBelow(dist).filter((path) => path.endsWith('.js') && !path.includes('types'));
  const assets: Record<string, string> = { 'start.js': join(work, 'start.js') };
  for (const path of files) assets[relative(dist, path).replaceAll('\\', '/')] = path;
  writeFileSync(join(work, 'start.js'), 'import(globalThis.aimPart);\n');
  await build({
    entryPoints: { boot: join(root, 'commands/binary.ts') },
    ...bundled,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  });
  const native = nativeKeytar();
  if (native !== null) {
    await build({ entryPoints: { keytar: join(root, 'commands/binary-keytar.ts') }, ...bundled, format: 'esm' });
    Object.assign(assets, { 'keytar.js': join(work, 'keytar.js'), 'keytar.node': native });
  }
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

/** The keychain's native half for this system, where its package is installed and has one. */
function nativeKeytar(): string | null {
  const isMusl =
    process.platform === 'linux' && !('glibcVersionRuntime' in (process.report.getReport() as { header: object }).header);
  const path = join(
    root,
    `node_modules/keytar/prebuilds/${process.platform}${isMusl ? 'musl' : ''}-${process.arch}/keytar.node`,
  );
  if (existsSync(path)) return path;
  process.stderr.write(`No keychain in this executable: there is no ${path}.\n`);
  return null;
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
