// Fewer files for each start: chunks that are always loaded together become one. Each file costs a command a millisecond or two.

import { rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { leanBuiltins } from './lean-builtins.ts';

type Outputs = Metafile['outputs'];
type Output = Outputs[string];

/**
 * Rewrites what a splitting build made. `starts` are entry points by their source files, each list one way to start; chunks that the
 * same ways load become one file, so that no way loads what it did not load before. A chunk's imports are loaded wherever it is, so
 * that files only import ones that more ways load, and there are no cycles. What one of `apart` can ever load, now or later, never shares
 * a file with what it cannot: an agent that registers would load the dashboard, and its bundler would take it along.
 */
export async function mergeChunks(
  metafile: Metafile,
  outdir: string,
  { starts, apart }: { starts: readonly (readonly string[])[]; apart: readonly string[] },
): Promise<void> {
  const { outputs } = metafile;
  const closures = [
    ...starts.map((sources) => closureOf(outputs, sources, NOW)),
    ...apart.map((source) => closureOf(outputs, [source], NOW_AND_LATER)),
  ];
  const groups = new Map<string, Group>();
  const groupOf = new Map<string, Group>();
  for (const [path, output] of Object.entries(outputs)) {
    // Files that are started or imported by name from outside keep their names.
    if (!path.endsWith('.js') || !isChunk(outdir, path)) continue;
    const signature = closures.map((closure) => (closure.has(path) ? 1 : 0)).join('');
    // What only a later step loads stays a file of its own.
    if (!signature.slice(0, starts.length).includes('1')) continue;
    const group = groups.get(signature) ?? { file: join(outdir, 'chunks', `core-${signature}.js`), chunks: new Map() };
    groups.set(signature, group);
    groupOf.set(path, group.chunks.set(path, output) && group);
  }
  const merged = await Promise.all([...groups.values()].map((group) => bundle({ entry: group }, groupOf)));
  // The launcher has to say on any Node which one is needed: it stays as it is.
  const others = Object.keys(outputs).filter(
    (path) => path.endsWith('.js') && !groupOf.has(path) && !isLauncher(outputs, path),
  );
  const rewritten = await Promise.all(others.map((path) => bundle({ path }, groupOf)));
  // What is imported at run time by the name of a chunk stays there under that name.
  const stubs = [...groupOf].filter(([, group]) => group.chunks.size > 0).filter(([path]) => isEntry(outputs, path));
  for (const path of groupOf.keys()) rmSync(path);
  const { writeFileSync } = await import('node:fs');
  for (const { path, text } of [...merged, ...rewritten].flat()) writeFileSync(path, text);
  for (const [path, group] of stubs) writeFileSync(path, reexport(path, group, dirname(path)));
}

type Group = { file: string; chunks: Map<string, Output> };

const isChunk = (outdir: string, path: string): boolean => relative(outdir, path).startsWith('chunks');
const isEntry = (outputs: Outputs, path: string): boolean => outputs[path]?.entryPoint !== undefined;

const isLauncher = (outputs: Outputs, path: string): boolean => outputs[path]?.entryPoint === 'commands/launcher.ts';

const NOW = new Set(['import-statement']);
const NOW_AND_LATER = new Set(['import-statement', 'dynamic-import']);

/** Everything that is there once these entry points are loaded, by the `kinds` of import that count. */
function closureOf(outputs: Outputs, sources: readonly string[], kinds: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path) || outputs[path] === undefined) return;
    found.add(path);
    for (const { path: imported, kind, external } of outputs[path].imports) if (kinds.has(kind) && !external) visit(imported);
  };
  for (const source of sources) {
    const path = Object.keys(outputs).find((output) => outputs[output]?.entryPoint === source);
    if (path === undefined) throw new Error(`The build has no entry point ${source}.`);
    visit(path);
  }
  return found;
}

const exportedAs = (path: string, name: string): string => `${basename(path, '.js').replaceAll(/\W/g, '_')}_${name}`;

/** The exports of a chunk, as they are called in the file that it has become part of. */
function reexport(path: string, group: Group, from: string): string {
  const file = `./${relative(from, group.file)}`;
  const names = group.chunks.get(path)?.exports ?? [];
  if (names.length === 0) return `import ${JSON.stringify(file)};\n`;
  return `export { ${names.map((name) => `${exportedAs(path, name)} as ${JSON.stringify(name)}`).join(', ')} } from ${JSON.stringify(file)};\n`;
}

async function bundle(
  what: { entry: Group } | { path: string },
  groupOf: ReadonlyMap<string, Group>,
): Promise<{ path: string; text: string }[]> {
  const outfile = 'path' in what ? what.path : what.entry.file;
  const contents =
    'path' in what
      ? `export * from ${JSON.stringify(`./${basename(what.path)}`)};`
      : [...what.entry.chunks]
          .map(([path, { exports }]) => {
            const from = JSON.stringify(`./${basename(path)}`);
            if (exports.length === 0) return `import ${from};`;
            return `export { ${exports.map((name) => `${JSON.stringify(name)} as ${exportedAs(path, name)}`).join(', ')} } from ${from};`;
          })
          .join('\n');
  const { outputFiles } = await build({
    ...('path' in what
      ? { entryPoints: [resolve(what.path)] }
      : { stdin: { contents, resolveDir: resolve(dirname(outfile)), loader: 'js' as const } }),
    outfile: resolve(outfile),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: process.env['AIM_BUILD_READABLE'] === undefined,
    lineLimit: 160,
    legalComments: 'none', // they stand in the files that the first pass made
    logLevel: 'warning',
    plugins: [leanBuiltins, acrossGroups('path' in what ? null : what.entry, dirname(outfile), groupOf)],
  });
  return outputFiles.map(({ path, text }) => ({ path, text }));
}

/** Chunks of the same group are bundled; those of another are imported from its file, everything else from where it is. */
function acrossGroups(own: Group | null, folder: string, groupOf: ReadonlyMap<string, Group>): Plugin {
  return {
    name: 'across-groups',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/, namespace: 'file' }, ({ path, kind, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        if (!path.startsWith('.')) return { path, external: true };
        const target = relative(process.cwd(), resolve(resolveDir, path));
        const group = groupOf.get(target);
        const isLoadedLater = kind === 'dynamic-import';
        if (group !== undefined && group === own && !isLoadedLater) return undefined;
        if (group !== undefined && !isLoadedLater) return { path: target, namespace: 'chunk-of-group' };
        return { path: relativePath(folder, target), external: true };
      });
      onResolve({ filter: /.*/, namespace: 'chunk-of-group' }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /.*/, namespace: 'chunk-of-group' }, ({ path }) => ({
        contents: reexport(path, groupOf.get(path) as Group, folder),
        loader: 'js',
      }));
    },
  };
}

function relativePath(folder: string, target: string): string {
  const path = relative(folder, target);
  return path.startsWith('.') ? path : `./${path}`;
}
