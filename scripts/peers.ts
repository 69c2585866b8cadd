// The real peers of the tests and of the chaos run: nothing is skipped, what is missing is installed or named.

import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What each Debian package brings, by a path of it. */
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
  '/usr/bin/faketime': 'faketime',
  '/usr/bin/bwrap': 'bubblewrap',
};

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aim-terminal-peers');

/** The environment that tells tests where the peers are; brings them first, where they are not here yet. */
export function peerEnvironment(): NodeJS.ProcessEnv {
  installMissing();
  mkdirSync(cache, { recursive: true });
  return {
    ...process.env,
    AIM_PEER_PYTHON_1: pythonWith('aim-sdk-1.21.0', 'aim-sdk==1.21.0'),
    AIM_PEER_PYTHON_2: pythonWith('aim-sdk-2.0.3', 'aim-sdk==2.0.3'),
    // The oldest and the last of 1.x that share files with us: `VERSION=PYTHON;…`.
    AIM_PEER_PYTHON_OTHERS: sdks('1.16.0', '1.24.1'),
    // Registered, allowed, denied, approved and denied by a person: one of each form that the SDK has had.
    AIM_PEER_PYTHON_QUICK: sdks('0.5.3', '1.16.0', '1.19.1', '1.24.1', '2.0.0'),
    AIM_PEER_PYTHON_LOGS: pythonWith(
      'log-schemas',
      'ocsf-json-schema==1.2.0',
      'opentelemetry-proto==1.45.2',
      'jsonschema==4.26.0',
    ),
    AIM_PEER_COLLECTOR: collector(),
    AIM_PEER_CHROMIUM: '/usr/bin/chromium',
    AIM_PEER_CACHE: cache,
  };
}

function installMissing(): void {
  const missing = Object.entries(debian).flatMap(([path, name]) => (existsSync(path) ? [] : [name]));
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(', ')}`);
  const quiet: ExecFileSyncOptions = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  execFileSync('apt-get', ['update', '-qq'], quiet);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quiet);
}

/** `VERSION=PYTHON;…` */
const sdks = (...versions: string[]): string =>
  versions.map((version) => `${version}=${pythonWith(`aim-sdk-${version}`, `aim-sdk==${version}`)}`).join(';');

/** A virtual environment with unmodified packages from PyPI. Gives its python. */
function pythonWith(name: string, ...packages: string[]): string {
  const folder = join(cache, name);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'ready'))) return python;
  console.log(`Installing ${packages.join(', ')}`);
  execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { stdio: 'inherit' });
  writeFileSync(join(folder, 'ready'), '');
  return python;
}

/** OpenTelemetry's collector, built of its own modules (two minutes on two cores, once). Gives its program, or nothing where it cannot be had. */
function collector(): string {
  const folder = join(cache, 'otelcol-0.165.0');
  const program = join(folder, 'otelcol');
  if (existsSync(program)) return program;
  console.log('Building the OpenTelemetry Collector');
  try {
    cpSync(fileURLToPath(new URL('../test/peers/collector', import.meta.url)), folder, { recursive: true });
    const env = { ...process.env, CGO_ENABLED: '0' };
    execFileSync('go', ['build', '-buildvcs=false', '-o', program, '.'], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
    });
    return program;
  } catch (error) {
    console.log(`There is no collector, and its test does not run: ${error instanceof Error ? error.message : error}`);
    return '';
  }
}
