// A disk with no room left, real: each verb that writes a file says so, ends with an error, and leaves nothing half-written behind.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleLines } from '../security-log/samples.ts';
import { runHere } from './in-process.ts';

const root = mkdtempSync(join(tmpdir(), 'aim-full-'));
const disk = join(root, 'disk');
mkdirSync(disk);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]).status === 0;
const filler = join(disk, 'filler');

writeFileSync(join(root, 'security.log'), sampleLines.map((line) => `${line}\n`).join(''));
writeFileSync(join(root, 'notes.json'), JSON.stringify({ tools: [{ name: 'read', description: 'Reads' }] }));

const env = { HOME: root, XDG_CONFIG_HOME: join(disk, 'config'), XDG_STATE_HOME: join(disk, 'state') };
const aim = (line: string) => runHere(line.replace('DISK', disk).split(' '), { env, cwd: root });
/** What there is on it beside the filler, with anything in it. */
const written = () =>
  readdirSync(disk, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'filler')
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size > 0 || path.endsWith('.held'));

beforeEach(() => {
  if (!mounted) return;
  try {
    writeFileSync(filler, Buffer.alloc(1024 * 1024));
  } catch {} // that is what it is for
});
afterEach(() => {
  if (mounted) for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
});
afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(root, { recursive: true, force: true });
});

describe.skipIf(!mounted)('on a full disk', () => {
  test.each([
    'mcp lock --from notes=notes.json --file disk/mcp.lock.json',
    'mcp check --sarif disk/found.sarif',
    'logs export security.log --to file:DISK/out.log --format cef',
    'logs export security.log --to file:DISK/out.csv --format csv',
    'config set fps 30',
    'profile create prod https://aim.example',
    'views save low agents',
    'man --install disk/man',
  ])('aim %s', async (line) => {
    const { code, stdout, stderr } = await aim(line);
    expect({ code, stdout }).toEqual({ code: expect.toBeOneOf([1, 2]), stdout: '' });
    expect(stderr).toMatch(/ENOSPC|disk is full|no space/i);
    expect(written()).toEqual([]);
  });

  test('what could not be written is written once there is room, at once', async () => {
    expect((await aim('config set fps 30')).code).not.toBe(0);
    rmSync(filler);
    expect((await aim('config set fps 30')).code).toBe(0);
  });
});
