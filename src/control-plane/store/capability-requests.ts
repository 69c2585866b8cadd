// Agents that ask for more than they may: one request waits for each capability.

import { randomUUID } from 'node:crypto';
import type { Change } from '../database/change.ts';
import type { AgentTable, CapabilityRequestTable } from '../database/tables/agents.ts';
import { timeView } from '../views/time.ts';
import { MOST, mustHaveRoom } from './room.ts';

export async function heldBy({ queries }: Change, agent: AgentTable): Promise<string[]> {
  const rows = await queries
    .selectFrom('capabilities')
    .select('capabilityType')
    .where('agentId', '=', agent.id)
    .where('revokedAt', 'is', null)
    .execute();
  return rows.map(({ capabilityType }) => capabilityType);
}

/** Null where one waits already. */
export async function requestCapability(
  { queries, now }: Change,
  agent: AgentTable,
  capabilityType: string,
  reason: string,
): Promise<CapabilityRequestTable | null> {
  const row: CapabilityRequestTable = {
    id: randomUUID(),
    organizationId: agent.organizationId,
    agentId: agent.id,
    capabilityType,
    reason,
    status: 'pending',
    requestedBy: agent.createdBy,
    requestedAt: now,
    reviewedBy: null,
    reviewedAt: null,
    updatedAt: now,
  };
  const waiting = await queries
    .selectFrom('capabilityRequests')
    .select('id')
    .where('agentId', '=', agent.id)
    .where('capabilityType', '=', capabilityType)
    .where('status', '=', 'pending')
    .executeTakeFirst();
  if (waiting !== undefined) return null;
  const all = queries.selectFrom('capabilityRequests').select('id').where('agentId', '=', agent.id);
  await mustHaveRoom(all.where('status', '=', 'pending'), MOST.capabilityRequests, 'requests of this agent waiting');
  await queries.insertInto('capabilityRequests').values(row).execute();
  return row;
}

export async function closeRequests(
  { queries, now }: Change,
  agent: AgentTable,
  capabilityType: string,
  by: string,
): Promise<void> {
  await queries
    .updateTable('capabilityRequests')
    .set({ status: 'approved', reviewedBy: by, reviewedAt: now, updatedAt: now })
    .where('agentId', '=', agent.id)
    .where('capabilityType', '=', capabilityType)
    .where('status', '=', 'pending')
    .execute();
}

export function tellRequest(change: Change, row: CapabilityRequestTable, agent: AgentTable, what: 'created' | 'decided'): void {
  change.publish({
    organizationId: row.organizationId,
    type: 'request',
    change: what,
    agentId: row.agentId,
    subject: { ...requestView(row), agentName: agent.name },
  });
}

export const requestView = ({ requestedAt, reviewedAt, updatedAt, ...row }: CapabilityRequestTable) => ({
  ...row,
  requestedAt: timeView(requestedAt),
  reviewedAt: timeView(reviewedAt),
  createdAt: timeView(requestedAt),
  updatedAt: timeView(updatedAt),
});
