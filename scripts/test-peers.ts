// Brings the real peers and runs the tests that need them: nothing is skipped, what is missing is installed or named.

import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const debian: Record<string, string> = {
  '/usr/bin/chromium': 'chromium',
  '/usr/lib/postgresql': 'postgresql',
  '/usr/sbin/rsyslogd': 'rsyslog',
  '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so': 'rsyslog-openssl',
  '/usr/sbin/logrotate': 'logrotate',
  '/usr/bin/gnome-keyring-daemon': 'gnome-keyring',
  '/usr/bin/dbus-run-session': 'dbus',
  '/usr/bin/tmux': 'tmux',
  '/usr/bin/zsh': 'zsh',
  '/usr/bin/fish': 'fish',
  '/usr/bin/git': 'git',
};
const missing = Object.entries(debian).flatMap(([path, name]) => (existsSync(path) ? [] : [name]));
if (missing.length > 0) {
  console.log(`Installing ${missing.join(', ')}`);
  const quiet: ExecFileSyncOptions = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  execFileSync('apt-get', ['update', '-qq'], quiet);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quiet);
}

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aim-terminal-peers');
mkdirSync(cache, { recursive: true });

/** A virtual environment with unmodified packages from PyPI. Gives its python. */
function pythonWith(name: string, ...packages: string[]): string {
  const folder = join(cache, name);
  const python = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'ready'))) {
    console.log(`Installing ${packages.join(', ')}`);
    execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { stdio: 'inherit' });
    writeFileSync(join(folder, 'ready'), '');
  }
  return python;
}

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.peers.config.ts', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      AIM_PEER_PYTHON_1: pythonWith('aim-sdk-1.21.0', 'aim-sdk==1.21.0'),
      AIM_PEER_PYTHON_2: pythonWith('aim-sdk-2.0.3', 'aim-sdk==2.0.3'),
      AIM_PEER_PYTHON_LOGS: pythonWith(
        'log-schemas',
        'ocsf-json-schema==1.2.0',
        'opentelemetry-proto==1.45.2',
        'jsonschema==4.26.0',
      ),
      AIM_PEER_CHROMIUM: '/usr/bin/chromium',
      AIM_PEER_CACHE: cache,
    },
  },
);
process.exitCode = status ?? 1;
