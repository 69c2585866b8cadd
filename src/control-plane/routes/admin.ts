// What administrators look after: the audit log and its chain, enforcement (wire-agents §8).

import { sql } from 'kysely';
import { z } from 'zod';
import { csvText } from '../../text/csv.ts';
import { wireObject } from '../../wire/casing.ts';
import { verifyChain } from '../audit/verify.ts';
import { actorOf } from '../auth/principal.ts';
import { notFound } from '../refusal.ts';
import { Answer, type Call, personOf, type Route, route } from '../route.ts';
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
export const adminRoutes: Route[] = [
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
    summary: 'Checks the whole chain of audit entries, and says what stands in it at one place',
    access: { user: 'admin' },
    query: wireObject({ sequence: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional() }),
    run: async ({ services, principal, query }) => verifyChain(services.queries, principal.organizationId, query.sequence),
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
          .map((value) => csvText(value === null || value === undefined ? '' : String(value)))
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
      const { enforcementMode, modeUntil } = await services.queries
        .selectFrom('organizations')
        .select(['enforcementMode', 'modeUntil'])
        .where('id', '=', principal.organizationId)
        .executeTakeFirstOrThrow();
      return { ...MODES[enforcementMode], until: timeView(modeUntil) };
    },
  }),
  route('PUT /api/v1/admin/enforcement-settings', {
    summary: 'Chooses strict, or monitoring for a while: it ends by itself, after a day unless said otherwise',
    access: { user: 'admin' },
    body: wireObject({
      enforcementMode: z.enum(['strict', 'monitoring']),
      forSeconds: z
        .number()
        .int()
        .min(60)
        .max(30 * 24 * 3600, 'is 30 days at the most')
        .nullish(),
    }),
    run: async (call) => {
      const person = personOf(call);
      const { enforcementMode, forSeconds } = call.body;
      return call.services.changes.run(async (change) => {
        const modeUntil = enforcementMode === 'strict' ? null : change.now + (forSeconds ?? A_DAY) * 1000;
        await change.queries
          .updateTable('organizations')
          .set({ enforcementMode, modeUntil, updatedAt: change.now })
          .where('id', '=', person.organizationId)
          .execute();
        change.audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'update',
          resourceType: 'settings',
          resourceId: person.organizationId,
          metadata: { enforcementMode, until: timeView(modeUntil) },
        });
        change.publish({
          organizationId: person.organizationId,
          type: 'settings',
          change: 'updated',
          subject: { enforcementMode },
        });
        return { ...MODES[enforcementMode], until: timeView(modeUntil) };
      });
    },
  }),
];

const A_DAY = 24 * 3600;

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

async function auditPage(
  { services, principal }: Call<unknown, unknown>,
  query: z.output<typeof auditQuery>,
  limit: number,
  offset: number,
) {
  const { queries } = services;
  const { organizationId } = principal;
  let filtered = queries.selectFrom('auditEntries').where('organizationId', '=', organizationId);
  if (query.action !== undefined) filtered = filtered.where('action', '=', query.action);
  // The words of the index of all that is not a verification.
  if (query.action !== undefined && query.action !== 'verify') filtered = filtered.where(sql<boolean>`"action" <> 'verify'`);
  if (query.entityType !== undefined) filtered = filtered.where('resourceType', '=', query.entityType);
  if (query.entityId !== undefined) filtered = filtered.where('resourceId', '=', query.entityId);
  if (query.userId !== undefined) filtered = filtered.where('userId', '=', query.userId);
  if (query.agentId !== undefined) filtered = filtered.where('agentId', '=', query.agentId);
  if (query.startDate !== undefined) filtered = filtered.where('at', '>=', Date.parse(query.startDate));
  if (query.endDate !== undefined) filtered = filtered.where('at', '<=', Date.parse(query.endDate));
  const rows = await filtered.selectAll().orderBy('sequence', 'desc').limit(limit).offset(offset).execute();
  const isWhole = Object.values({ ...query, limit: undefined, offset: undefined, format: undefined }).every(
    (value) => value === undefined,
  );
  if (isWhole) {
    const head = await queries
      .selectFrom('auditHeads')
      .select('sequence')
      .where('organizationId', '=', organizationId)
      .executeTakeFirst();
    return { rows, total: head?.sequence ?? 0 };
  }
  // Counted as far as somebody would page; beyond that nobody is told a number that costs more than the page.
  const { total } = await queries
    .selectFrom(
      filtered
        .select('sequence')
        .limit(COUNTED + 1)
        .as('some'),
    )
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total: Number(total) > COUNTED ? null : Number(total) };
}

const COUNTED = 10_000;
