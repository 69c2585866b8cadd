// The same server named by several clients is one row; where several scopes of a client name it, one of them wins.

import { hash } from 'node:crypto';
import { asUntrusted } from '../text/brand.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { Entry } from './entries.ts';
import type { Candidate } from './places.ts';
import type { DetectedServer, Scope, Sighting, ValueShape } from './record.ts';
import { addressWithoutSecrets, shapeOf, withoutSecret, withoutSecrets } from './secrets.ts';

/** An entry and the file it was found in. */
export type Found = {
  /** With what policies say of it. */
  entry: Entry;
  /** As the file has it: the same object as long as the file is the same. */
  read: Entry;
  candidate: Candidate;
  mode: number | null;
  modifiedAt: Timestamp;
};

/** `here` are the folders of the project that the caller stands in: their entries hide the user's of the same name. */
export function correlate(found: readonly Found[], here: readonly string[], salt: string): DetectedServer[] {
  const winners = winnersOf(found, here);
  const merging = new Map<string, DetectedServer>();
  for (const item of found) {
    const row = knownRow(item, salt);
    const known = merging.get(row.key);
    const sighting = sightingOf(item, winners.has(item));
    if (known === undefined) merging.set(row.key, { ...row, sightings: [sighting] });
    else {
      known.sightings.push(sighting);
      known.environment = merged(known.environment, row.environment);
      known.headers = merged(known.headers, row.headers);
      if (known.transport === 'unknown') known.transport = row.transport;
    }
  }
  const servers = [...merging.values()];
  for (const server of servers) server.evidence = [evidenceOf(server)];
  return servers.sort((left, right) => compare(left.name, right.name) || compare(left.key, right.key));
}

// Taking secrets out of an entry costs more than finding it, and most entries are as they were at the last look.
function knownRow(item: Found, salt: string): DetectedServer {
  const known = rows.get(item.read);
  if (known?.salt === salt && known.project === item.candidate.project) return known.row;
  const row = rowOf(item, salt);
  rows.set(item.read, { salt, project: item.candidate.project, row });
  return row;
}

const rows = new WeakMap<Entry, { salt: string; project: string | null; row: DetectedServer }>();

function rowOf({ entry, candidate }: Found, salt: string): DetectedServer {
  const args = withoutSecrets(entry.args).map(asUntrusted);
  const command = entry.command === null ? null : asUntrusted(withoutSecret(entry.command));
  const url = entry.url === null ? null : asUntrusted(addressWithoutSecrets(entry.url));
  const cwd = workingFolder(entry, candidate);
  return {
    key: keyOf(entry.name, entry.transport === 'stdio' || url === null ? [command, ...args, cwd] : [bare(url)]),
    name: asUntrusted(entry.name),
    transport: entry.transport,
    command,
    args,
    cwd: cwd === null ? null : asUntrusted(withoutSecret(cwd)),
    url,
    environment: [...entry.environment].map(([name, value]) => shapeOf(name, value, salt)),
    headers: [...entry.headers].map(([name, value]) => shapeOf(name, value, salt)),
    sightings: [],
    evidence: [],
  };
}

// `node ./server.js` is another server in another project.
function workingFolder({ cwd, command, args, project }: Entry, candidate: Candidate): string | null {
  if (cwd !== null) return cwd;
  const isRelative = [command ?? '', ...args].some((part) => /^\.{1,2}[\\/]/.test(part));
  return isRelative ? (project ?? candidate.project) : null;
}

const keyOf = (name: string, launch: readonly (string | null)[]): string =>
  hash('sha256', JSON.stringify([name, ...launch])).slice(0, 16);

const bare = (url: string): string => url.replace(/\/+$/, '').replace(/^[^/]+\/\/[^/]+/, (origin) => origin.toLowerCase());

function sightingOf({ entry, candidate, mode, modifiedAt }: Found, wins: boolean): Sighting {
  const { client, home, path } = candidate;
  return {
    client: client.id,
    scope: entry.scope,
    configPath: path,
    pointer: entry.pointer,
    disabled: entry.disabled,
    autoApproved: entry.autoApproved.map(asUntrusted),
    ...(entry.startsUnasked === true ? { startsUnasked: true } : {}),
    tools: { allow: entry.tools.allow?.map(asUntrusted) ?? null, deny: entry.tools.deny?.map(asUntrusted) ?? null },
    fileMode: mode,
    modifiedAt,
    wins,
    project: entry.project ?? candidate.project,
    home: home.label,
  };
}

const STRENGTH: Record<Scope, number> = { user: 0, profile: 1, project: 2, local: 3, managed: 4 };

/** Per client and name, the strongest entry of each project, and of the place where the caller stands. */
function winnersOf(found: readonly Found[], here: readonly string[]): Set<Found> {
  const managed = new Set(found.filter(isExclusive).map(({ candidate }) => clientKey(candidate)));
  const strongest = new Map<string, Found>();
  for (const item of found) {
    const { entry, candidate } = item;
    if (managed.has(clientKey(candidate)) && !isExclusive(item)) continue;
    const project = entry.project ?? candidate.project;
    const place = project === null || here.includes(project) ? 'here' : project;
    const key = `${clientKey(candidate)}\0${place}\0${entry.name}\0${entry.scope === 'profile' ? candidate.path : ''}`;
    const rival = strongest.get(key);
    if (rival === undefined || isStronger(item, rival, here)) strongest.set(key, item);
  }
  return new Set(strongest.values());
}

const isExclusive = ({ entry, candidate }: Found): boolean =>
  entry.scope === 'managed' && candidate.client.managedIsExclusive === true;

const clientKey = ({ client, home }: Candidate): string => `${client.id}\0${home.path}`;

function isStronger(item: Found, rival: Found, here: readonly string[]): boolean {
  const difference = STRENGTH[item.entry.scope] - STRENGTH[rival.entry.scope];
  if (difference !== 0) return difference > 0;
  // Of two projects one inside the other, the nearer; of a client's files of one scope, the first in the table.
  return depth(item, here) < depth(rival, here);
}

function depth({ entry, candidate }: Found, here: readonly string[]): number {
  const index = here.indexOf(entry.project ?? candidate.project ?? '');
  return index === -1 ? Number.POSITIVE_INFINITY : index;
}

function merged(left: ValueShape[], right: readonly ValueShape[]): ValueShape[] {
  const known = new Set(left.map(({ name, fingerprint, shape }) => JSON.stringify([name, fingerprint, shape])));
  return [...left, ...right.filter(({ name, fingerprint, shape }) => !known.has(JSON.stringify([name, fingerprint, shape])))];
}

function evidenceOf({ sightings }: DetectedServer): DetectedServer['evidence'][number] {
  const files = new Set(sightings.map(({ configPath }) => configPath));
  const detail = files.size === 1 ? [...files].join('') : `${files.size} configuration files`;
  return { method: 'config', confidence: 1, detail: asUntrusted(detail) };
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
