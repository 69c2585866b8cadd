// Builds the package: one code-split bundle for program and SDK, so that each command loads only what it runs.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { mergeChunks } from './merge-chunks.ts';
import { writePublicTypes } from './public-types.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

// AIM_OUT builds elsewhere, beside a dist that is in use.
const outdir = process.env['AIM_OUT'] ?? 'dist';
if (process.stderr.isTTY) process.stderr.write('Building aim …\n');
rmSync(outdir, { recursive: true, force: true });

const entryPoints: Record<string, string> = {
  aim: 'commands/launcher.ts',
  main: 'commands/main.ts',
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  // Programs of threads of their own.
  'log-crew': 'src/security-log/crew/worker.ts',
  'log-writer': 'src/security-log/writer/worker.ts',
  'log-sql': 'src/security-log/crew/sql-program.ts',
};
for (const name of ['files', 'database', 'mcp', 'mcp-server', 'http-service']) {
  const path = `commands/demo/${name}.ts`;
  if (existsSync(path)) entryPoints[`demo/${name}`] = path;
}

// zod's namespace brings its messages in 45 languages, 300 KB that nothing here speaks (zod 4.6).
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

// Yoga's loader decodes its own WebAssembly through `fetch`, for which Node loads its whole fetch client: a tenth of the dashboard's
// start (yoga-layout 3.2, Node 26.10). Without one it decodes the same text itself.
const yogaWithoutFetch: Plugin = {
  name: 'yoga-without-fetch',
  setup({ onLoad }) {
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: `const fetch = undefined;\n${readFileSync(path, 'utf8')}`,
    }));
  },
};

const { metafile } = await build({
  metafile: true,
  entryPoints: Object.fromEntries(Object.entries(entryPoints).filter(([, path]) => existsSync(path))),
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: process.env['AIM_BUILD_READABLE'] === undefined,
  keepNames: true,
  // Node prints the source line of an error that nobody caught: one of 30 KB buries the message.
  lineLimit: 160,
  legalComments: 'linked',
  logLevel: 'warning',
  define: {
    'process.env.NODE_ENV': '"production"',
    // Ink looks for a React DevTools server when DEV is "true" in the user's environment.
    'process.env.DEV': '"false"',
    __AIM_VERSION__: JSON.stringify(version),
    __AIM_COMMIT__: JSON.stringify(commit()),
    __AIM_INK__: JSON.stringify(packageVersion('ink')),
  },
  // Ink imports it lazily for development; without a stand-in the bundle fails to start (ink 8.0.0).
  alias: {
    'react-devtools-core': './scripts/no-devtools.cjs',
    // Its UMD build calls a `require` that no bundler sees (jsonc-parser 3.3.1).
    'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
  },
  plugins: [yogaWithoutFetch, englishOnly],
  external: ['keytar', 'pg-native'],
  // CommonJS packages in an ESM bundle call `require` for Node's own modules. An agent that is bundled into CommonJS has no `import.meta.url`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url ?? process.execPath);",
  },
});

// What went into the bundle, for the bill of materials.
if (process.env['AIM_METAFILE'] !== undefined) writeFileSync(process.env['AIM_METAFILE'], JSON.stringify(metafile));

const verb = ['commands/main.ts', 'commands/command-line.ts', 'commands/find-action.ts', 'commands/runtime.ts'];
await mergeChunks(metafile, outdir, {
  starts: [
    ['commands/main.ts'],
    verb,
    [...verb, 'commands/agents/actions.ts'],
    ['commands/main.ts', 'commands/completion/answer.ts'],
    // Without this start of its own, the dashboard would load the whole file that it shares one small module of with the testing kit.
    [...verb, 'commands/dashboard.ts', 'commands/connection.ts', 'components/dashboard.tsx'],
    [...verb, 'commands/dashboard.ts', 'commands/connection.ts', 'components/dashboard.tsx', 'commands/registry.ts'],
    ['src/index.ts'],
    ['src/testing/index.ts'],
  ],
  apart: ['src/index.ts', 'src/testing/index.ts'],
});

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return ''; // from an archive, without a repository
  }
}

function packageVersion(name: string): string {
  return (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version;
}

// Types belong to the package, not to a program that is only started or tried: they take longer than all the rest.
if (outdir === 'dist' && !process.argv.includes('--program')) writePublicTypes('dist/types');
if (existsSync(`${outdir}/aim.js`)) chmodSync(`${outdir}/aim.js`, 0o755);
