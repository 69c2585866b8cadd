// What agents may do: granting, revoking, and asking for more.

import { randomUUID } from 'node:crypto';
import type { Change } from '../database/change.ts';
import type { AgentTable, CapabilityTable } from '../database/tables/agents.ts';

/** The one of this name that the agent holds now. */
export async function capabilityHeld(
  { queries }: Pick<Change, 'queries'>,
  agent: Pick<AgentTable, 'id' | 'organizationId'>,
  capabilityType: string,
): Promise<CapabilityTable | undefined> {
  return queries
    .selectFrom('capabilities')
    .selectAll()
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('capabilityType', '=', capabilityType)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
}

export type CapabilityDraft = {
  capabilityType: string;
  grantedBy: string | null;
  scope?: object | null | undefined;
  executionMode?: string | null | undefined;
};

/** Gives the capability, or changes scope and mode of the one that it has. `isNew` tells which. */
export async function giveCapability(
  change: Pick<Change, 'queries' | 'now'>,
  agent: Pick<AgentTable, 'id' | 'organizationId'>,
  { capabilityType, grantedBy, scope, executionMode }: CapabilityDraft,
): Promise<{ capability: CapabilityTable; isNew: boolean }> {
  const { queries, now } = change;
  const existing = await capabilityHeld(change, agent, capabilityType);
  if (existing !== undefined) {
    const changed = {
      capabilityScope: scope === undefined ? existing.capabilityScope : scope === null ? null : JSON.stringify(scope),
      executionMode: executionMode ?? existing.executionMode,
      updatedAt: now,
    };
    await queries.updateTable('capabilities').set(changed).where('id', '=', existing.id).execute();
    return { capability: { ...existing, ...changed }, isNew: false };
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
