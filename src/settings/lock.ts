// One process at a time: a lock file that names its holder, so that a lock whose holder died is taken over.

import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../errors.ts';
import { makeFolder } from './make-folder.ts';
import { closeOwnFolder } from './own-folder.ts';

/**
 * Runs `work` while nobody else on this machine holds the lock of `path`.
 * @throws ConfigurationError `credentials.locked` where another process holds it for longer than `patienceMs`.
 */
export async function withLock<Result>(path: string, work: () => Promise<Result>, patienceMs = 60_000): Promise<Result> {
  // Not `<path>.lock`: the Python SDK keeps a file of that name for flock(2) and never removes it.
  const lock = `${path}.held`;
  const holder = `${JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })}\n`;
  await makeFolder(dirname(path)).catch((cause: unknown) => {
    throw notMade(lock, cause);
  });
  await closeOwnFolder(dirname(path));
  await take(lock, holder, patienceMs);
  const alive = setInterval(() => void touch(lock, holder), STALE_MS / 4);
  alive.unref();
  try {
    return await work();
  } finally {
    clearInterval(alive);
    if ((await read(lock)) === holder) await rm(lock, { force: true });
  }
}

const STALE_MS = 20_000; // a living holder renews its lock every five seconds

async function take(lock: string, holder: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let wait = 5; ; wait = Math.min(wait * 1.6, 250)) {
    try {
      await writeFile(lock, holder, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        // On a full disk there is room for its name and for nothing in it: nobody would know that it is nobody's.
        await rm(lock, { force: true }).catch(() => {});
        throw notMade(lock, error);
      }
    }
    if (await isDead(lock)) await takeAway(lock);
    else if (Date.now() > deadline) {
      throw new ConfigurationError('credentials.locked', {
        message: `Another process has held ${lock} for ${Math.round(patienceMs / 1000)} s.`,
        next: 'End that process, or remove the file if there is none.',
      });
    } else await sleep(wait * (0.5 + Math.random()));
  }
}

async function isDead(lock: string): Promise<boolean> {
  const [text, age] = await Promise.all([read(lock), ageOf(lock)]);
  if (text === null || age === null) return false;
  const { pid, host } = parse(text);
  if (pid !== undefined && host === hostname() && !isRunning(pid)) return true;
  return age > STALE_MS;
}

// Renaming is what decides between two processes that both found the holder dead: only one of them finds the file still there.
async function takeAway(lock: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

async function touch(lock: string, holder: string): Promise<void> {
  const now = new Date();
  if ((await read(lock)) === holder) await utimes(lock, now, now).catch(() => {});
}

async function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function ageOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => null,
  );
}

function parse(text: string): { pid?: number; host?: string } {
  try {
    const { pid, host } = JSON.parse(text) as Record<string, unknown>;
    return { ...(typeof pid === 'number' && { pid }), ...(typeof host === 'string' && { host }) };
  } catch {
    return {};
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code;

const notMade = (lock: string, cause: unknown) =>
  new ConfigurationError('credentials.lock', {
    message: `The lock ${lock} could not be made (${codeOf(cause) ?? 'unknown reason'}).`,
    next: 'Check who owns the folder and the space on the disk.',
    cause,
  });
