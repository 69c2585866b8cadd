// Alerts: what an operator should look at, acknowledged and resolved (wire-agents §8.1).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AlertTable } from '../database/tables/records.ts';
import { invalid, notFound } from '../refusal.ts';
import { type Call, personOf, type Route, route } from '../route.ts';
import { talliesOf, totalOf } from '../store/tallies.ts';
import { alertView } from '../views/alert.ts';

const paging = { limit: z.coerce.number().int().min(1).max(500).catch(100), offset: z.coerce.number().int().min(0).catch(0) };
const resolution = z.preprocess(
  (body) => body ?? {},
  wireObject({ resolution: z.string().max(4000).nullish(), resolutionNotes: z.string().max(4000).nullish() }),
);

export const alertRoutes: Route[] = [
  route('GET /api/v1/admin/alerts', {
    summary: 'Lists alerts, newest first',
    access: { user: 'admin' },
    query: wireObject({ ...paging, severity: z.string().max(20).optional(), status: z.string().max(20).optional() }),
    run: async ({ services, principal, query }) => {
      const all = services.queries.selectFrom('alerts').where('organizationId', '=', principal.organizationId);
      let filtered = all;
      if (query.severity !== undefined && query.severity !== 'all') filtered = filtered.where('severity', '=', query.severity);
      if (query.status === 'acknowledged') filtered = filtered.where('acknowledgedAt', 'is not', null);
      if (query.status === 'unacknowledged' || query.status === 'open') filtered = filtered.where('acknowledgedAt', 'is', null);
      const rows = await filtered
        .selectAll()
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      const { severity, status } = query;
      const kept = await talliesOf(services.queries, principal.organizationId, 'alerts', {
        one: severity === 'all' ? undefined : severity,
      });
      return {
        alerts: rows.map(alertView),
        total: totalOf(kept.filter(({ two }) => isIn(status, two))),
        ...(await alertCounts(services.queries, principal.organizationId)),
        limit: query.limit,
        offset: query.offset,
      };
    },
  }),
  route('GET /api/v1/admin/alerts/unacknowledged/count', {
    summary: 'How many alerts nobody has acknowledged',
    access: { user: 'admin' },
    run: async ({ services, principal }) => {
      const counts = await alertCounts(services.queries, principal.organizationId);
      return { ...counts, count: counts.unacknowledgedCount };
    },
  }),
  route('POST /api/v1/admin/alerts/:id/acknowledge', {
    summary: 'Acknowledges an alert',
    access: { user: 'admin' },
    run: (call) =>
      changeAlert(call, 'acknowledge', (row, by, now) =>
        row.acknowledgedAt === null ? { acknowledgedBy: by, acknowledgedAt: now } : {},
      ),
  }),
  route('POST /api/v1/admin/alerts/:id/resolve', {
    summary: 'Resolves an alert, with what was done',
    access: { user: 'admin' },
    body: resolution,
    run: (call) => {
      const words = call.body.resolution ?? call.body.resolutionNotes ?? null;
      return changeAlert(call, 'resolve', (row, by, now) => ({
        acknowledgedBy: row.acknowledgedBy ?? by,
        acknowledgedAt: row.acknowledgedAt ?? now,
        resolvedBy: by,
        resolvedAt: now,
        resolution: words,
      }));
    },
  }),
  route('POST /api/v1/admin/alerts/bulk-acknowledge', {
    summary: 'Acknowledges every alert',
    access: { user: 'admin' },
    body: wireObject({ userId: z.string() }),
    run: async (call) => {
      const person = personOf(call);
      if (call.body.userId !== person.id) throw invalid('userId: must be your own', 'userId');
      return call.services.changes.run(async ({ queries, now, audit }) => {
        const { numUpdatedRows } = await queries
          .updateTable('alerts')
          .set({ acknowledgedBy: person.id, acknowledgedAt: now })
          .where('organizationId', '=', person.organizationId)
          .where('acknowledgedAt', 'is', null)
          .executeTakeFirst();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'acknowledge',
          resourceType: 'alert',
          metadata: { all: true, count: Number(numUpdatedRows) },
        });
        return { message: 'Alerts acknowledged', acknowledgedCount: Number(numUpdatedRows), bulkAcknowledged: true };
      });
    },
  }),
];

// A resolved alert was acknowledged too.
function isIn(status: string | undefined, state: string): boolean {
  if (status === 'acknowledged') return state !== 'open';
  return status !== 'unacknowledged' && status !== 'open' ? true : state === 'open';
}

type Queries = Call<unknown, unknown>['services']['queries'];

async function alertCounts(queries: Queries, organizationId: string) {
  const kept = await talliesOf(queries, organizationId, 'alerts');
  const of = (...severities: string[]): number => totalOf(kept.filter(({ one }) => severities.includes(one)));
  const allCount = totalOf(kept);
  const acknowledgedCount = totalOf(kept.filter(({ two }) => two !== 'open'));
  return {
    allCount,
    acknowledgedCount,
    unacknowledgedCount: allCount - acknowledgedCount,
    criticalCount: of('critical'),
    highCount: of('high'),
    mediumCount: of('warning'),
    lowAndInfoCount: of('info', 'low'),
  };
}

function changeAlert(
  call: Call<unknown, unknown>,
  action: string,
  set: (row: AlertTable, by: string, now: number) => Partial<AlertTable>,
) {
  const person = personOf(call);
  return call.services.changes.run(async (change: Change) => {
    const { queries, now } = change;
    const row = await queries
      .selectFrom('alerts')
      .selectAll()
      .where('id', '=', call.params['id'] ?? '')
      .where('organizationId', '=', person.organizationId)
      .executeTakeFirst();
    if (row === undefined) throw notFound();
    const changes = set(row, person.id, now);
    const after = { ...row, ...changes };
    if (Object.keys(changes).length > 0) {
      await queries.updateTable('alerts').set(changes).where('id', '=', row.id).execute();
      change.audit(actorOf(person, call.origin), {
        organizationId: row.organizationId,
        action,
        resourceType: 'alert',
        resourceId: row.id,
        agentId: row.agentId,
        agentName: row.agentName,
        metadata: { title: row.title, resolution: after.resolution },
      });
      change.publish({
        organizationId: row.organizationId,
        type: 'alert',
        change: 'updated',
        agentId: row.agentId,
        subject: alertView(after),
      });
    }
    return { success: true, ...alertView(after) };
  });
}
