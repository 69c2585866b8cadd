// Where a server comes from, as far as this machine can tell without asking anybody: package and integrity, files, TLS key.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { connect } from 'node:tls';
import { launchedPackage } from './checks/launchers.ts';
import type { Launch, LaunchStdio } from './launch.ts';

export type Origin = {
  package: { kind: string; name: string; version: string | null; integrity: string | null } | null;
  /** SHA-256 of each local file that the command names. */
  files: Record<string, string>;
  /** SHA-256 of the key that the other side shows (SPKI), in Base64. */
  tlsKey: string | null;
};

export async function originOf(launch: Launch): Promise<Origin> {
  if (launch.kind === 'remote') return { package: null, files: {}, tlsKey: await tlsKeyOf(launch.url) };
  const program = (launch.command.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd)$/, '');
  const launched = launchedPackage(program, launch.args);
  if (launched === null) return { package: null, files: filesOf(launch), tlsKey: null };
  const { kind, name, version } = launched;
  const installed = kind === 'npm' ? installedPackage(name, version, launch.cwd) : null;
  return {
    package: { kind, name, version: installed?.version ?? version, integrity: installed?.integrity ?? null },
    files: {},
    tlsKey: null,
  };
}

function filesOf({ args, cwd }: LaunchStdio): Record<string, string> {
  const files: Record<string, string> = {};
  for (const argument of args) {
    if (!/\.(?:[cm]?js|ts|py|rb|sh|jar|exe|wasm)$/i.test(argument)) continue;
    try {
      const path = resolve(cwd ?? '.', argument);
      if (statSync(path).size <= LARGEST_FILE) files[argument] = createHash('sha256').update(readFileSync(path)).digest('hex');
    } catch {} // an argument that is no file
  }
  return files;
}

type Installed = { version: string | null; integrity: string | null };

// npm writes what it installed beside it, for npx as for projects.
function installedPackage(name: string, version: string | null, cwd: string | null): Installed | null {
  const folders = [...projectFolders(cwd), ...npxFolders()];
  for (const folder of folders) {
    try {
      const list = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8')) as {
        packages?: Record<string, Partial<Installed>>;
      };
      const found = list.packages?.[`node_modules/${name}`];
      if (found?.version === undefined || (version !== null && /^\d/.test(version) && version !== found.version)) continue;
      return { version: found.version, integrity: found.integrity ?? null };
    } catch {} // nothing was installed there
  }
  return null;
}

function projectFolders(cwd: string | null): string[] {
  const folders: string[] = [];
  for (let folder = cwd; folder !== null; folder = dirname(folder) === folder ? null : dirname(folder)) folders.push(folder);
  return folders;
}

function npxFolders(): string[] {
  const cache = join(process.env['npm_config_cache'] ?? join(homedir(), '.npm'), '_npx');
  try {
    return readdirSync(cache).map((name) => join(cache, name));
  } catch {
    return [];
  }
}

async function tlsKeyOf(address: string): Promise<string | null> {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:') return null;
  return new Promise((done) => {
    // What is pinned is the key that is shown; whether the certificate is trusted, the inspection says.
    const socket = connect(
      {
        host: url.hostname,
        port: Number(url.port || 443),
        servername: url.hostname,
        rejectUnauthorized: false,
        timeout: 5_000,
      },
      () => {
        const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
        socket.destroy();
        done(key === undefined ? null : `sha256/${createHash('sha256').update(key).digest('base64')}`);
      },
    );
    socket.once('error', () => done(null)).once('timeout', () => socket.destroy(new Error('timeout')));
  });
}

const LARGEST_FILE = 64 * 1024 * 1024;
