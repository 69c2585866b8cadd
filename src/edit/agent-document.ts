// An agent as something to edit: what is said of it, what it may do without asking, and its tags.

import { z } from 'zod';
import { PolicyError } from '../errors.ts';
import { type Agent, agentChange, agentTypes } from '../wire/agent.ts';
import { capabilityType } from '../wire/requests/agents.ts';
import { revisionOf } from '../wire/revision.ts';
import { ask } from './ask.ts';
import { changedMembers, type EditApi, type EditDocument, type Held, type Member, type NewDocument } from './document.ts';

export const agentMembers: readonly Member[] = [
  { name: 'displayName', label: 'Name for people', kind: 'text', hint: 'Its name for people' },
  { name: 'description', label: 'Description', kind: 'text', hint: 'What it is for' },
  { name: 'agentType', label: 'Type', kind: 'word', words: agentTypes, hint: 'What it is made with' },
  { name: 'version', label: 'Version', kind: 'text', hint: 'Its version' },
  { name: 'repositoryUrl', label: 'Source', kind: 'text', hint: 'Where its source is, https://…, or empty' },
  { name: 'documentationUrl', label: 'Documentation', kind: 'text', hint: 'Where its documentation is, or empty' },
  { name: 'certificateUrl', label: 'Certificate', kind: 'text', hint: 'Where its certificate is, or empty' },
  { name: 'talksTo', label: 'Talks to', kind: 'words', hint: 'The MCP servers it talks to, by name' },
  {
    name: 'capabilities',
    label: 'Capabilities',
    kind: 'words',
    hint: 'What it may do without asking, as files:read or files:*',
  },
  { name: 'tags', label: 'Tags', kind: 'words', hint: 'Its tags, as name or name=value' },
];

const facts = [
  'displayName',
  'description',
  'agentType',
  'version',
  'repositoryUrl',
  'documentationUrl',
  'certificateUrl',
  'talksTo',
];

const schema = z.object({
  ...agentChange.omit({ metadata: true, displayName: true, agentType: true }).shape,
  displayName: z.string().trim().max(200).optional(),
  agentType: z.union([z.literal(''), z.enum(agentTypes)]).optional(),
  capabilities: z.array(capabilityType).max(1000).optional(),
  tags: z.array(z.string().trim().regex(/^[^=\s][^=]{0,99}(=.{0,200})?$/, 'must look like name or name=value')).max(200).optional(),
}); // biome-ignore format: one table

export function agentDocument(api: EditApi, { id, name }: Pick<Agent, 'id' | 'name'>): EditDocument {
  let latest: Agent | null = null;
  return {
    kind: 'agent',
    title: `agent ${name}`,
    members: agentMembers,
    schema,
    async read(signal) {
      latest = await api.agents.get(id, { signal });
      return heldOf(latest);
    },
    async write({ before, after, guarded }, signal) {
      const changed = changedMembers(agentMembers, before, after);
      const done: string[] = [];
      const step = async (names: readonly string[], work: () => Promise<unknown>) => {
        if (!names.some((member) => changed.includes(member))) return;
        await work().catch((error: unknown) => {
          throw done.length === 0 ? error : partly(done, error);
        });
        done.push(...names.filter((member) => changed.includes(member)));
      };
      await step(facts, () => {
        const change = Object.fromEntries(
          facts.filter((member) => changed.includes(member)).map((member) => [member, after[member]]),
        );
        const ifMatch = guarded && latest ? `"${revisionOf('agent', latest as Held)}"` : undefined;
        return api.agents.update(id, change, { signal, ifMatch });
      });
      await step(['capabilities'], async () => {
        const { added, removed } = lists(before['capabilities'], after['capabilities']);
        const path = `/api/v1/agents/${encodeURIComponent(id)}/capabilities`;
        for (const capability of added) await ask(api, 'POST', path, { capabilityType: capability }, signal);
        if (removed.length === 0) return;
        // Servers before ours know a capability by its id alone.
        const held = (await ask(api, 'GET', path, undefined, signal)) as unknown;
        for (const capability of removed)
          await ask(api, 'DELETE', `${path}/${encodeURIComponent(idAmong(held, capability))}`, undefined, signal);
      });
      await step(['tags'], async () => {
        const { added, removed } = lists(before['tags'], after['tags']);
        const path = `/api/v1/agents/${encodeURIComponent(id)}/tags`;
        if (added.length > 0) await ask(api, 'POST', path, { tagIds: await tagIds(api, added, signal) }, signal);
        for (const tag of removed) {
          const known = latest?.tags.find((one) => tagText(one) === tag);
          if (known) await ask(api, 'DELETE', `${path}/${encodeURIComponent(known.id)}`, undefined, signal);
        }
      });
    },
  };
}

/** A new agent whose key pair the server makes, where none is given. */
export function newAgent(api: EditApi, name?: string): NewDocument {
  const named: Member = {
    name: 'name',
    label: 'Name',
    kind: 'text',
    required: true,
    hint: 'Its name, unique in the organisation',
  };
  const key: Member = {
    name: 'publicKey',
    label: 'Public key',
    kind: 'text',
    hint: 'Its Ed25519 public key in base64; empty makes a pair and shows the private half once',
  };
  const members = [named, ...agentMembers.filter(({ name }) => ['displayName', 'description', 'agentType', 'capabilities'].includes(name)), key]; // biome-ignore format: one list
  return {
    kind: 'agent',
    title: 'new agent',
    members,
    schema: schema.pick({ displayName: true, description: true, agentType: true, capabilities: true }).extend({
      name: z.string().trim().min(1, 'is needed').max(200),
      publicKey: z.union([z.literal(''), z.string().trim().length(44, 'is not 32 bytes in base64')]).optional(),
    }),
    template: { agentType: 'custom', ...(name === undefined ? {} : { name }) },
    async create(value, signal) {
      const given = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== '' && member !== undefined));
      return (await api.agents.create(given as { name: string }, { signal })) as unknown as Held;
    },
  };
}

export function heldOf(agent: Agent): Held {
  return {
    ...Object.fromEntries(facts.map((name) => [name, agent[name as keyof Agent] ?? ''])),
    talksTo: [...agent.talksTo],
    capabilities: [...agent.capabilities],
    tags: agent.tags.map(tagText),
  };
}

const tagText = ({ key, value }: Agent['tags'][number]): string => (value ? `${key}=${value}` : `${key}`);

const lists = (before: unknown, after: unknown) => {
  const [old, now] = [before, after].map((list) => (Array.isArray(list) ? list.map(String) : [])) as [string[], string[]];
  return { added: now.filter((item) => !old.includes(item)), removed: old.filter((item) => !now.includes(item)) };
};

/** Tags by id, made where there are none yet. */
async function tagIds(api: EditApi, texts: readonly string[], signal: AbortSignal): Promise<string[]> {
  const known = (await ask(api, 'GET', '/api/v1/tags', undefined, signal)) as unknown;
  const tags = Array.isArray(known) ? known : (Object.values((known ?? {}) as object).find(Array.isArray) ?? []);
  return Promise.all(
    texts.map(async (text) => {
      const [key = '', ...rest] = text.split('=');
      const value = rest.join('=');
      const found = (tags as Held[]).find((tag) => tag['key'] === key && (tag['value'] ?? '') === value);
      if (found) return String(found['id']);
      const made = (await ask(api, 'POST', '/api/v1/tags', { key, value, category: 'custom' }, signal)) as Held | null;
      return String(made?.['id'] ?? key);
    }),
  );
}

function idAmong(held: unknown, capability: string): string {
  const rows = Array.isArray(held) ? held : (Object.values((held ?? {}) as object).find(Array.isArray) ?? []);
  const found = (rows as Held[]).find((row) => (row['capabilityType'] ?? row['capability_type']) === capability);
  return found ? String(found['id']) : capability;
}

function partly(done: readonly string[], cause: unknown): PolicyError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PolicyError('edit.partly', { message: `Saved ${done.join(', ')}; not the rest: ${message}`, cause });
}
