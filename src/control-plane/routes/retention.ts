// How long an organisation keeps its events.

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { actorOf } from '../auth/principal.ts';
import { type Retention, retentionOf } from '../operation/retention.ts';
import { personOf, type Route, route } from '../route.ts';

const view = ({ eventsDays, isChosen }: Retention & { isChosen: boolean }) => ({
  eventsDays,
  isDefault: !isChosen,
  description:
    eventsDays === null
      ? 'Events are kept for good.'
      : `Events are forgotten after ${eventsDays} days. Audit entries, and decisions with a receipt, are kept for good.`,
});

export const retentionRoutes: Route[] = [
  route('GET /api/v1/admin/retention-settings', {
    summary: 'How long events are kept',
    access: { user: 'admin' },
    run: async ({ services, principal }) => {
      const { settings } = await services.queries
        .selectFrom('organizations')
        .select('settings')
        .where('id', '=', principal.organizationId)
        .executeTakeFirstOrThrow();
      return view(retentionOf(settings, services.keepEventsDays));
    },
  }),
  route('PUT /api/v1/admin/retention-settings', {
    summary: 'Chooses how long events are kept; null keeps them for good',
    access: { user: 'admin' },
    body: wireObject({ eventsDays: z.number().int().min(1).max(36_500).nullable() }),
    run: (call) => {
      const person = personOf(call);
      const retention: Retention = { eventsDays: call.body.eventsDays };
      return call.services.changes.run(async ({ queries, now, audit, publish }) => {
        const { settings } = await queries
          .selectFrom('organizations')
          .select('settings')
          .where('id', '=', person.organizationId)
          .executeTakeFirstOrThrow();
        const next = JSON.stringify({ ...(JSON.parse(settings) as object), retention });
        await queries
          .updateTable('organizations')
          .set({ settings: next, updatedAt: now })
          .where('id', '=', person.organizationId)
          .execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'update',
          resourceType: 'settings',
          resourceId: person.organizationId,
          metadata: { retention },
        });
        publish({ organizationId: person.organizationId, type: 'settings', change: 'updated', subject: { retention } });
        return view({ ...retention, isChosen: true });
      });
    },
  }),
];
