// What happened: verification events in pages and numbers, and the live stream of everything (wire-agents §6, `events.stream`).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { streamSubjects } from '../../wire/event.ts';
import { admits } from '../../wire/session.ts';
import { actorOf, type UserPrincipal } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import { HANDLED } from '../handled.ts';
import { forbidden, invalid, notFound } from '../refusal.ts';
import { personOf, type Route, route } from '../route.ts';
import { ALL_AGENTS, count, hourOf } from '../store/counters.ts';
import { listEvents } from '../store/event-list.ts';
import { mcpEventsOf } from '../store/mcp-events.ts';
import { serverById } from '../store/mcp-servers.ts';
import { agentsThatAskedSince, type CountedOutcome, countOf, outcomesSince, sumOf } from '../store/statistics.ts';
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
const PERIODS = new Map([['1h', DAY / 24], ['24h', DAY], ['7d', 7 * DAY], ['30d', 30 * DAY]]); // biome-ignore format: one table
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
        .where('requestedAt', '>=', now - Math.round(query.minutes * 60_000))
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
        const from = custom && query.startTime ? Date.parse(query.startTime) : to - (PERIODS.get(query.period) ?? DAY);
        if (from > to) throw invalid('start_time: lies after end_time', 'start_time');
        const outcomes = await outcomesSince(services.queries, principal.organizationId, from, to);
        const agents = await agentsThatAsked(services.queries, principal.organizationId, from, to, now);
        return statistics(outcomes, agents, from, to);
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
    run: async ({ services, principal, params, query }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      return mcpEventsOf(services.queries, server, query);
    },
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
      const unknown = types?.find((type) => !Object.hasOwn(streamSubjects, type));
      if (unknown !== undefined)
        throw invalid(`types: ${unknown} is not one of ${Object.keys(streamSubjects).join(', ')}`, 'types');
      const mayReadAudit = admits(person.role, 'admin');
      if (types?.length === 1 && types[0] === 'audit' && !mayReadAudit) throw forbidden('roleTooLow', 'Admin access required');
      reply.hijack();
      const agentIds = query.agentId === undefined || query.agentId === '' ? null : query.agentId.split(',');
      const reader = {
        wishes: { organizationId: person.organizationId, types, agentIds, mayReadAudit },
        after: headers['last-event-id'] || null,
        backlog: query.backlog,
        mayStill: () => mayStillRead(call.services.queries, person),
      };
      await serveStream(call.services, reader, reply.raw, call.signal).catch(() => reply.raw.destroy());
      return HANDLED;
    },
  }),
];

// A stream outlives the token that opened it, but not the sign-in, the account, or the role.
async function mayStillRead(queries: Queries, person: UserPrincipal): Promise<boolean> {
  const row = await queries
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .select(['users.status', 'users.role', 'sessions.endedAt'])
    .where('sessions.id', '=', person.sessionId)
    .executeTakeFirst();
  return row !== undefined && row.endedAt === null && row.status === 'active' && row.role === person.role;
}

// Of a time that is over, what each agent did in its hours; of one that lasts until now, when each agent last did.
async function agentsThatAsked(
  queries: Queries,
  organizationId: string,
  from: number,
  to: number,
  now: number,
): Promise<number> {
  if (to >= now) return agentsThatAskedSince(queries, organizationId, from);
  const { agents } = await queries
    .selectFrom('counters')
    .select((eb) => eb.fn.count<number>('agentId').distinct().as('agents'))
    .where('organizationId', '=', organizationId)
    .where('hour', '>=', Math.max(1, hourOf(from)))
    .where('hour', '<=', to)
    .where('agentId', '!=', ALL_AGENTS)
    .where('count', '>', 0)
    .executeTakeFirstOrThrow();
  return Number(agents);
}

function statistics(outcomes: readonly CountedOutcome[], agents: number, from: number, to: number) {
  const total = countOf(outcomes);
  const decided = countOf(outcomes, 'approved', 'denied', 'cancelled', 'expired');
  return {
    totalVerifications: total,
    successCount: countOf(outcomes, 'approved'),
    failedCount: countOf(outcomes, 'denied', 'cancelled'),
    pendingCount: countOf(outcomes, 'pending'),
    timeoutCount: countOf(outcomes, 'expired'),
    successRate: decided === 0 ? 0 : (countOf(outcomes, 'approved') / decided) * 100,
    avgDurationMs: total === 0 ? 0 : sumOf(outcomes, 'durationMs') / total,
    avgConfidence: total === 0 ? 0 : 1,
    avgTrustScore: total === 0 ? 0 : sumOf(outcomes, 'trustSum') / total,
    verificationsPerMinute: total / Math.max(1, (to - from) / 60_000),
    uniqueAgentsVerified: agents,
    protocolDistribution: total === 0 ? {} : { A2A: total },
    typeDistribution: total === 0 ? {} : { capability: total },
    initiatorDistribution: total === 0 ? {} : { agent: total },
    period: { from: timeView(from), to: timeView(to) },
  };
}
