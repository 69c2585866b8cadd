// Frameworks from the registry, installed once into the peers' cache: too large to be development dependencies of this package.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// biome-ignore lint/suspicious/noExplicitAny: the types of packages that are not installed beside this one
type Anything = any;

/** Brings the packages (`name@version`) and gives what imports one of their modules. */
export function npmPeers(name: string, packages: readonly string[]): (specifier: string) => Promise<Anything> {
  const folder = join(process.env['AIM_PEER_CACHE'] ?? join(tmpdir(), 'aim-peers'), name);
  const ready = join(folder, `ready-${packages.join('+').replace(/[^\w.@+-]/g, '_')}`);
  if (!existsSync(ready)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: `aim-${name}`, private: true, type: 'module' }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages], { cwd: folder, stdio: 'inherit' });
    writeFileSync(ready, '');
  }
  const { resolve } = createRequire(join(folder, 'package.json'));
  return (specifier) => import(/* @vite-ignore */ pathToFileURL(resolve(specifier)).href);
}
