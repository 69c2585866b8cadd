// Agents as an agent sees them: create, list, read, change, delete (wire-agents §3.2). Works where the published Python calls fail.

import { z } from 'zod';
import { checkNameIsFree, saveAgentCredentials } from '../../credentials/agent-credentials.ts';
import { aimFolder } from '../../credentials/sdk-credentials.ts';
import { newSigningKey } from '../../crypto/new-signing-key.ts';
import type { CallOptions, Page, PageOptions } from '../../http/api.ts';
import type { Caller } from '../../http/caller.ts';
import { allItems } from '../../http/paging.ts';
import { agentsOf } from '../../http/resources/agents.ts';
import { type Agent, type AgentChange, trustScore } from '../../wire/agent.ts';
import { wireObject } from '../../wire/casing.ts';
import { agentId as agentIdSchema, maybeTimestamp } from '../../wire/scalars.ts';

/** An agent to be made; its key pair is made here. */
export type NewAgent = {
  name: string;
  displayName?: string | undefined;
  description?: string | undefined;
  /** Default `ai_agent`. */
  agentType?: string | undefined;
  capabilities?: readonly string[] | undefined;
  mcpServers?: readonly string[] | undefined;
};

/** A page of agents to await, and all of them to iterate over. */
export type AgentListing = Promise<{ agents: Agent[]; total: number | null }> & AsyncIterable<Agent>;
/** `score` and each of `factors` are 0 to 1 (older servers’ percent are converted); `calculatedAt` is RFC 3339 or null. */
export type TrustScore = z.infer<typeof trust>;

const trust = wireObject({
  agentId: z.string().nullish(),
  score: trustScore,
  factors: z
    .record(z.string(), z.number())
    .nullish()
    .transform((factors) => factors ?? {}),
  calculatedAt: maybeTimestamp,
});

/** Agents, asked for as one of them: the owner’s sign-in speaks where the server wants a person. */
export type AgentManagement = {
  /** Registers another agent of the same owner; its key is kept in `~/.aim/agents`, where `secure(name)` finds it. */
  createNewAgent(agent: NewAgent, options?: CallOptions): Promise<Agent & { privateKey: string }>;
  /** `for await (const agent of client.listAgents())`, or `(await client.listAgents()).agents`. */
  listAgents(options?: PageOptions & { status?: string; agentType?: string }): AgentListing;
  getAgentDetails(agentId: string, options?: CallOptions): Promise<Agent>;
  /** Changes this agent. */
  updateAgent(change: AgentChange, options?: CallOptions): Promise<Agent>;
  /** Deletes an agent that this one has created. @throws PolicyError for any other. */
  deleteAgent(agentId: string, options?: CallOptions): Promise<void>;
  getTrustScore(agentId?: string, options?: CallOptions): Promise<TrustScore>;
  /** Tells that the agent is alive. */
  heartbeat(options?: CallOptions): Promise<void>;
};

export function agentsOfClient(caller: Caller, own: string, folder: string = aimFolder()): AgentManagement {
  const agents = agentsOf(caller);
  const ownId = agentIdSchema.parse(own);
  return {
    async createNewAgent({ name, capabilities, mcpServers, displayName, description, agentType }, { signal } = {}) {
      await checkNameIsFree(name, { folder });
      const key = await newSigningKey();
      const made = await agents.create(
        {
          name,
          publicKey: key.publicKey,
          ...(displayName !== undefined && { displayName }),
          ...(description !== undefined && { description }),
          ...(agentType !== undefined && { agentType }),
          ...(capabilities && { capabilities: [...capabilities] }),
          ...(mcpServers && { talksTo: [...mcpServers] }),
        },
        { signal },
      );
      // A server that makes keys itself sends one along: then that one is the agent's.
      const privateKey = made.privateKey ?? key.privateKey;
      await saveAgentCredentials(
        {
          name,
          agentId: made.id,
          publicKey: made.publicKey ?? key.publicKey,
          privateKey,
          aimUrl: caller.server,
          status: made.status,
          trustScore: made.trustScore,
        },
        { folder },
      );
      return { ...made, privateKey };
    },
    listAgents(options = {}) {
      const first = agents.list(options);
      const listing = first.then(({ items, total }) => ({ agents: items, total }));
      listing.catch(() => {}); // heard by whoever awaits or iterates
      return Object.assign(listing, { [Symbol.asyncIterator]: () => allItems(nextOf(first, agents.list), options) });
    },
    getAgentDetails: (id, { signal } = {}) => agents.get(agentIdSchema.parse(id), { signal }),
    updateAgent: (change, { signal } = {}) => agents.update(ownId, change, { signal }),
    deleteAgent: (id, { signal } = {}) => agents.delete(agentIdSchema.parse(id), { signal }),
    getTrustScore: (id = own, { signal } = {}) =>
      caller.ask({ path: `/api/v1/agents/${encodeURIComponent(id)}/trust-score`, schema: trust, subject: 'agents', signal }),
    heartbeat: ({ signal } = {}) =>
      caller.tell({
        method: 'POST',
        path: `/api/v1/sdk-api/agents/${encodeURIComponent(own)}/heartbeat`,
        body: {},
        subject: 'agents',
        signal,
      }),
  };
}

// The page that was asked for already is not asked for twice.
function nextOf(first: Promise<Page<Agent>>, list: (options: PageOptions) => Promise<Page<Agent>>) {
  let isFirst = true;
  return (options: PageOptions): Promise<Page<Agent>> => {
    if (!isFirst) return list(options);
    isFirst = false;
    return first;
  };
}
