// Says when a configuration file of any client may have changed: one watcher per folder, also for files that are not there yet.

import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { homesOf } from './homes.ts';
import { candidatesIn, projectFolders } from './places.ts';
import type { DetectOptions } from './record.ts';

export type WatchOptions = {
  /** Asked again after each change, because a home may have come up meanwhile. */
  options(): DetectOptions;
  /** Other paths whose appearance matters: the home of a demo. */
  also?: readonly string[];
  signal: AbortSignal;
  /** Whether the program goes on for the watchers' sake alone. */
  keepsAlive?: boolean;
  /** Called once for a burst of changes. */
  changed(): void;
};

/** Returns when the watchers are in place; they end with the signal. What cannot be watched is not, in silence. */
export async function watchPlaces({ options, also = [], signal, keepsAlive = false, changed }: WatchOptions): Promise<void> {
  const watchers = new Map<string, { watcher: FSWatcher; names: Set<string> }>();
  let timer: NodeJS.Timeout | undefined;

  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (signal.aborted) return;
      changed();
      void place();
    }, SETTLED);
    timer.unref();
  };

  async function place(): Promise<void> {
    const wanted = await foldersOf(options(), also);
    if (signal.aborted) return;
    for (const [folder, { watcher }] of watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const [folder, names] of wanted) {
      const known = watchers.get(folder);
      if (known !== undefined) known.names = names;
      else if (watchers.size < MOST_WATCHERS) begin(folder, names);
    }
  }

  function begin(folder: string, names: Set<string>): void {
    try {
      const watcher = watch(folder, { persistent: keepsAlive }, (_, name) => {
        if (name === null || watchers.get(folder)?.names.has(name) || watchers.get(folder)?.names.has('*')) later();
      });
      watcher.on('error', () => {
        watcher.close();
        watchers.delete(folder);
      });
      watchers.set(folder, { watcher, names });
    } catch {} // it went away, or there are no more watchers to be had
  }

  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    for (const { watcher } of watchers.values()) watcher.close();
  });
  await place();
}

/** The nearest folder that is there for each path, with the names in it that matter. */
async function foldersOf(options: DetectOptions, also: readonly string[]): Promise<Map<string, Set<string>>> {
  const projects = projectFolders(options.cwd ?? process.cwd());
  const homes = await homesOf(options);
  const paths = homes.flatMap((home) => candidatesIn(home, home.label === null ? projects : []).map(({ path }) => path));
  const folders = new Map<string, Set<string>>();
  const checked = new Map<string, boolean>();
  const isThere = (path: string): boolean => {
    const known = checked.get(path) ?? existsSync(path);
    checked.set(path, known);
    return known;
  };
  for (const path of [...paths, ...also]) {
    let below = path;
    let folder = dirname(path);
    while (!isThere(folder) && dirname(folder) !== folder) {
      below = folder;
      folder = dirname(folder);
    }
    const names = folders.get(folder) ?? new Set<string>();
    names.add(basename(below));
    folders.set(folder, names);
  }
  return folders;
}

const SETTLED = 200; // editors write a file in several steps
const MOST_WATCHERS = 500;
