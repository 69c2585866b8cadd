// What people think of an agent, one to five: the latest word of each of them counts.

import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';

export async function giveFeedback(
  { queries, now }: Change,
  agent: AgentTable,
  person: UserPrincipal,
  { rating, comment }: { rating: number; comment: string | null },
): Promise<void> {
  const word = { rating, comment, userEmail: person.email, at: now };
  await queries
    .insertInto('feedback')
    .values({ organizationId: agent.organizationId, agentId: agent.id, userId: person.id, ...word })
    .onConflict((row) => row.columns(['agentId', 'userId']).doUpdateSet(word))
    .execute();
}

export async function ratingsOf(queries: Queries, agent: AgentTable): Promise<number[]> {
  const rows = await queries
    .selectFrom('feedback')
    .select('rating')
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .execute();
  return rows.map(({ rating }) => rating);
}
