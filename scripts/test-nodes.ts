// The main job and the package on every Node that package.json promises (`npm run test:nodes`): what runs here on the newest must run there.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

// The lowest that `engines` names, and the line between it and the one that everything else here runs on.
const versions = ['22.16.0', '24.9.0'];
const tests = [
  'test/pty/story.test.ts',
  'test/pty/story-by-commands.test.ts',
  'test/sdk/secure.test.ts',
  'test/security-log',
  'test/control-plane/verification.test.ts',
  'test/control-plane/start.test.ts',
];

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aim-terminal-peers');
const failed = versions.filter((version) => {
  const node = nodeOf(version);
  console.log(`\n# Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  const runs = [tests, ['--config', 'vitest.peers.config.ts', 'test/peers/package.test.ts']].map((chosen) =>
    spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', ...chosen], {
      stdio: 'inherit',
      // Some tests start a program of their own from its source, which Node 22 reads only when told to.
      env: { ...process.env, NODE_OPTIONS: '--experimental-strip-types --disable-warning=ExperimentalWarning' },
    }),
  );
  return runs.some(({ status }) => status !== 0);
});
if (failed.length > 0) console.error(`\nFailed on Node ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** The program itself, from npm's package for this platform: it is all there, and no script has to fetch it. */
function nodeOf(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(cache, `${name}-${version}`);
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: folder, stdio: 'inherit' });
  return program;
}
