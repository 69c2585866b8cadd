// One capability of an agent as something to edit: whether each use is only recorded, told, or asked for, and on what it holds.

import { z } from 'zod';
import { camelMembers } from '../wire/casing.ts';
import { revisionOf } from '../wire/revision.ts';
import { ask } from './ask.ts';
import type { EditApi, EditDocument, Held, Member } from './document.ts';

const executionModes = ['auto', 'notify', 'review'] as const;

const members: readonly Member[] = [
  { name: 'executionMode', label: 'Each use', kind: 'word', words: executionModes, hint: 'auto runs; notify runs and tells; review waits for a person' },
  { name: 'resources', label: 'Only on', kind: 'words', hint: 'The resources that it holds for, a * at the end of one; none means all' },
]; // biome-ignore format: one table

const schema = z.object({
  executionMode: z.enum(executionModes),
  resources: z.array(z.string().trim().min(1).max(500)).max(500).nullish(),
});

export type HeldCapability = {
  agent: { id: string; name: string };
  /** By its name. */
  capability: string;
};

export function capabilityDocument(api: EditApi, { agent, capability }: HeldCapability): EditDocument {
  const path = `/api/v1/agents/${encodeURIComponent(agent.id)}/capabilities`;
  let latest: Held = {};
  return {
    kind: 'capability',
    title: `${capability} of ${agent.name}`,
    members,
    schema: schema as never,
    async read(signal) {
      const rows = camelMembers(await ask(api, 'GET', path, undefined, signal));
      const list = Array.isArray(rows) ? rows : (Object.values((rows ?? {}) as object).find(Array.isArray) ?? []);
      latest = (list as Held[]).find((row) => row['capabilityType'] === capability) ?? {};
      const scope = scopeOf(latest);
      const listed = scope['resources'] ?? scope['resource'] ?? [];
      return { executionMode: latest['executionMode'] ?? 'auto', resources: Array.isArray(listed) ? listed : [listed] };
    },
    async write({ after, guarded }, signal) {
      const { resources: _, resource: __, ...rest } = scopeOf(latest);
      const resources = after['resources'] as readonly string[] | null | undefined;
      // What a scope says besides is another's, and stays.
      const scope = resources && resources.length > 0 ? { ...rest, resources } : rest;
      const body = {
        capabilityType: capability,
        executionMode: after['executionMode'],
        scope: Object.keys(scope).length > 0 ? scope : null,
      };
      await ask(api, 'POST', path, body, signal, guarded ? `"${revisionOf('capability', latest)}"` : undefined);
    },
  };
}

const scopeOf = ({ capabilityScope }: Held): Held =>
  typeof capabilityScope === 'object' && capabilityScope !== null ? (capabilityScope as Held) : {};
