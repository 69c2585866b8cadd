// What stands in the user's own settings file, of one profile or beside all of them.

import { readUserFile } from './files.ts';
import type { Paths, SettingKey } from './settings.ts';

export function userValues(paths: Paths, profile: string | null): Partial<Record<SettingKey, unknown>> {
  const { values, profiles } = readUserFile(paths, []);
  return profile === null ? values : Object.hasOwn(profiles, profile) ? (profiles[profile] ?? {}) : {};
}
