// Where everything is kept: XDG Base Directories on every system (`aim paths` prints them), and `~/.aim` beside the other AIM SDKs.

import { isAbsolute, join } from 'node:path';
import { homeFolder } from './home-folder.ts';
import type { Paths } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The paths for this environment. On Windows the folders are those of the platform; macOS follows XDG, as most terminal tools do. */
export function resolvePaths(env: Environment, platform: NodeJS.Platform = process.platform): Paths {
  const home = homeFolder(env, platform);
  const windows = platform === 'win32';
  const state = join(
    folder(env, 'XDG_STATE_HOME') ?? (windows ? localAppData(env, home) : join(home, '.local', 'state')),
    'aim',
  );
  const config = join(folder(env, 'XDG_CONFIG_HOME') ?? (windows ? appData(env, home) : join(home, '.config')), 'aim');
  const cache = folder(env, 'XDG_CACHE_HOME') ?? (windows ? join(localAppData(env, home), 'Cache') : join(home, '.cache'));
  return {
    home,
    aim: join(home, '.aim'),
    config: folder(env, 'AIM_CONFIG_DIR') ?? config,
    state,
    cache: join(cache, 'aim'),
    data: join(state, 'control-plane'),
    log: join(state, 'aim.log'),
  };
}

// The specification says that a relative path in these variables is to be ignored.
function folder(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value && isAbsolute(value) ? value : undefined;
}

const appData = (env: Environment, home: string) => folder(env, 'APPDATA') ?? join(home, 'AppData', 'Roaming');
const localAppData = (env: Environment, home: string) => folder(env, 'LOCALAPPDATA') ?? join(home, 'AppData', 'Local');
