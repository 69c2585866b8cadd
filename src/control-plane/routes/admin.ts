// What administrators look after: alerts, the audit log, enforcement (wire-agents §8).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { checkEntries, GENESIS } from '../audit/chain.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AlertTable } from '../database/schema.ts';
import { invalid, notFound } from '../refusal.ts';
import { Answer, type Call, personOf, type Route, route } from '../route.ts';
import { alertView } from '../views/alert.ts';
import { auditEntryView } from '../views/audit.ts';
import { timeView } from '../views/time.ts';

const paging = { limit: z.coerce.number().int().min(1).max(500).catch(100), offset: z.coerce.number().int().min(0).catch(0) };
const auditQuery = wireObject({
  ...paging,
  action: z.string().max(100).optional(),
  entityType: z.string().max(100).optional(),
  entityId: z.string().max(100).optional(),
  userId: z.string().max(100).optional(),
  agentId: z.string().max(100).optional(),
  startDate: z.iso.datetime({ offset: true }).optional(),
  endDate: z.iso.datetime({ offset: true }).optional(),
  format: z.enum(['json', 'csv']).catch('json'),
});
const resolution = z.preprocess(
  (body) => body ?? {},
  wireObject({ resolution: z.string().max(4000).nullish(), resolutionNotes: z.string().max(4000).nullish() }),
);

export const adminRoutes: Route[] = [
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
      const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return {
        alerts: rows.map(alertView),
        total: Number(total),
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
  route('GET /api/v1/admin/audit-logs', {
    summary: 'Lists audit entries, newest first',
    access: { user: 'admin' },
    query: auditQuery,
    run: async (call) => {
      const { rows, total } = await auditPage(call, call.query, call.query.limit, call.query.offset);
      return { logs: rows.map(auditEntryView), total, limit: call.query.limit, offset: call.query.offset };
    },
  }),
  route('GET /api/v1/admin/audit-logs/verify', {
    summary: 'Checks the whole chain of audit entries',
    access: { user: 'admin' },
    run: async ({ services, principal }) => verifyChain(services.queries, principal.organizationId),
  }),
  route('GET /api/v1/admin/audit-logs/export', {
    summary: 'Exports audit entries as CSV or JSON, ten thousand at the most',
    access: { user: 'admin' },
    query: auditQuery,
    run: async (call) => {
      const { rows } = await auditPage(call, call.query, 10_000, call.query.offset);
      const entries = rows.map(auditEntryView);
      const name = `aim-audit.${call.query.format}`;
      if (call.query.format === 'json')
        return new Answer(200, JSON.stringify({ entries: rows, logs: entries }), {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Disposition': `attachment; filename="${name}"`,
        });
      const lines = entries.map((entry) =>
        [
          entry.id,
          entry.timestamp,
          entry.action,
          entry.resourceType,
          entry.resourceId,
          entry.userId,
          entry.ipAddress,
          entry.userAgent,
          JSON.stringify(entry.metadata),
          entry.actorType,
        ]
          .map(csv)
          .join(','),
      );
      return new Answer(
        200,
        `${['ID,Timestamp,Action,ResourceType,ResourceID,UserID,IPAddress,UserAgent,Metadata,ActorType', ...lines].join('\r\n')}\r\n`,
        { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${name}"` },
      );
    },
  }),
  route('GET /api/v1/admin/audit-logs/:id', {
    summary: 'One audit entry',
    access: { user: 'admin' },
    run: async ({ services, principal, params }) => {
      const row = await services.queries
        .selectFrom('auditEntries')
        .selectAll()
        .where('id', '=', params['id'] ?? '')
        .where('organizationId', '=', principal.organizationId)
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return auditEntryView(row);
    },
  }),
  route('GET /api/v1/admin/enforcement-settings', {
    summary: 'Strict or monitoring',
    access: { user: 'admin' },
    run: async ({ services, principal }) => {
      const { enforcementMode } = await services.queries
        .selectFrom('organizations')
        .select('enforcementMode')
        .where('id', '=', principal.organizationId)
        .executeTakeFirstOrThrow();
      return MODES[enforcementMode];
    },
  }),
  route('PUT /api/v1/admin/enforcement-settings', {
    summary: 'Chooses strict or monitoring',
    access: { user: 'admin' },
    body: wireObject({ enforcementMode: z.enum(['strict', 'monitoring']) }),
    run: async (call) => {
      const person = personOf(call);
      const { enforcementMode } = call.body;
      return call.services.changes.run(async (change) => {
        await change.queries
          .updateTable('organizations')
          .set({ enforcementMode, updatedAt: change.now })
          .where('id', '=', person.organizationId)
          .execute();
        change.audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'update',
          resourceType: 'settings',
          resourceId: person.organizationId,
          metadata: { enforcementMode },
        });
        change.publish({
          organizationId: person.organizationId,
          type: 'settings',
          change: 'updated',
          subject: { enforcementMode },
        });
        return MODES[enforcementMode];
      });
    },
  }),
];

const MODES = {
  strict: {
    enforcementMode: 'strict',
    description: 'What is not granted is denied.',
    explanation:
      'Only verified agents act, and only within what they were granted. Anything else is denied, or waits for a person where the agent asks for that.',
    impact: 'Agents stop where they lack a capability.',
  },
  monitoring: {
    enforcementMode: 'monitoring',
    description: 'What is not granted is allowed and recorded.',
    explanation: 'Agents act; whatever goes beyond their capabilities is recorded as a violation and raises an alert.',
    impact: 'Nothing stops, except what a policy blocks.',
  },
} as const;

type Queries = Call<unknown, unknown>['services']['queries'];

async function alertCounts(queries: Queries, organizationId: string) {
  const rows = await queries
    .selectFrom('alerts')
    .select(['severity'])
    .select((eb) => [eb.fn.countAll<number>().as('all'), eb.fn.count<number>('acknowledgedAt').as('acknowledged')])
    .where('organizationId', '=', organizationId)
    .groupBy('severity')
    .execute();
  const sum = (pick: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + Number(pick(row)), 0);
  const of = (...severities: string[]): number => sum((row) => (severities.includes(row.severity) ? row.all : 0));
  const allCount = sum((row) => row.all);
  const acknowledgedCount = sum((row) => row.acknowledged);
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

async function auditPage(
  { services, principal }: Call<unknown, unknown>,
  query: z.output<typeof auditQuery>,
  limit: number,
  offset: number,
) {
  let filtered = services.queries.selectFrom('auditEntries').where('organizationId', '=', principal.organizationId);
  if (query.action !== undefined) filtered = filtered.where('action', '=', query.action);
  if (query.entityType !== undefined) filtered = filtered.where('resourceType', '=', query.entityType);
  if (query.entityId !== undefined) filtered = filtered.where('resourceId', '=', query.entityId);
  if (query.userId !== undefined) filtered = filtered.where('userId', '=', query.userId);
  if (query.agentId !== undefined) filtered = filtered.where('agentId', '=', query.agentId);
  if (query.startDate !== undefined) filtered = filtered.where('at', '>=', Date.parse(query.startDate));
  if (query.endDate !== undefined) filtered = filtered.where('at', '<=', Date.parse(query.endDate));
  const rows = await filtered.selectAll().orderBy('sequence', 'desc').limit(limit).offset(offset).execute();
  const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

const BATCH = 1000;

export async function verifyChain(queries: Queries, organizationId: string) {
  let head = { sequence: 0, hash: GENESIS };
  for (;;) {
    const entries = await queries
      .selectFrom('auditEntries')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .where('sequence', '>', head.sequence)
      .orderBy('sequence')
      .limit(BATCH)
      .execute();
    if (entries.length === 0) break;
    const outcome = checkEntries(head, entries);
    if ('fault' in outcome) return { valid: false, ...outcome, checked: outcome.sequence - 1 };
    head = outcome;
  }
  const kept = await queries
    .selectFrom('auditHeads')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .executeTakeFirst();
  // Entries cut off at the end leave a whole chain behind; only its head tells.
  if (kept !== undefined && (kept.sequence !== head.sequence || kept.hash !== head.hash)) {
    return { valid: false, fault: 'missing', sequence: head.sequence + 1, checked: head.sequence };
  }
  return { valid: true, checked: head.sequence, head: head.hash, at: timeView(Date.now()) };
}

// A cell that begins like a formula would be run by a spreadsheet.
function csv(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
