// The project that is running: where it begins, what it depends on, which files are its own. Nothing is run, nothing outside is read.

import { opendir, readFile, stat } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { homeFolder } from '../settings/home-folder.ts';

export type Project = {
  /** The folder of the nearest package.json, or null where there is none that could be this project's. */
  root: string | null;
  /** Names of packages it depends on, with the file that says so. */
  dependencies: { name: string; file: string }[];
  /** Its own source files; at most 500, none from node_modules, hidden or built folders. */
  files: string[];
};

// An agent waits for this while it registers: a project that is larger is looked at in part.
const MOST_FILES = 500;
const MOST_ENTRIES = 20_000;
const LARGEST_FILE = 512 * 1024;
const MOST_BYTES = 4 * 1024 * 1024; // some two seconds of a slow machine
const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const SKIPPED = new Set([
  'node_modules',
  'dist',
  'build',
  'out',
  'coverage',
  'vendor',
  'target',
  '__pycache__',
  'test',
  'tests',
]);

/** The project around the running program's entry file; around the working directory where that is none, or a runner's. */
export async function readProject(start: string = process.argv[1] ?? process.cwd()): Promise<Project> {
  const from = resolve(start); // `node -` calls its entry file `-`
  const isFile = (await stat(from).catch(() => null))?.isFile() ?? false;
  const isRunner = isFile && isInstalled(from);
  const root = (await rootAbove(isFile ? dirname(from) : from)) ?? (isRunner ? await rootAbove(process.cwd()) : null);
  const files = root === null ? (isFile && !isRunner && SOURCE.test(from) ? [from] : []) : await sourcesIn(root);
  return { root, dependencies: root === null ? [] : await dependenciesIn(join(root, 'package.json')), files };
}

// A package.json in the home folder or at the top belongs to no project, and what lies below it is not this agent's. One that says only
// which kind of modules lie beside it is not where a project begins.
async function rootAbove(folder: string): Promise<string | null> {
  const notProjects = new Set([homeFolder(), parse(folder).root]);
  let nearest: string | null = null;
  for (let here = folder; !notProjects.has(here) && here !== dirname(here); here = dirname(here)) {
    if (isInstalled(here)) continue;
    const manifest = join(here, 'package.json');
    if (!((await stat(manifest).catch(() => null))?.isFile() ?? false)) continue;
    nearest ??= here;
    const { name, dependencies } = await manifestAt(manifest);
    if (name !== undefined || dependencies !== undefined) return here;
  }
  return nearest;
}

const isInstalled = (path: string): boolean => path.split(/[\\/]/).includes('node_modules');

async function dependenciesIn(file: string): Promise<Project['dependencies']> {
  const manifest = await manifestAt(file);
  const names = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((group) => {
    const listed = manifest[group];
    return typeof listed === 'object' && listed !== null && !Array.isArray(listed) ? Object.keys(listed) : [];
  });
  return [...new Set(names)].map((name) => ({ name, file }));
}

/** Empty where it cannot be read, or is no object. */
async function manifestAt(file: string): Promise<Record<string, unknown>> {
  const text = await readSource(file);
  try {
    const content: unknown = JSON.parse((text ?? '').replace(/^\ufeff/, ''));
    return typeof content === 'object' && content !== null && !Array.isArray(content)
      ? (content as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

async function sourcesIn(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [root];
  const left = { entries: MOST_ENTRIES, bytes: MOST_BYTES };
  for (let folder = folders.shift(); folder !== undefined && left.entries > 0; folder = folders.shift()) {
    const entries = await entriesOf(folder, left);
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue;
      // A link is neither: it may lead out of the project, or in a circle.
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(join(folder, entry.name));
      if (!entry.isFile() || !SOURCE.test(entry.name) || entry.name.endsWith('.d.ts')) continue;
      const path = join(folder, entry.name);
      const size = (await stat(path).catch(() => null))?.size ?? 0;
      if (found.length >= MOST_FILES || left.bytes < size) return found;
      if (size > LARGEST_FILE) continue;
      left.bytes -= size;
      found.push(path);
    }
  }
  return found;
}

async function entriesOf(folder: string, left: { entries: number }) {
  const entries = [];
  try {
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      left.entries -= 1;
      if (left.entries < 0) break;
      entries.push(entry);
    }
  } catch {
    // not ours to read
  }
  return entries;
}

/** The text of a source file, or null where it is too large or gone. */
export async function readSource(file: string): Promise<string | null> {
  const size = (await stat(file).catch(() => null))?.size ?? Number.POSITIVE_INFINITY;
  return size > LARGEST_FILE ? null : readFile(file, 'utf8').catch(() => null);
}
