// Hashes of what a server offers: AIM's manifest hash, as its servers compute it (wire-mcp-logs-a2a §2.6), and a full one per definition.

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Inspection } from './record.ts';

/** `tool:read_file`, as AIM's drift reports write it. */
export type DefinitionKey = `${'tool' | 'resource' | 'template' | 'prompt'}:${string}`;
export type Definition = Readonly<Record<string, unknown>>;

/** Everything that a model reads of each definition; AIM's own hash leaves out all but the schema. */
export function definitionsOf({ tools, resources, templates = [], prompts }: Inspection): Map<DefinitionKey, Definition> {
  const definitions = new Map<DefinitionKey, Definition>();
  const put = (key: DefinitionKey, definition: Definition): void => {
    // Two of one name are both kept: which of them a client calls is not ours to guess.
    for (let copy = 1; ; copy += 1) {
      const unique: DefinitionKey = copy === 1 ? key : `${key}#${copy}`;
      if (!definitions.has(unique)) return void definitions.set(unique, definition);
    }
  };
  for (const tool of tools) put(`tool:${tool.name}`, { ...tool });
  for (const resource of resources) put(`resource:${resource.uri}`, { ...resource });
  for (const template of templates) put(`template:${template.uriTemplate}`, { ...template });
  for (const prompt of prompts) put(`prompt:${prompt.name}`, { ...prompt });
  return definitions;
}

/** SHA-256 over the canonical form (RFC 8785), so that the order of members is no change. */
export function definitionHash(definition: unknown): string {
  try {
    return sha256(canonicalize(definition) ?? 'null');
  } catch (error) {
    if (error instanceof RangeError) return sha256('nested too deeply to be told apart');
    throw error;
  }
}

export type ManifestEntry = { type: 'tool' | 'resource' | 'prompt'; name: string; schemaHash: string };

export function manifestEntries({ tools, resources, prompts }: Inspection): ManifestEntry[] {
  return [
    ...tools.map(({ name, inputSchema }) => entry('tool', name, inputSchema)),
    ...resources.map(({ uri, name, mimeType }) =>
      entry('resource', name ?? uri, { uri, mimeTypes: mimeType === null ? null : [mimeType] }),
    ),
    ...prompts.map((prompt) => entry('prompt', prompt.name, { arguments: prompt.arguments ?? null })),
  ];
}

/** The same from definitions that were written down. What has no name or schema counts as having none. */
export function writtenEntries(definitions: Iterable<readonly [string, Definition]>): ManifestEntry[] {
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  return [...definitions].flatMap(([key, definition]): ManifestEntry[] => {
    const { name, uri, mimeType } = definition;
    if (key.startsWith('tool:')) return [entry('tool', textOf(name), definition['inputSchema'] ?? null)];
    if (key.startsWith('prompt:')) return [entry('prompt', textOf(name), { arguments: definition['arguments'] ?? null })];
    if (!key.startsWith('resource:')) return [];
    const mimeTypes = typeof mimeType === 'string' ? [mimeType] : null;
    return [entry('resource', textOf(name) || textOf(uri), { uri: textOf(uri), mimeTypes })];
  });
}

/** Sorted by type, then name; each entry `type 0x1F name 0x1F schemaHash 0x1E`. */
export function manifestHash(entries: readonly ManifestEntry[]): string {
  const sorted = entries.toSorted((left, right) => compareBytes(left.type, right.type) || compareBytes(left.name, right.name));
  return sha256(sorted.map(({ type, name, schemaHash }) => `${type}\u001f${name}\u001f${schemaHash}\u001e`).join(''));
}

export const schemaHash = (schema: unknown): string => sha256(goJson(schema));

const entry = (type: ManifestEntry['type'], name: string, schema: unknown): ManifestEntry => ({
  type,
  name,
  schemaHash: schemaHash(schema),
});

/** As Go's `encoding/json` writes a decoded value: sorted members, no spaces, and five characters escaped that JSON need not. */
function goJson(value: unknown): string {
  try {
    return JSON.stringify(sorted(value)).replaceAll(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  } catch (error) {
    if (error instanceof RangeError) return '"nested too deeply"';
    throw error;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const members = Object.entries(value).toSorted(([left], [right]) => compareBytes(left, right));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}

// Go sorts by bytes; JavaScript by UTF-16 units, which differs beyond the basic plane.
const compareBytes = (left: string, right: string): number =>
  left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
