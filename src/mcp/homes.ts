// Whose files are looked at: the user's home, and the homes that hang on it (WSL seen from Windows, Windows seen from WSL).

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { DetectOptions, Platform } from './record.ts';

export type Home = {
  path: string;
  /** The disk that the home is on, where managed files are: empty for this machine's. Null where it is not known. */
  root: string | null;
  platforms: readonly Platform[];
  env: Readonly<Record<string, string | undefined>>;
  /** Null for the home that was asked for. */
  label: string | null;
};

export async function homesOf(options: DetectOptions): Promise<Home[]> {
  const own = homedir();
  // An empty HOME is none; without any, the system's own record of the user counts.
  const path = resolve(options.home || options.env?.['HOME'] || own || homeOnRecord());
  // Another home is not moved about by this user's environment.
  const env = options.env ?? (options.home === undefined || options.home === own ? process.env : {});
  const root = options.root ?? rootOf(path);
  const home: Home = { path, root, platforms: platformsOf(path, options.platform), env, label: null };
  return [home, ...(await neighbours(home, options)), ...(options.alsoHomes ?? []).map((more) => labelled(more, options))];
}

// Somebody without an entry in the system's record of users has no home there.
function homeOnRecord(): string {
  try {
    return userInfo().homedir;
  } catch {
    return '/';
  }
}

function labelled({ path, label }: { path: string; label: string }, options: DetectOptions): Home {
  return { path, root: null, platforms: platformsOf(path, options.platform), env: {}, label };
}

/** `/mnt/disk/home/alice` is on the disk `/mnt/disk`; `/tmp/backup` could be anyone's, and is taken for this machine's. */
function rootOf(home: string): string {
  const parts = /^(.*?)[\\/](?:home|Users)[\\/][^\\/]+[\\/]?$/.exec(home) ?? /^(.*)[\\/]root[\\/]?$/.exec(home);
  return parts?.[1] ?? (process.platform === 'win32' ? (process.env['SystemDrive'] ?? 'C:') : '');
}

// Without a platform, the home itself says whose it is: a mounted Mac has a Library, a Windows profile an AppData.
function platformsOf(home: string, platform: Platform | undefined): Platform[] {
  if (platform !== undefined) return [platform];
  const found = new Set<Platform>([process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux']);
  if (existsSync(join(home, 'Library', 'Application Support'))) found.add('darwin');
  if (existsSync(join(home, 'AppData'))) found.add('win32');
  return [...found];
}

async function neighbours(home: Home, options: DetectOptions): Promise<Home[]> {
  if (home.root === null) return [];
  if (home.platforms.includes('win32')) return wslHomes(home.root, await distributions(options));
  return windowsHomes(home.root);
}

function wslHomes(root: string, names: readonly string[]): Home[] {
  return names.flatMap((name) => {
    const share = process.platform === 'win32' ? `\\\\wsl.localhost\\${name}` : join(root, 'wsl.localhost', name);
    const homes = [join(share, 'root'), ...children(join(share, 'home')).map((user) => join(share, 'home', user))];
    return homes.filter((path) => existsSync(path)).map((path) => neighbour(path, share, 'linux', `wsl:${name}`));
  });
}

function windowsHomes(root: string): Home[] {
  const users = join(root === '' ? '/' : root, 'mnt', 'c', 'Users');
  return children(users)
    .filter((user) => existsSync(join(users, user, 'AppData')))
    .map((user) => neighbour(join(users, user), join(root === '' ? '/' : root, 'mnt', 'c'), 'win32', `windows:${user}`));
}

const neighbour = (path: string, root: string, platform: Platform, label: string): Home => ({
  path,
  root,
  platforms: [platform],
  env: {},
  label,
});

// Windows lists its distributions in the registry; the share `\\wsl.localhost` itself cannot be listed.
async function distributions({ home, root }: DetectOptions): Promise<string[]> {
  if (process.platform !== 'win32') return children(join(root ?? rootOf(home ?? homedir()), 'wsl.localhost'));
  try {
    const key = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Lxss';
    const { stdout } = await promisify(execFile)('reg', ['query', key, '/s', '/v', 'DistributionName'], { timeout: 2_000 });
    return [...stdout.matchAll(/DistributionName\s+REG_SZ\s+(.+?)\s*$/gm)].map((match) => match[1] ?? '').filter(Boolean);
  } catch {
    return [];
  }
}

function children(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MOST_CHILDREN);
  } catch {
    return [];
  }
}

const MOST_CHILDREN = 200;
