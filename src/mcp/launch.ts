// How a detected server is really started or reached: read again from its file, because its secrets are kept nowhere else.

import { existsSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { clients } from './clients.ts';
import { atPointer, readEntry } from './entries.ts';
import { parseConfig } from './parse.ts';
import { readConfigFile } from './read-file.ts';
import type { DetectedServer, Sighting } from './record.ts';
import { addressWithoutSecrets, withoutSecret, withoutSecrets } from './secrets.ts';

/** With real values. Never shown, logged or kept: `describeLaunch` is for that. */
export type Launch = LaunchStdio | LaunchRemote;
export type LaunchStdio = { kind: 'stdio'; command: string; args: string[]; cwd: string | null; env: Record<string, string> };
export type LaunchRemote = { kind: 'remote'; url: string; headers: Record<string, string>; prefers: 'http' | 'sse' };

/** What a person is asked about before anything starts. Secrets are replaced, everything else is exact. */
export type LaunchDescription = {
  argv: string[];
  url: string | null;
  cwd: string | null;
  /** Names of what the server gets beyond the scrubbed environment, or of the headers it is sent. */
  names: string[];
  /** Variables that the entry refers to and that are not set here. */
  missing: string[];
};

/** @throws UsageError `mcp.entry-changed` where the file no longer holds the entry, `mcp.no-launch` where it says neither. */
export async function launchOf(server: DetectedServer, env: Environment): Promise<{ launch: Launch; missing: string[] }> {
  const sighting = effectiveSighting(server);
  const entry = await readAgain(sighting);
  const missing = new Set<string>();
  const filled = (text: string): string => expand(text, env, missing);
  if (entry.command !== null && entry.transport !== 'http' && entry.transport !== 'sse') {
    const given = [...entry.environment].flatMap(([name, value]): [string, string][] => {
      if (value !== null) return [[name, filled(value)]];
      const own = env[name];
      if (own === undefined) missing.add(name);
      return own === undefined ? [] : [[name, own]];
    });
    const folder = entry.cwd === null ? (server.cwd ?? sighting.project ?? null) : filled(entry.cwd);
    const launch: LaunchStdio = {
      kind: 'stdio',
      command: filled(entry.command),
      args: entry.args.map(filled),
      cwd: folder !== null && existsSync(folder) ? folder : null,
      env: Object.fromEntries(given),
    };
    return { launch, missing: [...missing] };
  }
  if (entry.url === null) {
    throw new UsageError('mcp.no-launch', {
      message: `The entry of ${server.name} has neither a command nor an address.`,
      next: `Look at ${sighting.configPath}`,
    });
  }
  const headers = [...entry.headers].flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, filled(value)]],
  );
  const prefers = entry.transport === 'sse' ? 'sse' : 'http';
  return {
    launch: { kind: 'remote', url: filled(entry.url), headers: Object.fromEntries(headers), prefers },
    missing: [...missing],
  };
}

export function describeLaunch(launch: Launch, missing: readonly string[] = []): LaunchDescription {
  if (launch.kind === 'remote') {
    const names = Object.keys(launch.headers);
    return { argv: [], url: addressWithoutSecrets(launch.url), cwd: null, names, missing: [...missing] };
  }
  const argv = [withoutSecret(launch.command), ...withoutSecrets(launch.args)];
  return { argv, url: null, cwd: launch.cwd, names: Object.keys(launch.env), missing: [...missing] };
}

/** The sighting that a client would use now: one that wins and is not switched off, else the first. */
export function effectiveSighting({ sightings }: DetectedServer): Sighting {
  const [first] = sightings;
  if (first === undefined) throw new UsageError('mcp.no-sighting', { message: 'No configuration names this server.' });
  return sightings.find(({ wins, disabled }) => wins && !disabled) ?? sightings.find(({ wins }) => wins) ?? first;
}

async function readAgain({ configPath, pointer, client: id }: Sighting): Promise<ReturnType<typeof readEntry>> {
  const file = await readConfigFile(configPath);
  const client = clients.find((candidate) => candidate.id === id);
  if (file.kind === 'text' && client !== undefined) {
    const { value } = await parseConfig(configPath, file.text);
    const entry = atPointer(value, pointer);
    if (typeof entry === 'object' && entry !== null) {
      return readEntry(entry as Record<string, unknown>, client, pointer.split('/').at(-1) ?? '');
    }
  }
  throw new UsageError('mcp.entry-changed', {
    message: `${configPath} no longer holds this server.`,
    next: 'Look again: aim mcp detect',
  });
}

type Environment = Readonly<Record<string, string | undefined>>;

// `${VAR}`, `${VAR:-otherwise}`, `${env:VAR}`, `$VAR`, `{env:VAR}`, `%VAR%`, as the clients write them.
function expand(text: string, env: Environment, missing: Set<string>): string {
  return text.replaceAll(
    /\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}]*))?\}|\{env:([A-Za-z_]\w*)\}|\$([A-Z_][A-Z0-9_]*)|%([A-Z_][A-Z0-9_]*)%|\$\{(input:[^}]*)\}/g,
    (_, braced?: string, otherwise?: string, opencode?: string, bare?: string, windows?: string, asked?: string) => {
      const name = braced ?? opencode ?? bare ?? windows;
      const value = name === undefined ? undefined : env[name];
      if (value !== undefined) return value;
      if (otherwise !== undefined) return otherwise;
      missing.add(name ?? asked ?? '');
      return '';
    },
  );
}
