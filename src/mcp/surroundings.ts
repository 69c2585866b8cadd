// Where detection looks on behalf of a person at this machine: the own home or the one that was named, and the demo's beside it.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolderSync } from '../settings/make-folder.ts';
import type { Paths } from '../settings/settings.ts';
import type { DetectOptions, Platform } from './record.ts';

export type Surroundings = {
  paths: Pick<Paths, 'home' | 'state'>;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** A home that was asked for by name: it alone is looked at. */
  home?: string | undefined;
  platform?: Platform | undefined;
};

/** `AIM_MCP_HOME` stands for the home in scripts, demos and tests. */
export function detectOptionsFor({ paths, env, cwd, home, platform }: Surroundings): DetectOptions {
  const salt = installationSalt(paths.state);
  if (home !== undefined) return { home: resolve(cwd, home), env: {}, cwd, platform, salt };
  const moved = env['AIM_MCP_HOME'];
  const demo = demoHome(paths);
  return {
    home: moved ? resolve(cwd, moved) : paths.home,
    env: moved ? {} : env,
    cwd,
    platform,
    salt,
    // What runs here says nothing of another home.
    evidence: !moved && (platform === undefined || platform === process.platform),
    alsoHomes: existsSync(demo) && demo !== moved ? [{ path: demo, label: 'demo' }] : [],
  };
}

/** Where the demo plants its client configurations. */
export const demoHome = ({ state }: Pick<Paths, 'state'>): string => join(state, 'demo', 'home');

/** Makes fingerprints comparable between runs on this machine, and nowhere else. Where it cannot be kept, none. */
function installationSalt(state: string): string | undefined {
  const path = join(state, 'mcp-salt');
  return keptSalt(path) ?? newSalt(path);
}

function keptSalt(path: string): string | undefined {
  try {
    // A full disk keeps the name of a file, and nothing in it.
    return readFileSync(path, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}

function newSalt(path: string): string | undefined {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    makeFolderSync(dirname(path));
    const salt = randomBytes(32).toString('hex');
    writeFileSync(beside, salt, { mode: 0o600, flag: 'wx' });
    renameSync(beside, path);
    return salt;
  } catch {
    rmSync(beside, { force: true });
    return undefined;
  }
}
