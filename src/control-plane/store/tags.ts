// Tags on agents, by id or by name. A name that nobody used yet becomes a tag of its own.

import { randomUUID } from 'node:crypto';
import type { Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { forbidden } from '../refusal.ts';

export async function attachTags(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  agent: Pick<AgentTable, 'id' | 'organizationId'>,
  references: readonly string[],
  by: string | null,
  chosenBy: Principal['kind'],
): Promise<void> {
  const { organizationId } = agent;
  const kept = chosenBy === 'user' ? [] : await tagsThatAllow(queries, organizationId);
  for (const reference of new Set(references)) {
    const known = await queries
      .selectFrom('tags')
      .select(['id', 'key'])
      .where('organizationId', '=', organizationId)
      .where((eb) => eb.or([eb('id', '=', reference), eb.and([eb('key', '=', reference), eb('value', '=', '')])]))
      .executeTakeFirst();
    if (kept.includes(known?.key ?? reference))
      throw forbidden('tagRefused', `The tag ${known?.key ?? reference} lifts a policy: a person sets it, not the agent`);
    const tagId = known?.id ?? randomUUID();
    if (known === undefined) {
      await queries
        .insertInto('tags')
        .values({
          id: tagId,
          organizationId,
          key: reference,
          value: '',
          category: 'custom',
          description: '',
          color: '#6b7280',
          createdBy: by,
          createdAt: now,
        })
        .execute();
    }
    await queries
      .insertInto('agentTags')
      .values({ organizationId, agentId: agent.id, tagId })
      .onConflict((row) => row.columns(['agentId', 'tagId']).doNothing())
      .execute();
  }
}

// An agent that could put one of them on itself would walk past every policy that comes later.
async function tagsThatAllow(queries: Change['queries'], organizationId: string): Promise<string[]> {
  const policies = await queries
    .selectFrom('policies')
    .select('appliesTo')
    .where('organizationId', '=', organizationId)
    .where('enforcementAction', '=', 'allow')
    .where('isEnabled', '=', 1)
    .execute();
  return policies
    .flatMap(({ appliesTo }) => appliesTo.split(','))
    .map((part) => part.trim())
    .filter((part) => part.startsWith('tag:'))
    .map((part) => part.slice(4));
}
