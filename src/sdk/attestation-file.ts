// attestation_cache.json and the log of what happened since: a change is one line appended, not a file written anew.

import { appendFileSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failed, isMissing, makePrivateFolder, readPrivateObject, writePrivateObject } from '../credentials/private-file.ts';
import { withLock } from '../settings/lock.ts';

export type ToolUse = { count: number; firstUsed: string; lastUsed: string };
export type ServerRecord = {
  lastAttestedAt?: string;
  attestationId?: string;
  capabilitiesAttested: string[];
  toolsUsed: Record<string, ToolUse>;
  firstSeenAt: string;
  confidenceScore: number;
};

export type Happening =
  | { kind: 'used'; serverId: string; at: string; tool: string }
  | { kind: 'attested'; serverId: string; at: string; attestationId: string; capabilities: string[]; confidenceScore: number }
  | { kind: 'cleared'; serverId: string | null; at: string };

const MERGE_EVERY = 10_000; // a log of about a megabyte

export class AttestationFile {
  readonly #path: string;
  readonly #log: string;
  readonly #aside: string;
  readonly #agentId: string;
  #servers: Map<string, ServerRecord> | null = null;
  /** What the file and the log looked like when they were read: another process may have written since. */
  #seen = '';
  #sinceMerge = 0;
  #ready: Promise<void> | null = null;
  #waiting: string[] = [];
  #writing: Promise<void> | null = null;

  constructor(path: string, agentId: string) {
    this.#path = path;
    this.#log = `${path}.${agentId.replace(/[^\w-]/g, '_')}.log`;
    this.#aside = `${this.#log}.merging`;
    this.#agentId = agentId;
  }

  async servers(): Promise<ReadonlyMap<string, ServerRecord>> {
    await this.#writing;
    const looks = await this.#looks();
    if (this.#servers === null || looks !== this.#seen) {
      this.#servers = await this.#read();
      this.#seen = looks;
    }
    return this.#servers;
  }

  /** Resolves when the line is in the log. Lines that come together are written together. */
  async append(happening: Happening): Promise<void> {
    this.#ready ??= makePrivateFolder(dirname(this.#path));
    this.#waiting.push(`${JSON.stringify(happening)}\n`);
    this.#writing ??= this.#ready.then(() => this.#write());
    await this.#writing.catch((error: unknown) => {
      // What could not be written is told to whoever wanted it, and the next one tries anew.
      this.#ready = null;
      this.#writing = null;
      this.#waiting = [];
      throw failed('write', this.#log, error);
    });
    this.#sinceMerge += 1;
    if (this.#sinceMerge >= MERGE_EVERY) {
      this.#sinceMerge = 0;
      await this.merge();
    }
  }

  /** Folds the log into the file that all SDKs read. */
  async merge(): Promise<void> {
    await this.#writing;
    await withLock(this.#path, async () => {
      // A log that was set aside by a process that then died is folded in first, by itself.
      if ((await stat(this.#aside).catch(ignoreMissing)) !== undefined) await this.#fold();
      // Set aside before it is read: what another process appends meanwhile begins a new log.
      if ((await rename(this.#log, this.#aside).then(() => true, ignoreMissing)) === true) await this.#fold();
    });
    this.#servers = null;
  }

  #write(): void {
    const lines = this.#waiting.splice(0).join('');
    this.#writing = null;
    this.#servers = null;
    // One short append: on the event loop it takes a third of what the way through the thread pool takes.
    appendFileSync(this.#log, lines, { mode: 0o600 });
  }

  async #fold(): Promise<void> {
    const all = (await readPrivateObject(this.#path)) ?? {};
    const mcpServers = Object.fromEntries(await this.#read([this.#aside]));
    await writePrivateObject(this.#path, { ...all, [this.#agentId]: { agentId: this.#agentId, mcpServers } });
    await rm(this.#aside, { force: true });
  }

  async #read(logs = [this.#aside, this.#log]): Promise<Map<string, ServerRecord>> {
    const file = await readPrivateObject(this.#path);
    const stored = membersOf(membersOf(file?.[this.#agentId])['mcpServers']);
    const servers = new Map<string, ServerRecord>();
    for (const [id, record] of Object.entries(stored)) servers.set(id, recordOf(record));
    for (const path of logs) {
      const log = await readFile(path, 'utf8').catch(ignoreMissing);
      for (const line of (log ?? '').split('\n')) apply(servers, line);
    }
    return servers;
  }

  async #looks(): Promise<string> {
    const parts = await Promise.all([this.#path, this.#log].map((path) => stat(path).catch(ignoreMissing)));
    return parts.map((part) => (part === undefined ? '-' : `${part.ino} ${part.size} ${part.mtimeMs}`)).join('|');
  }
}

/** A line that was cut off by a crash, or is not ours, changes nothing. */
function apply(servers: Map<string, ServerRecord>, line: string): void {
  const happening = happeningIn(line);
  if (happening === null) return;
  if (happening.kind === 'cleared') {
    if (happening.serverId === null) servers.clear();
    else servers.delete(happening.serverId);
    return;
  }
  const { serverId, at } = happening;
  const record = servers.get(serverId) ?? recordOf({ firstSeenAt: at });
  servers.set(serverId, record);
  if (happening.kind === 'used') {
    const use = record.toolsUsed[happening.tool];
    record.toolsUsed[happening.tool] = { count: (use?.count ?? 0) + 1, firstUsed: use?.firstUsed ?? at, lastUsed: at };
    return;
  }
  record.lastAttestedAt = at;
  record.attestationId = happening.attestationId;
  record.capabilitiesAttested = happening.capabilities;
  record.confidenceScore = happening.confidenceScore;
}

function happeningIn(line: string): Happening | null {
  if (line === '') return null;
  try {
    const found = JSON.parse(line) as Partial<Record<string, unknown>> | null;
    if (typeof found?.['at'] !== 'string') return null;
    const { kind, serverId, tool, capabilities } = found;
    const isOurs =
      (kind === 'cleared' && (serverId === null || typeof serverId === 'string')) ||
      (typeof serverId === 'string' &&
        ((kind === 'used' && typeof tool === 'string') || (kind === 'attested' && isTexts(capabilities))));
    return isOurs ? (found as Happening) : null;
  } catch {
    return null;
  }
}

/** What a file has of a server, as far as it has the right form: others write it as well, and a tool may be called `constructor`. */
function recordOf(stored: unknown): ServerRecord {
  const { lastAttestedAt, attestationId, capabilitiesAttested, toolsUsed, firstSeenAt, confidenceScore } = membersOf(stored);
  const uses = Object.entries(membersOf(toolsUsed)).filter(([, use]) => typeof membersOf(use)['count'] === 'number');
  return {
    ...(typeof lastAttestedAt === 'string' && { lastAttestedAt }),
    ...(typeof attestationId === 'string' && { attestationId }),
    capabilitiesAttested: isTexts(capabilitiesAttested) ? capabilitiesAttested : [],
    toolsUsed: Object.assign(Object.create(null), Object.fromEntries(uses)),
    firstSeenAt: typeof firstSeenAt === 'string' ? firstSeenAt : '',
    confidenceScore: typeof confidenceScore === 'number' ? confidenceScore : 0,
  };
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');
const membersOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
