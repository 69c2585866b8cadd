// The keys that agents have shown before, one line each, like ssh's known_hosts: a key that changes is never taken for granted.

import { createHash } from 'node:crypto';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** A key as it was first seen for one agent of one server. */
export type KnownAgent = { server: string; agentId: string; name: string; fingerprint: string; firstSeenAt: string };

export type KnownAgents = {
  find(server: string, agentId: string): KnownAgent | null;
  all(): readonly KnownAgent[];
  /** Keeps a key for an agent that has none yet. A key that is there already stays: changing one is `replace`. */
  pin(entry: KnownAgent): Promise<void>;
  /** The explicit step after an agent's key has changed. */
  replace(entry: KnownAgent): Promise<void>;
  /** Reads the file again: another program may have written it. */
  reload(): Promise<void>;
};

/** Opens and reads `~/.aim/known_agents`. A file that is not there yet is empty; lines that cannot be read are kept as they are. */
export async function openKnownAgents(file: string): Promise<KnownAgents> {
  const known = knownAgents(file);
  await known.reload();
  return known;
}

/** The same, not read yet: empty until `reload`. */
export function knownAgents(file: string): KnownAgents {
  let lines: string[] = [];
  let last: Promise<void> = Promise.resolve();
  const change = (edit: (lines: string[]) => string[]): Promise<void> => {
    // One after the other, each on what the file holds now, so that two windows do not lose each other's lines.
    last = last
      .catch(() => {})
      .then(async () => {
        lines = edit(await readLines(file));
        await writeLines(file, lines);
      });
    return last;
  };
  const isSame = (entry: Pick<KnownAgent, 'server' | 'agentId'>) => (line: string) => {
    const other = parseLine(line);
    return other?.server === entry.server && other.agentId === entry.agentId;
  };
  return {
    find: (server, agentId) =>
      lines.map(parseLine).find((entry) => entry?.server === server && entry.agentId === agentId) ?? null,
    all: () => lines.map(parseLine).filter((entry) => entry !== null),
    pin: (entry) => change((before) => (before.some(isSame(entry)) ? before : [...before, formatLine(entry)])),
    replace: (entry) => change((before) => [...before.filter((line) => !isSame(entry)(line)), formatLine(entry)]),
    async reload() {
      lines = await readLines(file);
    },
  };
}

/** A key as people compare it: `SHA256:` and unpadded base64, as ssh writes it. */
export function keyFingerprint(publicKey: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

/** `server agent-id ed25519 fingerprint first-seen name`. The name comes last and is percent-encoded: others chose it. */
function formatLine({ server, agentId, name, fingerprint, firstSeenAt }: KnownAgent): string {
  return [encoded(server), encoded(agentId), 'ed25519', fingerprint, firstSeenAt, encoded(name)].join(' ');
}

function parseLine(line: string): KnownAgent | null {
  const [server, agentId, algorithm, fingerprint, firstSeenAt, name = ''] = line.trim().split(/\s+/);
  if (!server || server.startsWith('#') || !agentId || algorithm !== 'ed25519' || !fingerprint || !firstSeenAt) return null;
  try {
    return {
      server: decodeURIComponent(server),
      agentId: decodeURIComponent(agentId),
      name: decodeURIComponent(name),
      fingerprint,
      firstSeenAt,
    };
  } catch {
    return null;
  }
}

// encodeURIComponent throws on lone surrogates, and a name may hold one.
const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll('%3A', ':').replaceAll('%2F', '/') || '-';

async function readLines(file: string): Promise<string[]> {
  return ((await readPrivateFile(file)) ?? '').split('\n').filter((line) => line.trim() !== '');
}

const writeLines = (file: string, lines: readonly string[]): Promise<void> => writePrivateFile(file, `${lines.join('\n')}\n`);
