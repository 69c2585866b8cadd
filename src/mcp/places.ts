// From the table's templates to the files of one home and one working directory.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { type Client, type Place, vsCodeElsewhere, vsCodeFolders, vsCodeServerFolders } from './client.ts';
import { clients } from './clients.ts';
import type { Home } from './homes.ts';
import type { Platform } from './record.ts';

/** A file to look for, on behalf of one client. */
export type Candidate = {
  client: Client;
  place: Place;
  path: string;
  home: Home;
  /** The folder that a project's file speaks for. */
  project: string | null;
};

export function candidatesIn(home: Home, projects: readonly string[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const platform of home.platforms) {
    const folders = foldersOf(home, platform);
    for (const part of partsOf(home, platform, folders, projects)) {
      if ('path' in part) add(found, part);
      else for (const place of expand(part.place, folders, projects)) add(found, { ...part, ...place, home });
    }
  }
  return [...found.values()];
}

function add(found: Map<string, Candidate>, candidate: Candidate): void {
  const key = `${candidate.client.id}\0${candidate.path}`;
  if (!found.has(key)) found.set(key, candidate);
}

/** What needs no look at the disk, as candidates, and the places with `*` in them, which do. The same from look to look. */
type Part = Candidate | { client: Client; place: Place };

function partsOf(home: Home, platform: Platform, folders: Folders, projects: readonly string[]): readonly Part[] {
  const key = JSON.stringify([home.path, home.label, platform, folders, projects]);
  const known = knownParts.get(key);
  if (known !== undefined) return known;
  const parts = clients.flatMap((client) =>
    client.places
      .filter(({ on }) => on === undefined || on.includes(platform))
      .flatMap((place): Part[] =>
        place.path.includes('*')
          ? [{ client, place }]
          : expand(place, folders, projects).map((where) => ({ client, place, ...where, home })),
      ),
  );
  if (knownParts.size >= MOST_KNOWN) knownParts.clear();
  knownParts.set(key, parts);
  return parts;
}

const knownParts = new Map<string, readonly Part[]>();
const MOST_KNOWN = 50;

/** The folders from `cwd` up to the root of its repository; `cwd` alone where it is in none. */
export function projectFolders(cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (['.git', '.hg', '.jj'].some((name) => existsSync(join(folder, name)))) return folders;
    if (dirname(folder) === folder) return folders.slice(0, 1);
  }
}

type Folders = Record<string, readonly string[]>;

function foldersOf({ path: home, root, env }: Home, platform: Platform): Folders {
  const config = [env['XDG_CONFIG_HOME'], join(home, '.config')];
  const roaming = [env['APPDATA'], join(home, 'AppData', 'Roaming')];
  const support = { linux: config, darwin: [join(home, 'Library', 'Application Support')], win32: roaming }[platform];
  const editors = unique(support).flatMap((folder) => vsCodeFolders.map((editor) => join(folder, editor, 'User')));
  return {
    '~': [home],
    '<config>': unique(platform === 'win32' ? [...config, ...roaming] : config),
    '<support>': unique(support),
    '<local>': unique([env['LOCALAPPDATA'], join(home, 'AppData', 'Local')]),
    '<codex>': unique([env['CODEX_HOME']]),
    '<claude>': unique([env['CLAUDE_CONFIG_DIR']]),
    '<cline>': unique([env['CLINE_DIR']]),
    '<cline-settings>': unique([env['CLINE_MCP_SETTINGS_PATH']]),
    '<vs>': unique([
      ...editors,
      ...vsCodeServerFolders.map((folder) => join(home, folder, 'data', 'User')),
      ...vsCodeElsewhere.map((folder) => join(home, folder, 'User')),
    ]).filter((folder) => existsSync(folder)),
    '<root>': root === null ? [] : [root],
  };
}

function expand(place: Place, folders: Folders, projects: readonly string[]): { path: string; project: string | null }[] {
  const [first = '', ...rest] = place.path.split('/');
  if (first === '.') {
    return projects.flatMap((project) => matching(project, rest).map((path) => ({ path, project })));
  }
  return (folders[first] ?? []).flatMap((folder) => matching(folder, rest)).map((path) => ({ path, project: null }));
}

// `*` is any one name, `*.json` any one that ends so.
function matching(folder: string, [segment, ...rest]: readonly string[]): string[] {
  if (segment === undefined) return [folder];
  if (!segment.includes('*')) return matching(`${folder}${sep}${segment}`, rest);
  const ending = segment.slice(1);
  return names(folder)
    .filter((name) => (ending === '' ? rest.length > 0 || /\.(ya?ml|jsonc?)$/.test(name) : name.endsWith(ending)))
    .slice(0, MOST_NAMES)
    .flatMap((name) => matching(join(folder, name), rest));
}

function names(folder: string): string[] {
  try {
    // Most are not there, and an exception for each costs more than the look.
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

const isSet = (folder: string | undefined): folder is string => folder !== undefined && folder !== '';
const unique = (paths: readonly (string | undefined)[]): string[] => [...new Set(paths.filter(isSet))];

const MOST_NAMES = 1_000;
