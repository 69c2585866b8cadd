// Forgets events that an organisation no longer wants to keep. Audit entries, receipts and what still waits are never among them.

import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { Services } from '../services.ts';

/** What an organisation has chosen; null keeps everything. */
export type Retention = { eventsDays: number | null };

const DAY = 24 * 60 * 60 * 1000;
// Small enough that nobody waits for it.
const AT_ONCE = 500;

export function retentionOf(settings: string, fallback: number | null): Retention & { isChosen: boolean } {
  const { retention } = JSON.parse(settings) as { retention?: Retention };
  return retention === undefined ? { eventsDays: fallback, isChosen: false } : { ...retention, isChosen: true };
}

/** Forgets what is due. How many that were, by organisation. */
export async function forgetEvents(services: Services): Promise<Map<string, number>> {
  const forgotten = new Map<string, number>();
  const organizations = await services.queries.selectFrom('organizations').select(['id', 'settings']).execute();
  for (const { id, settings } of organizations) {
    const { eventsDays } = retentionOf(settings, services.keepEventsDays);
    if (eventsDays === null) continue;
    const total = await forgetIn(services, id, services.clock() - eventsDays * DAY);
    if (total > 0) forgotten.set(id, total);
  }
  return forgotten;
}

async function forgetIn({ queries, changes, stopping }: Services, organizationId: string, before: number): Promise<number> {
  let total = 0;
  let from = 0;
  while (!stopping.aborted) {
    const due = await dueIn(queries, organizationId, { from, before });
    if (due.length === 0) break;
    // What has to stay is not looked at again.
    from = due.at(-1)?.requestedAt ?? from;
    const ids = due.map(({ id }) => id);
    await changes.record(async (change) => {
      for (const table of ['reviews', 'comments', 'waits'] as const)
        await change.queries.deleteFrom(table).where('verificationId', 'in', ids).execute();
      await change.queries.deleteFrom('verifications').where('id', 'in', ids).execute();
    });
    total += ids.length;
  }
  if (total === 0) return 0;
  await changes.record(async ({ audit }) =>
    audit(
      { userName: 'system' },
      {
        organizationId,
        action: 'forget',
        resourceType: 'verification',
        metadata: { count: total, olderThan: new Date(before).toISOString() },
      },
    ),
  );
  return total;
}

function dueIn(
  queries: Kysely<Schema>,
  organizationId: string,
  { from, before }: { from: number; before: number },
): Promise<{ id: string; requestedAt: number }[]> {
  return (
    queries
      .selectFrom('verifications')
      .select(['id', 'requestedAt'])
      .where('organizationId', '=', organizationId)
      .where('requestedAt', '>=', from)
      .where('requestedAt', '<', before)
      .where('status', '!=', 'pending')
      // Somebody signed for it, or a permission still rests on it.
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('reviews')
              .select('reviews.id')
              .whereRef('reviews.verificationId', '=', 'verifications.id')
              .where('reviews.receipt', 'is not', null),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('grants')
              .select('grants.id')
              .whereRef('grants.verificationId', '=', 'verifications.id')
              .where('grants.revokedAt', 'is', null)
              .where('grants.expiresAt', '>', before),
          ),
        ),
      )
      .orderBy('requestedAt')
      .limit(AT_ONCE)
      .execute()
  );
}
