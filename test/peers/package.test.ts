// The package as a user gets it: packed, installed into an empty project with nothing but npm, run and imported.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown> & {
  version: string;
  engines: { node: string };
};
const project = mkdtempSync(join(tmpdir(), 'aim-package-'));
let packed: { filename: string; files: { path: string }[]; unpackedSize: number };

beforeAll(() => {
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: root,
    encoding: 'utf8',
  });
  const answer = JSON.parse(output) as (typeof packed)[] | Record<string, typeof packed>;
  packed = (Array.isArray(answer) ? answer[0] : Object.values(answer)[0]) as typeof packed;
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "type": "module" }');
  execFileSync(
    'npm',
    ['install', '--omit=optional', '--no-audit', '--no-fund', '--prefer-offline', join(project, packed.filename)],
    {
      cwd: project,
      stdio: 'pipe',
    },
  );
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('the installed command runs and says its version', () => {
  expect(installed(['version'])).toBe(`aim ${manifest.version}\n`);
});

test('the SDK and the testing kit can be imported, and loading them starts nothing', () => {
  const source =
    "import { secure, AIMClient } from 'aim-terminal'; import * as testing from 'aim-terminal/testing'; console.log(typeof secure, typeof AIMClient, typeof testing)";
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', source], { cwd: project, encoding: 'utf8' })).toBe(
    'function function object\n',
  );
});

test('a strict TypeScript project finds the types', () => {
  const source =
    "import { secure, ActionDeniedError } from 'aim-terminal';\nconst agent = await secure('x');\nconst rows: number[] = await agent.performAction('db:read', { resource: 'users' }, () => [1]);\nconsole.log(rows, ActionDeniedError);\n";
  writeFileSync(join(project, 'agent.ts'), source);
  for (const resolution of ['nodenext', 'bundler']) {
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const options = {
      strict: true,
      noEmit: true,
      module,
      moduleResolution: resolution,
      target: 'es2022',
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      skipLibCheck: false,
      lib: ['es2023', 'esnext.disposable', 'dom'],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['agent.ts'] }));
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }
});

test('a CommonJS project can import it', () => {
  const folder = join(project, 'common');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(folder, 'main.js'), "import('aim-terminal').then(({ secure }) => console.log(typeof secure));");
  expect(execFileSync(process.execPath, ['main.js'], { cwd: folder, encoding: 'utf8' })).toBe('function\n');
});

test('an agent that is bundled into one CommonJS file registers, and takes no screen along', () => {
  const bundle = join(project, 'bundled.cjs');
  const contents =
    "import { secure } from 'aim-terminal'; secure('x', { aimUrl: 'http://127.0.0.1:1', apiKey: 'aim_x' }).catch(({ code }) => console.log(code));";
  buildSync({
    stdin: { contents, resolveDir: project },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'error',
  });
  const text = readFileSync(bundle, 'utf8');
  expect(text).not.toContain('Symbol.for("react.');
  expect(text.length).toBeLessThan(4 * 2 ** 20);
  const home = { ...process.env, HOME: project };
  expect(execFileSync(process.execPath, [bundle], { cwd: project, env: home, encoding: 'utf8' })).toBe('remote.refused\n');
});

test('nothing of development is in it, and it is small', () => {
  expect(
    packed.files.map(({ path }) => path).filter((path) => !/^(dist\/|package\.json|README\.md|LICENSE)/.test(path)),
  ).toEqual([]);
  expect(packed.unpackedSize).toBeLessThan(15 * 2 ** 20);
  // All code is in the bundle, and the types of zod that the public ones speak of come along.
  expect(Object.keys((manifest['dependencies'] ?? {}) as object)).toEqual([]);
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['aim-terminal']);
});

test('an older Node is told in one line what is needed', () => {
  const launcher = readFileSync(join(root, 'dist/aim.js'), 'utf8');
  expect(launcher.startsWith('#!/usr/bin/env node\n')).toBe(true);
  // What an older Node sees: the same file, with its version in place of ours.
  const source = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); Object.defineProperty(process, 'version', { value: 'v18.20.0' }); await import(${JSON.stringify(join(root, 'dist/aim.js'))});`;
  const { stderr, status } = spawnOld(source);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(manifest.engines.node.replace('>=', ''));
  expect(status).toBe(1);
});

function spawnOld(source: string): { stderr: string; status: number } {
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', stdio: 'pipe' });
    return { stderr: '', status: 0 };
  } catch (error) {
    const { stderr, status } = error as { stderr: string; status: number };
    return { stderr, status };
  }
}

function installed(args: string[]): string {
  return execFileSync(process.execPath, [join(project, 'node_modules/aim-terminal/dist/aim.js'), ...args], {
    cwd: project,
    encoding: 'utf8',
  });
}
