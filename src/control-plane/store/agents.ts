// Finding agents. Every query names the organisation, so that another's ids lead nowhere.

import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { conflict, notFound } from '../refusal.ts';

export async function agentById(queries: Queries, organizationId: string, id: string): Promise<AgentTable> {
  const agent = await queries
    .selectFrom('agents')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (agent === undefined) throw notFound();
  return agent;
}

/** Revocation is for good: whatever is given to such an agent would look as if it still meant something. @throws Refusal 409 */
export function mustNotBeRevoked({ name, status }: Pick<AgentTable, 'name' | 'status'>): void {
  if (status === 'revoked') throw conflict('agentRevoked', `${name} was revoked, which is for good; register a new agent`);
}

export async function agentByIdOrName(queries: Queries, organizationId: string, reference: string): Promise<AgentTable> {
  const agent = await queries
    .selectFrom('agents')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where((eb) => eb.or([eb('id', '=', reference), eb('name', '=', reference)]))
    // An agent named like another's id must not hide it.
    .orderBy((eb) => eb.case().when('id', '=', reference).then(0).else(1).end())
    .executeTakeFirst();
  if (agent === undefined) throw notFound('Agent not found');
  return agent;
}
