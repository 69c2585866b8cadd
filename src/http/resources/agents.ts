// Agents: list, find, create, change, and move through their lifecycle (wire-agents §3).

import { z } from 'zod';
import { ExitCode, UsageError } from '../../errors.ts';
import { nearest } from '../../settings/nearest.ts';
import { type Agent, agent, agentList } from '../../wire/agent.ts';
import { camelMembers, wireObject } from '../../wire/casing.ts';
import { type AgentId, agentId } from '../../wire/scalars.ts';
import { idsWith, isUuid } from '../../wire/short-id.ts';
import type { Api, ChangeOptions } from '../api.ts';
import { type Caller, newIdempotencyKey } from '../caller.ts';
import { allItems, offsetOf, pageOf } from '../paging.ts';
import { oneLine } from '../server-words.ts';

const subject = 'agents';
const at = (id: string): string => `/api/v1/agents/${encodeURIComponent(id)}`;

export function agentsOf(caller: Caller): Api['agents'] {
  const agents: Api['agents'] = {
    async list({ status, agentType, signal, ...options } = {}) {
      const asked = offsetOf(options);
      const query = { ...asked, status, agent_type: agentType };
      const received = await caller.ask({ path: '/api/v1/agents', query, schema: agentList, subject, signal });
      // Servers before ours ignore the filters (contradiction 8): what does not fit is dropped here, and the count with it.
      const fits = (one: Agent): boolean =>
        (status === undefined || one.status === status) && (agentType === undefined || one.agentType === agentType);
      const items = received.agents.filter(fits);
      if (items.length === received.agents.length) return pageOf(asked, { items, total: received.total });
      if (received.agents.length > asked.limit)
        return pageOf(asked, { items: items.length > asked.limit ? items : items.slice(asked.offset), total: items.length });
      return { ...pageOf(asked, { items: received.agents, total: received.total }), items, total: null };
    },

    get: (id, { signal } = {}) => caller.ask({ path: at(id), schema: agent, subject, signal }),

    async find(reference, { signal } = {}) {
      const text = reference.trim();
      if (text === '')
        throw new UsageError('agent.empty', { message: 'An agent is named by its id or its name.', field: 'agent' });
      if (isUuid(text)) return agents.get(agentId.parse(text.toLowerCase()), { signal });
      const all: Agent[] = [];
      for await (const one of allItems(agents.list, { signal })) all.push(one);
      return choose(text, all, caller.server);
    },

    create: ({ name, displayName = name, agentType = 'ai_agent', ...rest }, options = {}) =>
      caller.ask({
        method: 'POST',
        path: '/api/v1/agents',
        body: { name, displayName, agentType, version: '1.0.0', ...rest },
        schema: z.unknown().transform((body, context) => createdAgent(body, context)),
        subject,
        signal: options.signal,
        idempotencyKey: options.idempotencyKey,
      }),

    update: (id, change, { signal, ifMatch, idempotencyKey } = {}) =>
      caller
        .ask({ method: 'PUT', path: at(id), body: change, schema: agentAnswer, subject, signal, ifMatch, idempotencyKey })
        .then((one) => one ?? agents.get(id, { signal })),

    suspend: (id, options) => move(id, 'suspend', options),
    reactivate: (id, options) => move(id, 'reactivate', options),
    verify: (id, options) => move(id, 'verify', options),
    revoke: (id, options) => move(id, 'revoke', options),

    delete: (id, { signal, idempotencyKey } = {}) =>
      caller.tell({ method: 'DELETE', path: at(id), subject, signal, idempotencyKey }),
  };

  // What holds afterwards is asked for where the answer does not carry it: verify answers three members, old servers a message.
  async function move(
    id: AgentId,
    verb: string,
    { signal, reason, idempotencyKey = newIdempotencyKey(), ifMatch }: ChangeOptions = {},
  ): Promise<Agent> {
    const call = {
      method: 'POST',
      path: `${at(id)}/${verb}`,
      body: reason === undefined ? {} : { reason },
      subject,
      signal,
      idempotencyKey,
      ifMatch,
    };
    const answered = await caller.ask({ ...call, schema: agentAnswer });
    return answered ?? agents.get(id, { signal });
  }

  return agents;
}

/** An agent, or an envelope around one, or neither: then null. */
const agentAnswer = z.unknown().transform((body): Agent | null => {
  const inner = (camelMembers(body) as { agent?: unknown } | null)?.agent;
  for (const candidate of [inner, body]) {
    const read = agent.safeParse(candidate);
    if (read.success) return read.data;
  }
  return null;
});

const keyPair = wireObject({ privateKey: z.string().nullish(), agentId: z.string().nullish() });

function createdAgent(body: unknown, context: z.RefinementCtx): Agent & { privateKey?: string } {
  const named = camelMembers(body) as Record<string, unknown> | null;
  const flat = typeof named?.['agent'] === 'object' && named['agent'] !== null ? named['agent'] : named;
  const read = agent.safeParse(
    typeof flat === 'object' && flat !== null && !('id' in flat) && 'agentId' in flat ? { ...flat, id: flat.agentId } : flat,
  );
  if (!read.success) {
    for (const issue of read.error.issues) context.addIssue({ code: 'custom', message: issue.message, path: issue.path });
    return z.NEVER;
  }
  const { privateKey } = keyPair.safeParse(body).data ?? {};
  return privateKey ? { ...read.data, privateKey } : read.data;
}

function choose(text: string, all: readonly Agent[], server: string): Agent {
  const named = all.filter((one) => one.name === text);
  // Whoever names an agent after the end of another's id must not be taken for it.
  const meant = [...new Set([...named, ...idsWith(text, all, ({ id }) => id)])];
  const begins = meant.length > 0 ? meant : all.filter((one) => one.id.startsWith(text.toLowerCase()) && text.length >= 4);
  if (begins.length === 1 && begins[0]) return begins[0];
  if (begins.length > 1) {
    const candidates = begins.slice(0, 5).map((one) => `${one.id} (${oneLine(one.name, 40)})`);
    throw new UsageError('agent.ambiguous', {
      message: `${begins.length} agents fit "${oneLine(text, 80)}": ${candidates.join(', ')}${begins.length > 5 ? ', …' : ''}`,
      next: 'Give the whole id.',
      exitCode: ExitCode.NotFound,
      field: 'agent',
    });
  }
  const names = all.map((one) => one.name as string);
  // The beginning of a name is no name, but it tells which ones may be meant.
  const beginning = text.length < 2 ? [] : names.filter((name) => name.toLowerCase().startsWith(text.toLowerCase()));
  const near = beginning.length > 0 ? beginning.slice(0, 5).join(', ') : nearest(text, names);
  throw new UsageError('agent.not-found', {
    message: `No agent on ${server} is called "${oneLine(text, 80)}".`,
    next: near === null ? 'See them: aim agents ls' : `Did you mean ${oneLine(near, 200)}?`,
    exitCode: ExitCode.NotFound,
    field: 'agent',
  });
}
