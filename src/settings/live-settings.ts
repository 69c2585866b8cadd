// Settings that follow their files: what a long-running screen reads is what stands there now.

import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { AIMError } from '../errors.ts';
import { userFilePath } from './files.ts';
import { loadSettings, type SettingsSources } from './load-settings.ts';
import { makeFolderSync } from './make-folder.ts';
import type { SettingKey, Settings } from './settings.ts';

export type LiveSettings = Settings & {
  /** Told which settings have another value now. */
  onChange(listener: (changed: readonly SettingKey[]) => void): () => void;
  /** Told of a file that cannot be used; what held before goes on holding. */
  onProblem(listener: (problem: AIMError) => void): () => void;
  close(): void;
};

/** @throws as `loadSettings` does, for the first reading. */
export function liveSettings(sources: SettingsSources, keys: readonly SettingKey[]): LiveSettings {
  let current = loadSettings(sources);
  const changed = new Set<(keys: readonly SettingKey[]) => void>();
  const problems = new Set<(problem: AIMError) => void>();
  let soon: NodeJS.Timeout | undefined;

  const read = () => {
    try {
      const next = loadSettings(sources);
      const different = keys.filter((key) => JSON.stringify(next.get(key)) !== JSON.stringify(current.get(key)));
      current = next;
      if (different.length > 0) for (const tell of changed) tell(different);
    } catch (error) {
      if (!(error instanceof AIMError)) throw error;
      for (const tell of problems) tell(error);
    }
  };
  // Editors write a file in several steps, or put another in its place: the folder is watched, and read once it is quiet.
  const files = [userFilePath(current.paths), ...projectFile(current)];
  const watchers = files.flatMap((path): FSWatcher[] => {
    try {
      makeFolderSync(dirname(path));
      const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
        if (name !== null && name !== basename(path)) return;
        clearTimeout(soon);
        soon = setTimeout(read, QUIET).unref();
      });
      watcher.on('error', () => {}); // the folder went away: what was read stays
      return [watcher];
    } catch {
      return []; // a disk that cannot be watched, or written
    }
  });

  return {
    get: (key) => current.get(key),
    explain: (key) => current.explain(key),
    paths: current.paths,
    get warnings() {
      return current.warnings ?? [];
    },
    onChange: (listener) => added(changed, listener),
    onProblem: (listener) => added(problems, listener),
    close: () => {
      clearTimeout(soon);
      for (const watcher of watchers) watcher.close();
    },
  };
}

const QUIET = 50;

function added<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The project file that counts, where one was found. */
function projectFile(settings: Settings): string[] {
  const sources = (['server', 'readOnly', 'timeoutSeconds'] as const).flatMap((key) => {
    const { layer, source, others } = settings.explain(key);
    return [{ layer, source }, ...others].filter((found) => found.layer === 'project').map((found) => found.source);
  });
  return [...new Set(sources)];
}
