// Alerts: what an operator should look at. The same again within the hour is counted, not repeated.

import { randomUUID } from 'node:crypto';
import type { Change } from '../database/change.ts';
import type { AlertTable } from '../database/tables/records.ts';
import { alertView } from '../views/alert.ts';

const HOUR = 60 * 60 * 1000;

export type AlertDraft = Pick<
  AlertTable,
  | 'organizationId'
  | 'alertType'
  | 'severity'
  | 'title'
  | 'description'
  | 'resourceType'
  | 'resourceId'
  | 'agentId'
  | 'agentName'
> & { metadata: Record<string, unknown> };

export async function raiseAlert(change: Change, draft: AlertDraft): Promise<void> {
  const { queries, now } = change;
  const same = await queries
    .selectFrom('alerts')
    .select(['id', 'metadata'])
    .where('organizationId', '=', draft.organizationId)
    .where('resourceId', '=', draft.resourceId)
    .where('title', '=', draft.title)
    .where('acknowledgedAt', 'is', null)
    .where('createdAt', '>', now - HOUR)
    .limit(1)
    .executeTakeFirst();
  if (same !== undefined) {
    const metadata = JSON.parse(same.metadata) as { times?: number };
    await queries
      .updateTable('alerts')
      .set({ metadata: JSON.stringify({ ...metadata, times: (metadata.times ?? 1) + 1 }) })
      .where('id', '=', same.id)
      .execute();
    return;
  }
  const row: AlertTable = {
    ...draft,
    id: randomUUID(),
    metadata: JSON.stringify(draft.metadata),
    acknowledgedBy: null,
    acknowledgedAt: null,
    resolvedBy: null,
    resolvedAt: null,
    resolution: null,
    createdAt: now,
  };
  await queries.insertInto('alerts').values(row).execute();
  change.publish({
    organizationId: row.organizationId,
    type: 'alert',
    change: 'created',
    agentId: row.agentId,
    subject: alertView(row),
  });
}
