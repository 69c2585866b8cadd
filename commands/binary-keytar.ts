// keytar for the single executable: its native half is inside the executable too, and is put where only its user may write, to be loaded.

import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getRawAsset } from 'node:sea';
import { resolvePaths } from '../src/settings/paths.ts';

/** Its methods are those of the package keytar. @throws Error where the system lets it not be written or loaded. */
// biome-ignore lint/style/noDefaultExport: it stands in for a CommonJS package
export default load();

function load(): unknown {
  const native = Buffer.from(getRawAsset('keytar.node'));
  const folder = join(resolvePaths(process.env).cache, 'native');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mustBeOurs(folder);
  const path = join(folder, `keytar-${createHash('sha256').update(native).digest('hex').slice(0, 32)}.node`);
  if (!isThere(path, native)) put(path, native);
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports;
}

// Who may write here decides what runs in this process.
function mustBeOurs(folder: string): void {
  const { uid, mode } = lstatSync(folder);
  if (process.getuid === undefined) return;
  if (uid !== process.getuid() || !lstatSync(folder).isDirectory()) throw new Error(`${folder} belongs to somebody else`);
  if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

// By content: a file of that name may be half of one, or another.
function isThere(path: string, native: Buffer): boolean {
  try {
    return lstatSync(path).isFile() && readFileSync(path).equals(native);
  } catch {
    return false;
  }
}

function put(path: string, native: Buffer): void {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(beside, native, { flag: 'wx', mode: 0o600 });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
