// Tags on agents and MCP servers, by id or by name. A name that nobody used yet becomes a tag of its own.

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
    const known = await findTag(queries, organizationId, reference);
    if (kept.includes(known?.key ?? reference))
      throw forbidden('tagRefused', `The tag ${known?.key ?? reference} lifts a policy: a person sets it, not the agent`);
    const { id: tagId } = known ?? (await makeTag({ queries, now }, organizationId, reference, by));
    await queries
      .insertInto('agentTags')
      .values({ organizationId, agentId: agent.id, tagId })
      .onConflict((row) => row.columns(['agentId', 'tagId']).doNothing())
      .execute();
  }
}

/** The tag of this id or name; made where there is none. */
export async function tagNamed(
  change: Pick<Change, 'queries' | 'now'>,
  organizationId: string,
  reference: string,
  by: string | null,
): Promise<{ id: string }> {
  return (await findTag(change.queries, organizationId, reference)) ?? (await makeTag(change, organizationId, reference, by));
}

const findTag = (queries: Change['queries'], organizationId: string, reference: string) =>
  queries
    .selectFrom('tags')
    .select(['id', 'key'])
    .where('organizationId', '=', organizationId)
    .where((eb) => eb.or([eb('id', '=', reference), eb.and([eb('key', '=', reference), eb('value', '=', '')])]))
    .executeTakeFirst();

async function makeTag(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  organizationId: string,
  key: string,
  createdBy: string | null,
): Promise<{ id: string }> {
  const row = {
    id: randomUUID(),
    organizationId,
    key,
    value: '',
    category: 'custom',
    description: '',
    color: '#6b7280',
    createdBy,
    createdAt: now,
  };
  await queries.insertInto('tags').values(row).execute();
  return row;
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
