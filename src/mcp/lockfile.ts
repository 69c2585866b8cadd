// The lockfile: what each server was when somebody looked at it. Made to be committed, so it has no secret and one form.

import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { visible } from '../text/visible.ts';
import {
  type Definition,
  type DefinitionKey,
  definitionHash,
  definitionsOf,
  manifestEntries,
  manifestHash,
} from './manifest.ts';
import type { Origin } from './origin.ts';
import type { DetectedServer, Inspection } from './record.ts';

export const locked = z.strictObject({
  transport: z.enum(['stdio', 'http', 'sse', 'unknown']),
  command: z.array(z.string()).nullable(),
  url: z.string().nullable(),
  origin: z
    .strictObject({
      package: z
        .strictObject({ kind: z.string(), name: z.string(), version: z.string().nullable(), integrity: z.string().nullable() })
        .nullable(),
      files: z.record(z.string(), z.string()),
      tlsKey: z.string().nullable(),
    })
    .nullable(),
  serverName: z.string().nullable(),
  serverVersion: z.string().nullable(),
  protocolVersion: z.string().nullable(),
  instructions: z.string().nullable(),
  manifestHash: z.string(),
  definitions: z.record(z.string(), z.strictObject({ hash: z.string(), definition: z.record(z.string(), z.unknown()) })),
});
const lockfile = z.strictObject({ version: z.literal(1), servers: z.record(z.string(), locked) });

export type Locked = z.infer<typeof locked>;
export type Lockfile = z.infer<typeof lockfile>;

export const LOCKFILE = 'mcp-lock.json';

export function lock(server: DetectedServer, inspection: Inspection, origin: Origin | null): Locked {
  return {
    transport: server.transport,
    command: server.command === null ? null : [server.command, ...server.args],
    url: server.url,
    origin,
    serverName: inspection.serverName,
    serverVersion: inspection.serverVersion,
    protocolVersion: inspection.protocolVersion,
    instructions: inspection.instructions,
    manifestHash: manifestHash(manifestEntries(inspection)),
    definitions: Object.fromEntries(
      [...definitionsOf(inspection)]
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, definition]) => [key, { hash: definitionHash(definition), definition }]),
    ),
  };
}

/** Servers by name, in order; one line per member, so that a review sees what changed. */
export function writeLockfile(file: Lockfile): string {
  const servers = Object.fromEntries(Object.entries(file.servers).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  return `${JSON.stringify({ version: 1, servers }, null, 2)}\n`;
}

/** @throws UsageError `mcp.lock-invalid`, also where a hash does not fit what it stands for. */
export function readLockfile(text: string, path: string): Lockfile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path, 'it is not valid JSON');
  }
  const { data, error } = lockfile.safeParse(value);
  if (data === undefined)
    throw invalid(path, `${error.issues[0]?.path.join('.') ?? ''} ${error.issues[0]?.message ?? ''}`.trim());
  for (const [name, server] of Object.entries(data.servers)) {
    const key = wrongHash(server);
    if (key !== null) throw invalid(path, `${visible(name)}, ${visible(key)}: its hash does not fit its text`);
  }
  return data;
}

export const lockedDefinitions = ({ definitions }: Locked): Map<DefinitionKey, Definition> =>
  new Map(Object.entries(definitions).map(([key, { definition }]) => [key as DefinitionKey, definition]));

/**
 * The same for two that are the same in everything that was written down, whatever the order of members.
 */
export const lockedHash = (server: Locked): string => definitionHash(server);

/** Null where each hash fits what it stands for; else the definition whose does not. */
export function wrongHash({ definitions }: Locked): string | null {
  return Object.entries(definitions).find(([, { hash, definition }]) => definitionHash(definition) !== hash)?.[0] ?? null;
}

const invalid = (path: string, what: string): UsageError =>
  new UsageError('mcp.lock-invalid', {
    message: `The lockfile ${path} cannot be used: ${what}.`,
    next: 'See who changed it, or make it anew: aim mcp lock',
  });
