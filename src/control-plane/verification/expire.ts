// Requests that nobody decided in time end as denials, so that a waiting agent is told.

import { SYSTEM } from '../audit/draft.ts';
import type { Services } from '../services.ts';
import { count } from '../store/counters.ts';
import { type ApprovalParts, approvalView, eventView } from '../views/verification.ts';
import { partsById } from './parts.ts';

export async function expireWaiting(services: Services): Promise<number> {
  const due = await services.queries
    .selectFrom('verifications')
    .select('id')
    .where('status', '=', 'pending')
    .where('expiresAt', '<=', services.clock())
    // Whatever waits has one; with it the index of what waits is enough.
    .where('requirement', 'is not', null)
    .limit(200)
    .execute();
  if (due.length === 0) return 0;
  return services.changes.record(async (change) => {
    const { queries, now } = change;
    const rows = await queries
      .updateTable('verifications')
      .set((eb) => ({
        status: 'expired',
        decidedAt: now,
        denialReason: 'Nobody decided in time.',
        revision: eb('revision', '+', 1),
      }))
      .where(
        'id',
        'in',
        due.map(({ id }) => id),
      )
      .where('status', '=', 'pending')
      .returningAll()
      .execute();
    const parts = await partsById(queries, rows);
    for (const row of rows) {
      await count(queries, row, 'pending', -1);
      await count(queries, row, 'expired');
      change.audit(SYSTEM, {
        organizationId: row.organizationId,
        action: 'expire',
        resourceType: 'verification',
        resourceId: row.id,
        agentId: row.agentId,
        agentName: row.agentName,
        metadata: { capability: row.capability, actionHash: row.actionHash },
      });
      const about = { organizationId: row.organizationId, agentId: row.agentId, change: 'expired' } as const;
      change.publish({ ...about, type: 'verification', subject: eventView(row) });
      change.publish({
        ...about,
        type: 'approval',
        subject: approvalView(row, parts.get(row.id) as ApprovalParts),
      });
    }
    return rows.length;
  });
}
