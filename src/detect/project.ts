// The project that is running: where it begins, what it depends on, which files are its own. Nothing is run, nothing outside is read.

import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse } from 'node:path';

export type Project = {
  /** The folder of the nearest package.json, or null where there is none that could be this project's. */
  root: string | null;
  /** Names of packages it depends on, with the file that says so. */
  dependencies: { name: string; file: string }[];
  /** Its own source files; at most 500, none from node_modules, hidden or built folders. */
  files: string[];
};

const MOST_FILES = 500;
const LARGEST_FILE = 512 * 1024;
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

/** The project around the running program's entry file, else around the working directory. */
export async function readProject(start: string = process.argv[1] ?? process.cwd()): Promise<Project> {
  const isFile = (await stat(start).catch(() => null))?.isFile() ?? false;
  const root = await rootAbove(isFile ? dirname(start) : start);
  const files = root === null ? (isFile && SOURCE.test(start) ? [start] : []) : await sourcesIn(root);
  return { root, dependencies: root === null ? [] : await dependenciesIn(join(root, 'package.json')), files };
}

// A package.json in the home folder or at the top belongs to no project, and what lies below it is not this agent's.
async function rootAbove(folder: string): Promise<string | null> {
  const notProjects = new Set([homedir(), parse(folder).root]);
  for (let here = folder; !notProjects.has(here); here = dirname(here)) {
    if (here.split(/[\\/]/).includes('node_modules')) continue;
    if ((await stat(join(here, 'package.json')).catch(() => null)) !== null) return here;
  }
  return null;
}

async function dependenciesIn(file: string): Promise<Project['dependencies']> {
  try {
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const names = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((group) =>
      Object.keys((manifest[group] ?? {}) as object),
    );
    return [...new Set(names)].map((name) => ({ name, file }));
  } catch {
    return [];
  }
}

async function sourcesIn(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.shift(); folder !== undefined && found.length < MOST_FILES; folder = folders.shift()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((left, right) => left.name.localeCompare(right.name))) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(join(folder, entry.name));
      if (entry.isFile() && SOURCE.test(entry.name) && !entry.name.endsWith('.d.ts') && found.length < MOST_FILES)
        found.push(join(folder, entry.name));
    }
  }
  return found;
}

/** The text of a source file, or null where it is too large or gone. */
export async function readSource(file: string): Promise<string | null> {
  const size = (await stat(file).catch(() => null))?.size ?? Number.POSITIVE_INFINITY;
  return size > LARGEST_FILE ? null : readFile(file, 'utf8').catch(() => null);
}
