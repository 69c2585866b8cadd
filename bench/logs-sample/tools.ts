// The tools that others use on the same file, in the same run: brought where they are missing, and named where they cannot be had.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Debian's packages, by their programs. */
const packages = { lnav: 'lnav', rg: 'ripgrep', jq: 'jq' };

export function brought(): void {
  const missing = () => Object.entries(packages).flatMap(([program, name]) => (isThere(program) ? [] : [name]));
  if (missing().length > 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing()], { stdio: 'ignore', env });
  }
  for (const name of missing()) console.log(`${name} is not here and cannot be installed: its figures are left out`);
}

const isThere = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** A python with that package, kept where the peer tests keep theirs. Null where it cannot be had. */
export function pythonWith(name: string, wanted: string): string | null {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aim-terminal-peers', name);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'ready'))) return python;
  try {
    execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: 'ignore' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', wanted], { stdio: 'ignore' });
    writeFileSync(join(folder, 'ready'), '');
    return python;
  } catch {
    console.log(`${wanted} cannot be installed: its figures are left out`);
    return null;
  }
}

/** Seconds that each takes over the whole file; null where it is not here, or not done within five minutes. */
export function others(file: string): { lnav(): number | null; ripgrep(): number | null; jq(): number | null } {
  return {
    lnav: () => {
      const formats = join(dirname(file), 'lnav');
      mkdirSync(join(formats, 'formats', 'aim'), { recursive: true });
      writeFileSync(join(formats, 'formats', 'aim', 'aim.json'), JSON.stringify({ aim_log: LNAV_FORMAT }));
      const sql = ';SELECT log_level, count(*) FROM aim_log GROUP BY log_level';
      return timed('lnav', ['-I', formats, '-n', '-q', '-c', sql, '-c', ':write-csv-to /dev/null', file]);
    },
    ripgrep: () => timed('rg', ['-c', '"severity":"CRITICAL"', file]),
    jq: () => timed('jq', ['-c', 'select(.severity == "CRITICAL") | .event_id', file]),
  };
}

function timed(program: string, args: string[]): number | null {
  if (!isThere(program)) return null;
  const begun = performance.now();
  const { status } = spawnSync(program, args, { stdio: 'ignore', timeout: 300_000 });
  return status === 0 ? (performance.now() - begun) / 1000 : null;
}

/** Our lines as lnav's documentation has JSON logs described (lnav 0.11, Log Formats). */
const LNAV_FORMAT = {
  title: 'AIM security log',
  'file-type': 'json',
  'timestamp-field': 'timestamp',
  'level-field': 'severity',
  'body-field': 'message',
  'line-format': [{ field: '__timestamp__' }, ' ', { field: 'severity' }, ' ', { field: 'message' }],
  value: { event_type: { kind: 'string' }, agent_name: { kind: 'string' }, action: { kind: 'string' } },
};
