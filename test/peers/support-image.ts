// The base image of the container file where no registry of images can be reached: this machine's own Node and shell under its name.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Leaves an image that is there, or can be fetched, as it is. */
export function provideBase(builder: string, image: string): void {
  if (spawnSync(builder, ['image', 'inspect', image]).status === 0) return;
  if (spawnSync(builder, ['pull', image], { timeout: 120_000 }).status === 0) return;
  const root = mkdtempSync(join(tmpdir(), 'aim-image-'));
  try {
    fill(root);
    execFileSync('sh', ['-c', 'tar -C "$0" -c . | "$1" import --change "$3" - "$2"', root, builder, image, TRUSTED], {
      stdio: 'ignore',
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

// Where this machine trusts an authority of its own, as behind a proxy, the image has to as well.
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const TRUSTED = `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`;

function fill(root: string): void {
  const programs = ['sh', 'mkdir', 'chown', 'chmod', 'ln', 'env', 'rm'].map((name) => [which(name), `/bin/${name}`] as const);
  for (const [from, to] of [[process.execPath, '/usr/local/bin/node'] as const, ...programs]) {
    copy(root, from, to);
    for (const library of librariesOf(from)) copy(root, library, library);
  }
  const npm = dirname(dirname(realpathSync(which('npm'))));
  cpSync(npm, join(root, 'usr/local/lib/npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('/bin/env', join(root, 'usr/bin/env'));
  for (const folder of ['tmp', 'opt', 'root', 'home/node', 'etc/ssl/certs', 'proc', 'dev', 'sys'])
    mkdirSync(join(root, folder), { recursive: true, mode: folder === 'tmp' ? 0o1777 : 0o755 });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  if (existsSync(CERTIFICATES)) writeFileSync(join(root, CERTIFICATES), readFileSync(CERTIFICATES));
}

function copy(root: string, from: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(from, join(root, to));
}

const which = (name: string) => execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
const librariesOf = (path: string) => execFileSync('ldd', [path], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
