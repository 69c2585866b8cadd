// What agents may do: granting, revoking, and asking for more.

import { randomUUID } from 'node:crypto';
import type { Change } from '../database/change.ts';
import type { AgentTable, CapabilityTable } from '../database/tables/agents.ts';

export type CapabilityDraft = {
  capabilityType: string;
  grantedBy: string | null;
  scope?: object | null | undefined;
  executionMode?: string | null | undefined;
};

/** Gives the capability, or changes scope and mode of the one that it has. `isNew` tells which. */
export async function giveCapability(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  agent: Pick<AgentTable, 'id' | 'organizationId'>,
  { capabilityType, grantedBy, scope, executionMode }: CapabilityDraft,
): Promise<{ capability: CapabilityTable; isNew: boolean }> {
  const existing = await queries
    .selectFrom('capabilities')
    .selectAll()
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('capabilityType', '=', capabilityType)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  if (existing !== undefined) {
    const change = {
      capabilityScope: scope === undefined ? existing.capabilityScope : scope === null ? null : JSON.stringify(scope),
      executionMode: executionMode ?? existing.executionMode,
      updatedAt: now,
    };
    await queries.updateTable('capabilities').set(change).where('id', '=', existing.id).execute();
    return { capability: { ...existing, ...change }, isNew: false };
  }
  const capability: CapabilityTable = {
    id: randomUUID(),
    organizationId: agent.organizationId,
    agentId: agent.id,
    capabilityType,
    capabilityScope: scope ? JSON.stringify(scope) : null,
    executionMode: executionMode ?? 'auto',
    isHoneytoken: 0,
    grantedBy,
    grantedAt: now,
    revokedAt: null,
    updatedAt: now,
  };
  await queries.insertInto('capabilities').values(capability).execute();
  return { capability, isNew: true };
}
