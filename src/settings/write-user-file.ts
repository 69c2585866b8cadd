// Changes to the user's settings file: checked against its schema, written atomically, mode 0600.

import { ConfigurationError } from '../errors.ts';
import { schemaVersion, userFilePath } from './files.ts';
import { fileProperties } from './json-schema.ts';
import { withLock } from './lock.ts';
import type { Paths, SettingKey } from './settings.ts';

export type SettingChange = {
  key: SettingKey;
  /** Undefined removes it. */
  value: unknown;
  /** The profile to change; null for the settings beside all profiles. */
  profile: string | null;
};

/** @throws ConfigurationError where the file or its folder cannot be written, or would no longer be valid. */
export async function changeSetting(paths: Paths, { key, value, profile }: SettingChange): Promise<void> {
  await edit(paths, (content) => {
    if (profile === null) return withMember(content, key, value);
    const profiles = objectAt(content, 'profiles');
    return withMember(content, 'profiles', withMember(profiles, profile, withMember(objectAt(profiles, profile), key, value)));
  });
}

/** Makes, or with undefined removes, a whole profile. */
export async function changeProfile(paths: Paths, name: string, values: Record<string, unknown> | undefined): Promise<void> {
  await edit(paths, (content) => withMember(content, 'profiles', withMember(objectAt(content, 'profiles'), name, values)));
}

type Content = Readonly<Record<string, unknown>>;

async function edit(paths: Paths, change: (content: Content) => Content): Promise<void> {
  const path = userFilePath(paths);
  try {
    // Two that change it at the same time each read what the other wrote.
    await withLock(path, () => write(paths, change), PATIENCE_MS);
  } catch (cause) {
    const isUnwritable = cause instanceof ConfigurationError && cause.code === 'credentials.lock';
    if (cause instanceof ConfigurationError && !isUnwritable) throw cause;
    throw asConfigurationError(path, (isUnwritable ? cause.cause : cause) as NodeJS.ErrnoException);
  }
}

const PATIENCE_MS = 10_000;

async function write(paths: Paths, change: (content: Content) => Content): Promise<void> {
  const { default: Conf } = await import('conf');
  const file = new Conf<Record<string, unknown>>({
    cwd: paths.config,
    configName: 'config',
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    schema: fileProperties() as never,
    serialize: (content) => `${JSON.stringify(content, null, 2)}\n`,
    // As it is read elsewhere: with a byte order mark, and empty.
    deserialize: (text) => JSON.parse(text.replace(/^\uFEFF/, '') || '{}'),
  });
  const { $schema = './config.schema.json', ...content } = file.store;
  file.store = { $schema, schemaVersion, ...change(content) };
}

function asConfigurationError(path: string, cause: NodeJS.ErrnoException): ConfigurationError {
  if (cause.code !== undefined && /^E[A-Z]+$/.test(cause.code)) {
    return new ConfigurationError('config.not-writable', {
      message: `${path} cannot be written (${cause.code}).`,
      next: ['ENOSPC', 'EDQUOT'].includes(cause.code)
        ? 'Free some space and run the command again.'
        : 'Make its folder writable, or set AIM_CONFIG_DIR to another.',
      cause,
    });
  }
  return new ConfigurationError('config.invalid', {
    message: `${path} would not be valid: ${cause.message.replace(/^Config schema violation: /, '')}.`,
    next: 'Correct it with: aim config edit',
    cause,
  });
}

function withMember(content: Content, name: string, value: unknown): Content {
  const { [name]: _, ...rest } = content;
  return value === undefined ? rest : { ...rest, [name]: value };
}

const objectAt = (content: Content, name: string): Content => {
  const member = content[name];
  return typeof member === 'object' && member !== null && !Array.isArray(member) ? (member as Content) : {};
};
