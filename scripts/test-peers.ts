// Runs the tests that need real peers (`npm run test:peers [FILE …]`), or with --chaos the chaos run (`npm run chaos [-- --seconds 60]`).

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peerEnvironment } from './peers.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const [first, ...rest] = process.argv.slice(2);
const program =
  first === '--chaos'
    ? ['test/chaos/main.ts', ...rest]
    : ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.peers.config.ts', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, program, { stdio: 'inherit', env: peerEnvironment() });
process.exitCode = status ?? 1;
