// An agent's identity and key: ~/.aim/agents/<name>.json, in the Python SDK's form (wire-auth §3.3).

import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { anyNumber, checkArguments, label, maybe, object, optional, options, path, text } from '../arguments.ts';
import { ConfigurationError } from '../errors.ts';
import { camelMembers } from '../wire/member-names.ts';
import { isMissing, readPrivateFile, readPrivateObject, removePrivateFile, writePrivateObject } from './private-file.ts';
import { aimFolder } from './sdk-credentials.ts';

/** An agent as `~/.aim/agents/<name>.json` keeps it, for every AIM SDK (wire-auth §3.3). Never log it: it holds the private key. */
export type AgentCredentials = {
  name: string;
  agentId: string;
  /** Standard base64, 32 bytes. */
  publicKey: string;
  /** Standard base64, the 32-byte seed or 64 bytes, seed then public key. Never log it. */
  privateKey: string;
  aimUrl: string;
  status: string | null;
  /** 0 to 1. */
  trustScore: number | null;
  organizationId?: string | undefined;
  /** RFC 3339. */
  registeredAt?: string | undefined;
};

type Place = { folder?: string };

const place = options({ folder: optional(path) });
const kept = object({
  name: label,
  agentId: label,
  publicKey: text,
  privateKey: text,
  aimUrl: text,
  status: maybe(text),
  trustScore: maybe(anyNumber),
  organizationId: maybe(text),
  registeredAt: maybe(text),
});

/** The file of an agent: every character that is not a letter, a digit, `-` or `_` becomes `_`, as in the other SDKs. */
export function agentFile(name: string, folder: string = aimFolder()): string {
  return join(folder, 'agents', `${name.replace(/[^\p{L}\p{N}\-_]/gu, '_')}.json`);
}

/** The stored agent of this name, or null. Reads the layouts of older SDKs too. */
export async function loadAgentCredentials(name: string, where: Place = {}): Promise<AgentCredentials | null> {
  checkArguments('loadAgentCredentials', { name: text, options: place }, [name, where]);
  const { folder = aimFolder() } = where;
  const stored = readAgent(await readPrivateObject(agentFile(name, folder)), name);
  // Two names can share a file (`a b` and `a_b`): the other's key is not ours.
  if (stored !== null) return stored.name === name ? stored : null;
  const legacy = await readPrivateObject(join(folder, 'credentials.json'));
  if (legacy === null) return null;
  const nested = legacy[name];
  if (typeof nested === 'object' && nested !== null) return readAgent(nested as Record<string, unknown>, name);
  const flat = readAgent(legacy, 'default');
  return flat !== null && flat.name === name ? flat : null;
}

/**
 * Waits a moment for a file that another SDK is writing at this time: some write in place, and theirs is half a file for a while.
 * @throws ConfigurationError `credentials.broken` for one that stays so: whose process was killed, or whose disk was full.
 */
export async function checkNotBroken(name: string, { folder = aimFolder() }: Place = {}): Promise<void> {
  const file = agentFile(name, folder);
  for (let look = 1; ; look += 1) {
    const text = await readPrivateFile(file);
    if (text === null || (await readPrivateObject(file)) !== null) return;
    if (look === LOOKS)
      throw new ConfigurationError('credentials.broken', {
        message: `The file ${file} is ${text.trim() === '' ? 'empty' : 'cut off or broken'}, so the key of agent ${name} is lost on this machine.`,
        next: 'Bring the file back from a backup, or register the agent anew: secure(name, { forceNew: true }).',
      });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const LOOKS = 6;

/** @throws ConfigurationError where the file of this name holds another agent: two names can share one (`a b` and `a.b`). */
export async function checkNameIsFree(name: string, { folder = aimFolder() }: Place = {}): Promise<void> {
  const path = agentFile(name, folder);
  const before = readAgent(await readPrivateObject(path), name);
  if (before === null || before.name === name) return;
  throw new ConfigurationError('credentials.name-clash', {
    message: `The names "${name}" and "${before.name}" would share the file ${path}.`,
    next: 'Choose a name that differs in more than punctuation.',
    field: 'name',
  });
}

/** Keeps the agent, 0600. @throws ConfigurationError where another agent's key would be overwritten. */
export async function saveAgentCredentials(credentials: AgentCredentials, where: Place = {}): Promise<void> {
  checkArguments('saveAgentCredentials', { credentials: kept, options: place }, [credentials, where]);
  const { folder = aimFolder() } = where;
  await checkNameIsFree(credentials.name, { folder });
  const path = agentFile(credentials.name, folder);
  const { agentId, publicKey, privateKey, aimUrl, status, trustScore, organizationId, registeredAt, name } = credentials;
  const ours = {
    agent_id: agentId,
    public_key: publicKey,
    private_key: privateKey,
    aim_url: aimUrl,
    status,
    // aim-sdk 1.21.0 formats it as a percentage on its next run, and dies on null (wire-auth §3.3).
    trust_score: trustScore ?? 0,
    registered_at: registeredAt ?? new Date().toISOString().replace('Z', '000+00:00'),
    ...(organizationId !== undefined && { organization_id: organizationId }),
    schemaVersion: '1.0',
    type: 'agent',
    name,
  };
  await writePrivateObject(path, { ...ours, ...othersIn(await readPrivateObject(path), ours) });
}

// What other versions keep about the same agent stays; what is of ours in another spelling does not come back beside it.
function othersIn(before: Record<string, unknown> | null, ours: Record<string, unknown>): Record<string, unknown> {
  const known = readAgent(before, '');
  if (before === null || known === null || known.agentId !== ours['agent_id']) return {};
  const written = new Set([...Object.keys(camelMembers(ours) as object), 'agentName', 'organizationId']);
  return Object.fromEntries(
    Object.entries(before).filter(
      ([member]) => !written.has(Object.keys(camelMembers({ [member]: 0 }) as object)[0] ?? member),
    ),
  );
}

/** True where the agent is gone afterwards, also where it was not there. */
export async function deleteAgentCredentials(name: string, where: Place = {}): Promise<boolean> {
  checkArguments('deleteAgentCredentials', { name: text, options: place }, [name, where]);
  const { folder = aimFolder() } = where;
  try {
    await removePrivateFile(agentFile(name, folder));
    return true;
  } catch {
    return false;
  }
}

/** Every stored agent, by name. Files that cannot be read are left out. Never a private key. */
export async function listAgentCredentials(
  where: Place = {},
): Promise<{ name: string; agentId: string; aimUrl: string; file: string }[]> {
  checkArguments('listAgentCredentials', { options: place }, [where]);
  const { folder = aimFolder() } = where;
  const files = await filesIn(join(folder, 'agents'));
  const found = await Promise.all(
    files.map(async (file) => {
      const agent = readAgent(await readPrivateObject(file).catch(() => null), basename(file, '.json'));
      return agent === null ? null : { name: agent.name, agentId: agent.agentId, aimUrl: agent.aimUrl, file };
    }),
  );
  return found.filter((agent) => agent !== null).sort((left, right) => left.name.localeCompare(right.name));
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function readAgent(file: Record<string, unknown> | null, otherwise: string): AgentCredentials | null {
  if (file === null) return null;
  const named = camelMembers(file) as Record<string, unknown>;
  const text = (name: string): string | undefined =>
    typeof named[name] === 'string' && named[name] !== '' ? (named[name] as string) : undefined;
  const [agentId, publicKey, privateKey, aimUrl] = [text('agentId'), text('publicKey'), text('privateKey'), text('aimUrl')];
  if (agentId === undefined || publicKey === undefined || privateKey === undefined || aimUrl === undefined) return null;
  return {
    name: text('name') ?? text('agentName') ?? otherwise,
    agentId,
    publicKey,
    privateKey,
    aimUrl: aimUrl.replace(/\/+$/, ''),
    status: text('status') ?? null,
    trustScore: typeof named['trustScore'] === 'number' ? named['trustScore'] : null,
    organizationId: text('organizationId'),
    registeredAt: text('registeredAt'),
  };
}
