// Numbers for overviews: counters, trends, activity, security (wire-agents §8.3).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import type { Call } from '../route.ts';
import { type Route, route } from '../route.ts';
import { agentCounts, openAlerts } from '../store/overview.ts';
import { countersSince } from '../store/statistics.ts';
import { timeView } from '../views/time.ts';

const DAY = 24 * 60 * 60 * 1000;
const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
});
const _readers = { user: 'viewer', agent: 'any', key: 'any' } as const;

export const dashboardRoutes: Route[] = [
  route('GET /api/v1/analytics/dashboard', {
    summary: 'The counters of the overview',
    access: { user: 'viewer' },
    run: (call) => counters(call),
  }),
  route('GET /api/v1/admin/dashboard/stats', {
    summary: 'The counters of the overview',
    access: { user: 'admin' },
    run: (call) => counters(call),
  }),
  route('GET /api/v1/analytics/usage', {
    summary: 'How much was asked in the last days',
    access: { user: 'viewer' },
    query: wireObject({ days: z.coerce.number().int().min(1).max(365).catch(30) }),
    run: async ({ services, principal, query, now }) => {
      const rows = await countersSince(services.queries, principal.organizationId, now - query.days * DAY, now);
      const agents = await agentCounts(services.queries, principal.organizationId);
      return {
        period: `Last ${query.days} days`,
        totalAgents: agents.total,
        activeAgents: new Set(rows.map(({ agentId }) => agentId)).size,
        apiCalls: rows.reduce((sum, { count }) => sum + count, 0),
        dataVolume: 0,
        uptime: 100,
        generatedAt: timeView(now),
      };
    },
  }),
  route('GET /api/v1/analytics/trends', {
    summary: 'Trust and use, day by day',
    access: { user: 'viewer' },
    query: wireObject({
      days: z.coerce.number().int().min(1).max(365).catch(30),
      period: z.string().optional(),
      weeks: z.coerce.number().int().min(1).max(52).catch(4),
    }),
    run: async ({ services, principal, query, now }) => {
      const weekly = query.period === 'weeks';
      const days = weekly ? query.weeks * 7 : query.days;
      const rows = await services.queries
        .selectFrom('counters')
        .select(['hour', 'agentId', 'status', 'count', 'trustSum'])
        .where('organizationId', '=', principal.organizationId)
        .where('hour', '>=', now - days * DAY)
        .execute();
      const trends = [...Map.groupBy(rows, ({ hour }) => Math.floor(hour / DAY / (weekly ? 7 : 1)))]
        .sort(([left], [right]) => left - right)
        .map(([slot, inSlot]) => {
          const count = inSlot.reduce((sum, row) => sum + row.count, 0);
          return {
            date: new Date(slot * DAY * (weekly ? 7 : 1)).toISOString().slice(0, 10),
            avgScore: count === 0 ? 0 : inSlot.reduce((sum, row) => sum + row.trustSum, 0) / count,
            agentCount: new Set(inSlot.map(({ agentId }) => agentId)).size,
            verifications: count,
            denied: inSlot.filter(({ status }) => status === 'denied').reduce((sum, row) => sum + row.count, 0),
          };
        });
      const { averageTrust } = await agentCounts(services.queries, principal.organizationId);
      return {
        period: weekly ? `Last ${query.weeks} weeks` : `Last ${query.days} days`,
        dataType: weekly ? 'weekly' : 'daily',
        trends,
        currentAverage: averageTrust,
        summary: { overallAvg: averageTrust },
      };
    },
  }),
  route('GET /api/v1/analytics/verification-activity', {
    summary: 'How many agents were verified, month by month',
    access: { user: 'viewer' },
    query: wireObject({ months: z.coerce.number().int().min(1).max(24).catch(6) }),
    run: async ({ services, principal, query, now }) => {
      const agents = await services.queries
        .selectFrom('agents')
        .select(['status', 'verifiedAt', 'createdAt'])
        .where('organizationId', '=', principal.organizationId)
        .execute();
      const activity = Array.from({ length: query.months }, (_, index) => {
        const date = new Date(now);
        date.setUTCDate(1);
        date.setUTCMonth(date.getUTCMonth() - (query.months - 1 - index));
        const monthYear = date.toISOString().slice(0, 7);
        const within = (at: number | null): boolean => at !== null && new Date(at).toISOString().startsWith(monthYear);
        return {
          month: date.toLocaleString('en', { month: 'short', timeZone: 'UTC' }),
          monthYear,
          verified: agents.filter(({ verifiedAt }) => within(verifiedAt)).length,
          pending: agents.filter(({ status, createdAt }) => status === 'pending' && within(createdAt)).length,
        };
      });
      const counts = await agentCounts(services.queries, principal.organizationId);
      return {
        period: `Last ${query.months} months`,
        activity,
        currentStats: { totalVerified: counts.verified, totalPending: counts.pending, totalAgents: counts.total },
      };
    },
  }),
  route('GET /api/v1/analytics/activity', {
    summary: 'What happened in the last days, in sum',
    access: { user: 'viewer' },
    query: wireObject({ days: z.coerce.number().int().min(1).max(365).catch(7) }),
    run: async ({ services, principal, query, now }) => {
      const rows = await countersSince(services.queries, principal.organizationId, now - query.days * DAY, now);
      const of = (status: string): number =>
        rows.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
      return {
        period: `Last ${query.days} days`,
        totalActivities: rows.reduce((sum, row) => sum + row.count, 0),
        successCount: of('approved'),
        failureCount: of('denied'),
      };
    },
  }),
  route('GET /api/v1/analytics/agents/activity', {
    summary: 'Agents by when they last acted',
    access: { user: 'viewer' },
    query: paging,
    run: async ({ services, principal, query, now }) => {
      const { queries } = services;
      const agents = await queries
        .selectFrom('agents')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .orderBy('lastActiveAt', 'desc')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      const counts = await countersSince(queries, principal.organizationId, now - 30 * DAY, now);
      const calls = (id: string, status?: string): number =>
        counts
          .filter((row) => row.agentId === id && (status === undefined || row.status === status))
          .reduce((sum, row) => sum + row.count, 0);
      const { total } = await agentCounts(queries, principal.organizationId);
      const sum = (status?: string): number =>
        counts.filter((row) => status === undefined || row.status === status).reduce((all, row) => all + row.count, 0);
      return {
        activities: agents.map((agent) => ({
          agentId: agent.id,
          agentName: agent.name,
          status: agent.status,
          trustScore: agent.trustScore,
          lastActive: timeView(agent.lastActiveAt),
          timestamp: timeView(agent.lastActiveAt ?? agent.createdAt),
          apiCalls: calls(agent.id),
          dataProcessed: 0,
          denied: calls(agent.id, 'denied'),
        })),
        summary: {
          totalActivities: sum(),
          successCount: sum('approved'),
          failureCount: sum('denied'),
          successRate: sum() === 0 ? 0 : (sum('approved') / sum()) * 100,
        },
        total,
        limit: query.limit,
        offset: query.offset,
      };
    },
  }),
];

async function counters({ services, principal, now }: Call<unknown, unknown>) {
  const { queries } = services;
  const { organizationId } = principal;
  const agents = await agentCounts(queries, organizationId);
  const users = await queries
    .selectFrom('users')
    .select('status')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizationId', '=', organizationId)
    .groupBy('status')
    .execute();
  const servers = await queries
    .selectFrom('mcpServers')
    .select('status')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizationId', '=', organizationId)
    .groupBy('status')
    .execute();
  const alerts = await openAlerts(queries, organizationId);
  const counted = await countersSince(queries, organizationId, 0, now);
  const sum = (rows: readonly { count: number | string | bigint }[]): number =>
    rows.reduce((total, row) => total + Number(row.count), 0);
  const outcomes = (...statuses: string[]): number => sum(counted.filter((row) => statuses.includes(row.status)));
  const total = sum(counted);
  return {
    totalAgents: agents.total,
    verifiedAgents: agents.verified,
    pendingAgents: agents.pending,
    suspendedAgents: agents.suspended,
    revokedAgents: agents.revoked,
    verificationRate: agents.total === 0 ? 0 : (agents.verified / agents.total) * 100,
    avgTrustScore: agents.averageTrust,
    totalMcpServers: sum(servers),
    activeMcpServers: sum(servers.filter(({ status }) => status === 'verified')),
    totalUsers: sum(users),
    activeUsers: sum(users.filter(({ status }) => status === 'active')),
    activeAlerts: sum(alerts),
    criticalAlerts: sum(alerts.filter(({ severity }) => severity === 'critical')),
    securityIncidents: sum(alerts.filter(({ severity }) => severity === 'critical' || severity === 'high')),
    pendingApprovals: outcomes('pending'),
    organizationId,
    totalVerifications: total,
    successfulVerifications: outcomes('approved'),
    failedVerifications: outcomes('denied', 'cancelled', 'expired'),
    avgResponseTime: total === 0 ? 0 : counted.reduce((all, row) => all + row.durationMs, 0) / total,
  };
}
