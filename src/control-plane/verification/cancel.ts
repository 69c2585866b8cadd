// Ends what waits for an agent that is gone or may act no more, so that nobody decides it and its counters stay true.

import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { count } from '../store/counters.ts';
import { type ApprovalParts, approvalView, eventView } from '../views/verification.ts';
import { partsById } from './parts.ts';

export async function cancelWaiting(
  { queries, now, publish }: Change,
  agent: Pick<AgentTable, 'id' | 'organizationId'>,
  { rule, reason }: { rule: string; reason: string },
): Promise<void> {
  const rows = await queries
    .updateTable('verifications')
    .set((eb) => ({
      status: 'cancelled',
      rule,
      denialReason: reason,
      decidedAt: now,
      revision: eb('revision', '+', 1),
    }))
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('status', '=', 'pending')
    .returningAll()
    .execute();
  const parts = await partsById(queries, rows);
  for (const row of rows) {
    await count(queries, row, 'pending', -1);
    await count(queries, row, 'cancelled');
    const about = { organizationId: row.organizationId, agentId: row.agentId, change: 'decided' } as const;
    publish({ ...about, type: 'verification', subject: eventView(row) });
    publish({
      ...about,
      type: 'approval',
      subject: approvalView(row, parts.get(row.id) as ApprovalParts),
    });
  }
}
