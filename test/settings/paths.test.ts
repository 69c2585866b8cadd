// Where things live, by the environment of each system.

import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { homeFolder } from '../../src/settings/home-folder.ts';
import { resolvePaths } from '../../src/settings/paths.ts';

describe('resolvePaths', () => {
  test.each<[title: string, env: Record<string, string>, platform: NodeJS.Platform, expected: object]>([
    [
      'uses the XDG folders',
      { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/k' },
      'linux',
      { aim: '/h/.aim', config: '/c/aim', state: '/s/aim', cache: '/k/aim', data: '/s/aim/control-plane' },
    ],
    [
      'falls back to their defaults',
      { HOME: '/h' },
      'linux',
      { config: '/h/.config/aim', state: '/h/.local/state/aim', cache: '/h/.cache/aim' },
    ],
    ['does the same on macOS', { HOME: '/h' }, 'darwin', { config: '/h/.config/aim' }],
    [
      'ignores relative ones, as the specification says',
      { HOME: '/h', XDG_STATE_HOME: 'here' },
      'linux',
      { state: '/h/.local/state/aim' },
    ],
    [
      'keeps to the folders of Windows',
      { USERPROFILE: 'C:\\Users\\li', APPDATA: '/roaming', LOCALAPPDATA: '/local' },
      'win32',
      { home: 'C:\\Users\\li', config: '/roaming/aim', state: '/local/aim', cache: '/local/Cache/aim' },
    ],
    ['lets AIM_CONFIG_DIR choose the folder itself', { HOME: '/h', AIM_CONFIG_DIR: '/x' }, 'linux', { config: '/x' }],
  ])('%s', (_, env, platform, expected) => {
    expect(resolvePaths(env, platform)).toMatchObject(expected);
  });
});

describe('a home that is none is not the folder in which a shell stands', () => {
  test.each<[title: string, env: Record<string, string>, platform: NodeJS.Platform]>([
    ['not said', {}, 'linux'],
    ['empty', { HOME: '' }, 'linux'],
    ['relative', { HOME: 'here' }, 'linux'],
    ['relative on Windows', { HOME: 'here', USERPROFILE: 'C:here' }, 'win32'],
  ])('%s', (_, env, platform) => {
    expect(homeFolder(env, platform)).toBe(userInfo().homedir);
  });
});
