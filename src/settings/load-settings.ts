// What the program was told, read from all layers at once: flag, environment, project, profile, default.

import { UsageError } from '../errors.ts';
import { definitions, settingKeys } from './definitions.ts';
import { readProjectFile, readUserFile, type UserFile, userFilePath } from './files.ts';
import { nearest } from './nearest.ts';
import { resolvePaths } from './paths.ts';
import { readValue } from './read-value.ts';
import type { Layer, SettingKey, Settings, SettingValues } from './settings.ts';

export type SettingsSources = {
  /** As given on the command line, by setting. */
  flags?: Partial<Record<SettingKey, unknown>> | undefined;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** False: the files are not read, because they are what is broken. */
  files?: boolean | undefined;
};

type Found = { layer: Layer; value: unknown; source: string };

/** @throws ConfigurationError for a file that cannot be read as settings; UsageError for a value that cannot be. */
export function loadSettings({ flags = {}, env, cwd, files = true }: SettingsSources): Settings {
  const paths = resolvePaths(env);
  const warnings: string[] = [];
  const user: UserFile = files ? readUserFile(paths, warnings) : { path: userFilePath(paths), values: {}, profiles: {} };
  const project = files ? readProjectFile(cwd, warnings) : null;

  const without =
    (profile: string | null) =>
    (key: SettingKey): Found[] => {
      const found: Found[] = [];
      const add = (layer: Layer, given: unknown, source: string) => {
        if (given !== undefined) found.push({ layer, value: readValue(key, given, source), source });
      };
      add('flag', flags[key], `--${flagNames[key] ?? kebab(key)}`);
      for (const { given, source } of fromEnvironment(key, env)) add('environment', given, source);
      if (project !== null) add('project', onlyTighter(key, project.values[key]), project.path);
      if (profile !== null) add('profile', user.profiles[profile]?.[key], `${user.path}, profile ${profile}`);
      add('profile', user.values[key], user.path);
      found.push({ layer: 'default', value: definitions[key].default, source: 'built in' });
      return found;
    };

  const profile = String(without(null)('profile')[0]?.value);
  if (profile !== 'default' && !Object.hasOwn(user.profiles, profile))
    throw unknownProfile(profile, Object.keys(user.profiles));
  const findAll = without(profile);
  const cache = new Map<SettingKey, Found[]>();
  const found = (key: SettingKey): Found[] => {
    const known = cache.get(key) ?? findAll(key);
    cache.set(key, known);
    return known;
  };
  // A wrong value is said at once, not in the middle of what needs it.
  for (const key of settingKeys) found(key);

  return {
    paths,
    warnings,
    get: (key) => found(key)[0]?.value as SettingValues[typeof key],
    explain(key) {
      const [winner, ...others] = found(key) as [Found, ...Found[]];
      return { ...winner, others };
    },
  };
}

// A checkout may ask for care, not for carelessness.
const onlyTighter = (key: SettingKey, given: unknown) => (key === 'readOnly' && given !== true ? undefined : given);

function fromEnvironment(key: SettingKey, env: SettingsSources['env']): { given: string; source: string }[] {
  const found = definitions[key].env.filter((name) => env[name]).map((name) => ({ given: env[name] as string, source: name }));
  return key === 'color' ? [...found, ...colorVariables(env)] : found;
}

// NO_COLOR (no-color.org), FORCE_COLOR, and CLICOLOR with CLICOLOR_FORCE (bixense.com/clicolors), in the order their authors ask for.
function colorVariables(env: SettingsSources['env']): { given: string; source: string }[] {
  const found: { given: string; source: string }[] = [];
  if (env['NO_COLOR']) found.push({ given: 'never', source: 'NO_COLOR' });
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '') {
    found.push({
      given: env['FORCE_COLOR'] === '0' || env['FORCE_COLOR'] === 'false' ? 'never' : 'always',
      source: 'FORCE_COLOR',
    });
  }
  if (env['CLICOLOR_FORCE'] && env['CLICOLOR_FORCE'] !== '0') found.push({ given: 'always', source: 'CLICOLOR_FORCE' });
  if (env['CLICOLOR'] === '0') found.push({ given: 'never', source: 'CLICOLOR' });
  return found;
}

function unknownProfile(profile: string, known: readonly string[]): UsageError {
  const meant = nearest(profile, known);
  return new UsageError('profile.unknown', {
    message: `There is no profile ${JSON.stringify(profile)}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: 'See them with: aim profile ls',
    field: 'profile',
  });
}

/** Where the option has a shorter name than the setting. */
const flagNames: Readonly<Record<string, string>> = { timeoutSeconds: 'timeout', caFile: 'cacert' };
const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
