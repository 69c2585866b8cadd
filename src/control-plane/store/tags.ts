// Tags on agents and MCP servers, by id or by name. A name that nobody used yet becomes a tag of its own.

import { randomUUID } from 'node:crypto';
import { admits } from '../../wire/session.ts';
import type { Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { forbidden } from '../refusal.ts';
import { MOST, mustHaveRoom } from './room.ts';

export async function attachTags(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  agent: Pick<AgentTable, 'id' | 'organizationId'>,
  references: readonly string[],
  by: string | null,
  principal: Principal,
): Promise<void> {
  const { organizationId } = agent;
  for (const reference of new Set(references)) {
    const known = await findTag(queries, organizationId, reference);
    await mayMoveTag(queries, principal, organizationId, { to: known?.key ?? reference });
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
  await mustHaveRoom(queries.selectFrom('tags').select('id').where('organizationId', '=', organizationId), MOST.tags, 'tags');
  await queries.insertInto('tags').values(row).execute();
  return row;
}

/**
 * Whoever could put on a tag that lifts policies, or take off one that brings an agent under a policy, would set policies.
 * @throws Refusal 403 for agents, keys, and people who are no managers.
 */
export async function mayMoveTag(
  queries: Change['queries'],
  principal: Principal,
  organizationId: string,
  { from, to }: { from?: string; to?: string },
): Promise<void> {
  if (principal.kind === 'user' && admits(principal.role, 'manager')) return;
  const policies = await queries
    .selectFrom('policies')
    .select(['appliesTo', 'enforcementAction'])
    .where('organizationId', '=', organizationId)
    .where('isEnabled', '=', 1)
    .execute();
  for (const { appliesTo, enforcementAction } of policies) {
    const moved = enforcementAction === 'allow' ? to : from;
    if (moved === undefined || !appliesTo.split(',').some((part) => part.trim() === `tag:${moved}`)) continue;
    throw forbidden('tagRefused', `A policy goes by the tag ${moved}: a manager sets it and takes it off`);
  }
}
