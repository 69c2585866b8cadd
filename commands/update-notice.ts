// A line about a newer version: at most once a day, after the output, on a terminal, never in CI, and never more than a line.

import { spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolderSync } from '../src/settings/make-folder.ts';
import type { Settings } from '../src/settings/settings.ts';
import { version } from '../src/version.ts';
import type { Io } from './action.ts';
import { buildFile, programFile } from './program.ts';

export type UpdateRecord = { checkedAt: number; toldAt: number; latest: string | null };

const DAY = 24 * 60 * 60 * 1000;

/** Says what is known, and has it looked up again behind the scenes when that is a day old. Never throws, never waits. */
export function tellOfUpdate(
  settings: Settings,
  io: Io,
  { now = Date.now(), installed = buildFile(), current = version } = {},
): void {
  if (!isWanted(settings, io) || !isFromRegistry(installed)) return;
  try {
    const path = recordPath(settings);
    const record = readRecord(path);
    if (isNewer(record.latest, current) && now - record.toldAt >= DAY) {
      io.stderr.write(`aim ${record.latest} is there; this is ${current}. To have it: npm install --global aim-terminal\n`);
      writeRecord(path, { ...record, toldAt: now });
    }
    if (now - record.checkedAt < DAY) return;
    // Noted first, so that a registry that cannot be reached is not asked by each command.
    writeRecord(path, { ...readRecord(path), checkedAt: now });
    spawn(process.execPath, [programFile('aim'), '__update', path], {
      detached: true,
      stdio: 'ignore',
      env: { ...io.env, NODE_USE_ENV_PROXY: '1' },
    }).unref();
  } catch {
    // A notice is worth no error.
  }
}

function isWanted(settings: Settings, { stdout, stderr, env, json, quiet }: Io): boolean {
  if (!settings.get('updateNotice') || env['AIM_NO_UPDATE_NOTIFIER'] || env['CI'] || json || quiet) return false;
  return stdout.isTTY === true && stderr.isTTY === true;
}

// A checkout or an executable of one's own is brought up to date in another way.
const isFromRegistry = (path: string): boolean => /[\\/]node_modules[\\/]aim-terminal[\\/]/.test(path);

const recordPath = ({ paths }: Settings): string => join(paths.state, 'update.json');

/** `aim __update PATH`: asks the registry of npm which version is the latest, and writes it down. */
export async function checkForUpdate(path: string, env: Io['env']): Promise<void> {
  try {
    const registry = env['npm_config_registry'] || 'https://registry.npmjs.org/';
    const address = new URL('aim-terminal/latest', registry.endsWith('/') ? registry : `${registry}/`);
    const answer = await fetch(address, { signal: AbortSignal.timeout(10_000), headers: { accept: 'application/json' } });
    const { version: latest } = (await answer.json()) as { version?: unknown };
    // Written into a line for a terminal later: nothing but a version gets there.
    if (typeof latest === 'string' && VERSION.test(latest)) writeRecord(path, { ...readRecord(path), latest });
  } catch {
    // Tomorrow again.
  }
}

const VERSION = /^\d{1,5}\.\d{1,5}\.\d{1,5}$/;

export function isNewer(latest: string | null, current: string): boolean {
  if (latest === null || !VERSION.test(latest) || !VERSION.test(current)) return false;
  const [theirs, ours] = [latest, current].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const different = theirs.findIndex((part, index) => part !== ours[index]);
  return different !== -1 && (theirs[different] ?? 0) > (ours[different] ?? 0);
}

function readRecord(path: string): UpdateRecord {
  try {
    const { checkedAt = 0, toldAt = 0, latest = null } = JSON.parse(readFileSync(path, 'utf8')) as Partial<UpdateRecord>;
    return { checkedAt: Number(checkedAt), toldAt: Number(toldAt), latest: typeof latest === 'string' ? latest : null };
  } catch {
    return { checkedAt: 0, toldAt: 0, latest: null };
  }
}

function writeRecord(path: string, record: UpdateRecord): void {
  makeFolderSync(dirname(path));
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
