// Sources with all their mutants in them, each behind a switch, made by Stryker’s instrumenter.

import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Mutant = { id: string; file: string; line: number; column: number; what: string; was: string; becomes: string };

export async function instrumented(globs: readonly string[]): Promise<{ sources: Map<string, string>; mutants: Mutant[] }> {
  const root = resolve(import.meta.dirname, '../..');
  const { Instrumenter } = await fromCache();
  const files = globSync([...globs], { cwd: root })
    .sort()
    .map((path) => ({ name: join(root, path), mutate: true, content: readFileSync(join(root, path), 'utf8') }));
  const originals = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  const quiet = { debug() {}, info() {}, isDebugEnabled: () => false, warn: console.warn };
  const result = await new Instrumenter(quiet).instrument(files, { plugins: null, excludedMutations: [], ignorers: [] });
  return {
    sources: new Map(result.files.map(({ name, content }) => [name, content])),
    mutants: result.mutants.map(({ id, fileName, location, mutatorName, replacement }) => ({
      id,
      file: fileName.slice(root.length + 1),
      line: location.start.line + 1,
      column: location.start.column + 1,
      what: mutatorName,
      was: excerpt(originals.get(fileName) ?? [], location),
      becomes: replacement,
    })),
  };
}

function excerpt(lines: readonly string[], { start, end }: Location): string {
  const [first = '', ...rest] = lines.slice(start.line, end.line + 1);
  if (rest.length === 0) return first.slice(start.column, end.column);
  return `${first.slice(start.column)} …`;
}

// Not among the dependencies: Babel and what it brings are for this alone.
async function fromCache(): Promise<{ Instrumenter: new (logger: object) => InstrumenterLike }> {
  const folder = process.env['AIM_MUTATION_TOOLS'] ?? process.cwd();
  const path = createRequire(join(folder, 'package.json')).resolve('@stryker-mutator/instrumenter');
  return await import(pathToFileURL(path).href);
}

type Position = { line: number; column: number };
type Location = { start: Position; end: Position };
type InstrumenterLike = {
  instrument(
    files: { name: string; mutate: boolean; content: string }[],
    options: object,
  ): Promise<{
    files: { name: string; content: string }[];
    mutants: { id: string; fileName: string; location: Location; mutatorName: string; replacement: string }[];
  }>;
};
