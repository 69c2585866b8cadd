// What happened: verification events in pages and numbers, and the live stream of everything (wire-agents §6, `events.stream`).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { streamSubjects } from '../../wire/event.ts';
import { admits } from '../../wire/session.ts';
import { actorOf } from '../auth/principal.ts';
import { HANDLED } from '../handled.ts';
import { forbidden, invalid, notFound } from '../refusal.ts';
import { personOf, type Route, route } from '../route.ts';
import { count } from '../store/counters.ts';
import { listEvents } from '../store/event-list.ts';
import { countersSince } from '../store/statistics.ts';
import { serveStream } from '../stream/serve-stream.ts';
import { timeView } from '../views/time.ts';
import { eventView } from '../views/verification.ts';

const listQuery = wireObject({
  limit: z.coerce.number().int().min(1).max(100).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
  cursor: z.string().max(300).optional(),
  agentId: z.string().max(100).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  status: z.string().max(20).optional(),
  capability: z.string().max(200).optional(),
});

const DAY = 24 * 60 * 60 * 1000;
const PERIODS: Record<string, number> = { '1h': DAY / 24, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY };
const statisticsQuery = wireObject({
  period: z.string().catch('24h'),
  startTime: z.iso.datetime({ offset: true }).optional(),
  endTime: z.iso.datetime({ offset: true }).optional(),
});

export const eventRoutes: Route[] = [
  route('GET /api/v1/verification-events', {
    summary: 'Lists verification events, newest first',
    access: { user: 'viewer' },
    query: listQuery,
    run: async ({ services, principal, query }) => {
      const { rows, total, nextCursor } = await listEvents(services.queries, principal.organizationId, query);
      return { events: rows.map(eventView), total, limit: query.limit, offset: query.offset, nextCursor };
    },
  }),
  route('GET /api/v1/verification-events/recent', {
    summary: 'Events of the last minutes, a thousand at the most',
    access: { user: 'viewer' },
    query: z.object({ minutes: z.coerce.number().min(1).max(10_080).catch(15) }),
    run: async ({ services, principal, query, now }) => {
      const rows = await services.queries
        .selectFrom('verifications')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('requestedAt', '>=', now - query.minutes * 60_000)
        .orderBy('requestedAt', 'desc')
        .orderBy('id', 'desc')
        .limit(1000)
        .execute();
      return { events: rows.map(eventView), minutes: query.minutes, count: rows.length };
    },
  }),
  ...['statistics', 'stats'].map((name) =>
    route(`GET /api/v1/verification-events/${name}`, {
      summary: 'Counts of a period, kept as things happen',
      access: { user: 'viewer' },
      query: statisticsQuery,
      run: async ({ services, principal, query, now }) => {
        const custom = query.period === 'custom';
        const to = custom && query.endTime ? Date.parse(query.endTime) : now;
        const from = custom && query.startTime ? Date.parse(query.startTime) : to - (PERIODS[query.period] ?? DAY);
        if (from > to) throw invalid('start_time: lies after end_time', 'start_time');
        return statistics(await countersSince(services.queries, principal.organizationId, from, to), from, to);
      },
    }),
  ),
  route('GET /api/v1/verification-events/agent/:id', {
    summary: 'Events of one agent, newest first',
    access: { user: 'viewer', agent: 'self', key: 'self' },
    query: listQuery,
    run: async ({ services, principal, params, query }) => {
      const { rows, total, nextCursor } = await listEvents(services.queries, principal.organizationId, {
        ...query,
        agentId: params['id'] ?? '',
      });
      return { events: rows.map(eventView), total, limit: query.limit, offset: query.offset, nextCursor };
    },
  }),
  route('GET /api/v1/verification-events/mcp/:id', {
    summary: 'Events of one MCP server',
    access: { user: 'viewer' },
    query: listQuery,
    run: ({ query }) => ({ events: [], total: 0, limit: query.limit, offset: query.offset }),
  }),
  route('GET /api/v1/verification-events/:id', {
    summary: 'One event',
    access: { user: 'viewer' },
    run: async ({ services, principal, params }) => {
      const row = await services.queries
        .selectFrom('verifications')
        .selectAll()
        .where('id', '=', params['id'] ?? '')
        .where('organizationId', '=', principal.organizationId)
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return eventView(row);
    },
  }),
  route('POST /api/v1/verification-events', {
    summary: 'Refused: events are written by verifications alone',
    access: { user: 'member' },
    run: () => {
      throw forbidden('verificationEventWriteNotAccepted', 'Verification events are written by the server alone');
    },
  }),
  route('DELETE /api/v1/verification-events/:id', {
    summary: 'Deletes an event; the audit log keeps that it was, and who deleted it',
    access: { user: 'manager' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, audit }) => {
        const row = await queries
          .selectFrom('verifications')
          .selectAll()
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        if (row.status === 'pending') throw forbidden('stillWaiting', 'A request that waits cannot be deleted; deny it');
        await queries.deleteFrom('verifications').where('id', '=', row.id).execute();
        await count(queries, row, row.status, -1);
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'delete',
          resourceType: 'verification',
          resourceId: row.id,
          agentId: row.agentId,
          agentName: row.agentName,
          metadata: { capability: row.capability, status: row.status, actionHash: row.actionHash },
        });
        return { success: true, message: 'Event deleted' };
      });
    },
  }),
  route('GET /api/v1/events/stream', {
    summary: 'Server-sent events of everything that happens; `Last-Event-ID` resumes',
    access: { user: 'viewer' },
    query: wireObject({
      types: z.string().max(500).optional(),
      agentId: z.string().max(4000).optional(),
      backlog: z.coerce.number().int().min(0).max(1000).catch(0),
    }),
    run: async (call) => {
      const person = personOf(call);
      const { query, headers, reply } = call;
      const types = query.types === undefined || query.types === '' ? null : query.types.split(',').map((type) => type.trim());
      const unknown = types?.find((type) => !(type in streamSubjects));
      if (unknown !== undefined)
        throw invalid(`types: ${unknown} is not one of ${Object.keys(streamSubjects).join(', ')}`, 'types');
      const mayReadAudit = admits(person.role, 'admin');
      if (types?.length === 1 && types[0] === 'audit' && !mayReadAudit) throw forbidden('roleTooLow', 'Admin access required');
      reply.hijack();
      const agentIds = query.agentId === undefined || query.agentId === '' ? null : query.agentId.split(',');
      const reader = {
        organizationId: person.organizationId,
        types,
        agentIds,
        mayReadAudit,
        after: headers['last-event-id'] || null,
        backlog: query.backlog,
      };
      await serveStream(call.services, reader, reply.raw, call.signal).catch(() => reply.raw.destroy());
      return HANDLED;
    },
  }),
];

function statistics(rows: Awaited<ReturnType<typeof countersSince>>, from: number, to: number) {
  const sum = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const of = (...statuses: string[]): number => sum((row) => (statuses.includes(row.status) ? row.count : 0));
  const total = sum((row) => row.count);
  const decided = of('approved') + of('denied', 'cancelled') + of('expired');
  return {
    totalVerifications: total,
    successCount: of('approved'),
    failedCount: of('denied', 'cancelled'),
    pendingCount: of('pending'),
    timeoutCount: of('expired'),
    successRate: decided === 0 ? 0 : (of('approved') / decided) * 100,
    avgDurationMs: total === 0 ? 0 : sum((row) => row.durationMs) / total,
    avgConfidence: total === 0 ? 0 : 1,
    avgTrustScore: total === 0 ? 0 : sum((row) => row.trustSum) / total,
    verificationsPerMinute: total / Math.max(1, (to - from) / 60_000),
    uniqueAgentsVerified: new Set(rows.filter((row) => row.count > 0).map((row) => row.agentId)).size,
    protocolDistribution: total === 0 ? {} : { A2A: total },
    typeDistribution: total === 0 ? {} : { capability: total },
    initiatorDistribution: total === 0 ? {} : { agent: total },
    period: { from: timeView(from), to: timeView(to) },
  };
}
