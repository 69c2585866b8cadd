// Ends monitoring where its time is over: nobody has to remember that everything is let through.

import { SYSTEM } from '../audit/draft.ts';
import type { Services } from '../services.ts';

export async function endModes({ queries, changes, clock }: Services): Promise<void> {
  const due = await queries
    .selectFrom('organizations')
    .select('id')
    .where('modeUntil', '<=', clock())
    .where('enforcementMode', '=', 'monitoring')
    .execute();
  if (due.length === 0) return;
  await changes.run(async (change) => {
    for (const { id } of due) {
      const { numUpdatedRows } = await change.queries
        .updateTable('organizations')
        .set({ enforcementMode: 'strict', modeUntil: null, updatedAt: change.now })
        .where('id', '=', id)
        .where('modeUntil', '<=', change.now)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) continue;
      const metadata = { enforcementMode: 'strict', because: 'The time of monitoring is over.' };
      change.audit(SYSTEM, { organizationId: id, action: 'update', resourceType: 'settings', resourceId: id, metadata });
      change.publish({ organizationId: id, type: 'settings', change: 'updated', subject: { enforcementMode: 'strict' } });
    }
  });
}
