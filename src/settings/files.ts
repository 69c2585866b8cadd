// The settings files: the user's own, and `.aim.json` of the project one works in. A broken file is named and kept, never ignored.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { definitions, settingKeys } from './definitions.ts';
import { nearest } from './nearest.ts';
import type { Paths, SettingKey } from './settings.ts';

/** Written into the file; a file with a higher number is from a later version and is not guessed at. */
export const schemaVersion = 1;

export type UserFile = {
  path: string;
  values: Partial<Record<SettingKey, unknown>>;
  profiles: Record<string, Partial<Record<SettingKey, unknown>>>;
};

export const userFilePath = (paths: Pick<Paths, 'config'>) => join(paths.config, 'config.json');

export function readUserFile(paths: Paths, warnings: string[]): UserFile {
  const path = userFilePath(paths);
  const content = readObject(path) ?? {};
  const { $schema: _, schemaVersion: fileVersion, profiles, ...values } = content;
  if (fileVersion !== undefined && typeof fileVersion !== 'number')
    throw broken(path, 'settings: its schemaVersion is no number');
  if (fileVersion !== undefined && fileVersion > schemaVersion) {
    throw new ConfigurationError('config.newer', {
      message: `${path} was written by a later version of aim.`,
      next: 'Update aim, or set AIM_CONFIG_DIR to another folder for this version.',
    });
  }
  const byName: UserFile['profiles'] = {};
  if (profiles !== undefined && !isObject(profiles)) throw broken(path, 'settings: its profiles are no object');
  for (const [name, profile] of Object.entries(profiles ?? {})) {
    if (!isObject(profile)) throw broken(path, `settings: its profile ${JSON.stringify(name)} is no object`);
    byName[name] = known(profile, `${path}, profile ${name},`, warnings);
  }
  return { path, values: known(values, path, warnings), profiles: byName };
}

/** The nearest `.aim.json` from the working directory upwards, only with what a checkout may decide. */
export function readProjectFile(
  cwd: string,
  warnings: string[],
): { path: string; values: Partial<Record<SettingKey, unknown>> } | null {
  const path = findUpwards(cwd, '.aim.json');
  if (path === null) return null;
  // In a folder that several people use, as /tmp, anybody can put one above what others do there.
  if (isOfSomebodyElse(path)) {
    warnings.push(`${path} belongs to another user; it is left alone.`);
    return null;
  }
  const { $schema: _, schemaVersion: __, ...values } = readObject(path) ?? {};
  const allowed: Partial<Record<SettingKey, unknown>> = {};
  for (const [key, value] of Object.entries(known(values, path, warnings)) as [SettingKey, unknown][]) {
    if (definitions[key].project) allowed[key] = value;
    else warnings.push(`${path} sets ${key}, which a project file may not; it is left alone.`);
  }
  return { path, values: allowed };
}

function known(values: Record<string, unknown>, source: string, warnings: string[]): Partial<Record<SettingKey, unknown>> {
  const kept: Partial<Record<SettingKey, unknown>> = {};
  for (const [key, value] of Object.entries(values)) {
    if ((settingKeys as string[]).includes(key)) kept[key as SettingKey] = value;
    else {
      const meant = nearest(key, settingKeys);
      warnings.push(`${source} has an unknown key ${JSON.stringify(key)}${meant === null ? '' : `; did you mean ${meant}?`}`);
    }
  }
  return kept;
}

function readObject(path: string): Record<string, unknown> | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new ConfigurationError('config.unreadable', {
      message: `${path} cannot be read (${code}).`,
      next: 'Give yourself the right to read it, or set AIM_CONFIG_DIR to another folder.',
      cause,
    });
  }
  try {
    const content: unknown = JSON.parse(text.replace(/^\uFEFF/, '') || '{}');
    if (isObject(content)) return content;
  } catch (cause) {
    throw broken(path, `JSON: ${(cause as Error).message}`, cause);
  }
  throw broken(path, 'JSON: it holds no JSON object');
}

const broken = (path: string, because: string, cause?: unknown) =>
  new ConfigurationError('config.broken', {
    message: `${path} is not valid ${because}.`,
    next: 'Correct it with: aim config edit',
    cause,
  });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isOfSomebodyElse(path: string): boolean {
  const own = process.getuid?.();
  if (own === undefined) return false;
  const { uid } = statSync(path);
  return uid !== own && uid !== 0;
}

function findUpwards(from: string, name: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return null;
  }
}
