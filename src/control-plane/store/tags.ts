// Tags on agents, by id or by name. A name that nobody used yet becomes a tag of its own.

import { randomUUID } from 'node:crypto';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';

export async function attachTags(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  agent: Pick<AgentTable, 'id' | 'organizationId'>,
  references: readonly string[],
  by: string | null,
): Promise<void> {
  const { organizationId } = agent;
  for (const reference of new Set(references)) {
    const known = await queries
      .selectFrom('tags')
      .select('id')
      .where('organizationId', '=', organizationId)
      .where((eb) => eb.or([eb('id', '=', reference), eb.and([eb('key', '=', reference), eb('value', '=', '')])]))
      .executeTakeFirst();
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
