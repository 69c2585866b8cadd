// What completion knows, in files: so that a key press costs the start of Node and two reads, and never a network call.

import { createHash } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolderSync } from '../../src/settings/make-folder.ts';
import type { Paths } from '../../src/settings/settings.ts';
import { version } from '../../src/version.ts';
import type { Live } from './candidates.ts';
import type { Tree } from './tree.ts';

const treeFile = ({ cache }: Paths, program: string) => join(cache, 'completion', `verbs-${version}-${stamp(program)}.json`);
// One file per server and account: names of one are nothing to the other.
const liveFile = ({ cache }: Paths, whose: string) =>
  join(cache, 'completion', `live-${createHash('sha256').update(whose).digest('hex').slice(0, 16)}.json`);

/** `program` is the file that runs; another build has another tree. */
export const readTree = (paths: Paths, program: string) => readObject<Tree>(treeFile(paths, program));
export const writeTree = (paths: Paths, program: string, tree: Tree) => writeObject(treeFile(paths, program), tree);

/** The values of a server, and whether they are old enough to be asked for again. */
export function readLive(paths: Paths, whose: string): { live: Live; isOld: boolean } {
  const path = liveFile(paths, whose);
  const live = readObject<Live>(path);
  const fresh = (live?.agents?.length ?? 0) > MANY ? FRESH_OF_MANY : FRESH;
  return { live: live ?? {}, isOld: live === null || Date.now() - modifiedAt(path) > fresh };
}
export const writeLive = (paths: Paths, whose: string, live: Live) => writeObject(liveFile(paths, whose), live);

const FRESH = 20_000;
// Thousands of names are a hundred calls, and few of them change.
const MANY = 500;
const FRESH_OF_MANY = 300_000;

function readObject<Value>(path: string): Value | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Value;
  } catch {
    return null;
  }
}

// A cache that cannot be written is no reason to complete nothing.
function writeObject(path: string, value: unknown): void {
  try {
    makeFolderSync(dirname(path));
    const beside = `${path}.${process.pid}`;
    writeFileSync(beside, JSON.stringify(value), { mode: 0o600 });
    renameSync(beside, path);
  } catch {}
}

function modifiedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

const stamp = (program: string) => Math.round(modifiedAt(program)).toString(36);
