// For whom a caller may speak between agents: an agent for itself, a person and their API key for the agents they answer for.

import { admits } from '../../wire/session.ts';
import type { Principal } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { forbidden } from '../refusal.ts';
import { agentById } from '../store/agents.ts';

/** The agent that the caller speaks for. @throws Refusal 404 where there is none of that id, 403 where it is not theirs. */
export async function actingAgent(queries: Queries, principal: Principal, id: string): Promise<AgentTable> {
  const agent = await agentById(queries, principal.organizationId, id);
  mayActAs(principal, agent);
  return agent;
}

export function mayActAs(principal: Principal, agent: AgentTable): void {
  if (principal.kind === 'agent' ? principal.id === agent.id : speaksFor(principal, agent)) return;
  throw forbidden(
    'agent_path_mismatch',
    principal.kind === 'agent' ? 'An agent may only act for itself' : 'You do not answer for this agent',
  );
}

function speaksFor(principal: Exclude<Principal, { kind: 'agent' }>, agent: AgentTable): boolean {
  if (principal.kind === 'user') return agent.createdBy === principal.id || admits(principal.role, 'manager');
  return principal.agentId === null ? agent.createdBy === principal.userId : agent.id === principal.agentId;
}
