// Numbers for overviews: counters, trends, activity, security (wire-agents §8.3).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import type { Queries } from '../database/open.ts';
import type { Call } from '../route.ts';
import { type Route, route } from '../route.ts';
import { ALL_HOURS } from '../store/counters.ts';
import { agentCounts, openAlerts } from '../store/overview.ts';
import { agentsThatAskedSince, countOf, OF_ALL_AGENTS, outcomesEver, outcomesSince, sumOf } from '../store/statistics.ts';
import { talliesOf, totalOf } from '../store/tallies.ts';
import { timeView } from '../views/time.ts';

const DAY = 24 * 60 * 60 * 1000;
const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
});

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
      const from = now - query.days * DAY;
      const rows = await outcomesSince(services.queries, principal.organizationId, from, now);
      const agents = await agentCounts(services.queries, principal.organizationId);
      return {
        period: `Last ${query.days} days`,
        totalAgents: agents.total,
        activeAgents: await agentsThatAskedSince(services.queries, principal.organizationId, from),
        apiCalls: countOf(rows),
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
      const { averageTrust, total } = await agentCounts(services.queries, principal.organizationId);
      const weekly = query.period === 'weeks';
      const days = weekly ? query.weeks * 7 : query.days;
      const rows = await services.queries
        .selectFrom('counters')
        .select(['hour', 'status', 'count', 'trustSum'])
        .where('organizationId', '=', principal.organizationId)
        .where('hour', '>=', now - days * DAY)
        .where(OF_ALL_AGENTS)
        .execute();
      const trends = [...Map.groupBy(rows, ({ hour }) => Math.floor(hour / DAY / (weekly ? 7 : 1)))]
        .sort(([left], [right]) => left - right)
        .map(([slot, inSlot]) => {
          const count = inSlot.reduce((sum, row) => sum + row.count, 0);
          return {
            date: new Date(slot * DAY * (weekly ? 7 : 1)).toISOString().slice(0, 10),
            avgScore: count === 0 ? 0 : inSlot.reduce((sum, row) => sum + row.trustSum, 0) / count,
            agentCount: total,
            verifications: count,
            denied: inSlot.filter(({ status }) => status === 'denied').reduce((sum, row) => sum + row.count, 0),
          };
        });
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
      const activity = [];
      for (let index = query.months - 1; index >= 0; index -= 1) {
        const [from, to] = [monthStart(now, index), monthStart(now, index - 1)];
        const date = new Date(from);
        activity.push({
          month: date.toLocaleString('en', { month: 'short', timeZone: 'UTC' }),
          monthYear: date.toISOString().slice(0, 7),
          ...(await countMonth(services.queries, principal.organizationId, from, to)),
        });
      }
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
      const rows = await outcomesSince(services.queries, principal.organizationId, now - query.days * DAY, now);
      return {
        period: `Last ${query.days} days`,
        totalActivities: countOf(rows),
        successCount: countOf(rows, 'approved'),
        failureCount: countOf(rows, 'denied'),
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
        .orderBy('id', 'desc')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      const ids = agents.map(({ id }) => id);
      const counted = queries
        .selectFrom('counters')
        .select(['agentId', 'status', 'count'])
        .where('organizationId', '=', principal.organizationId)
        .where('hour', '=', ALL_HOURS);
      const perAgent = ids.length === 0 ? [] : await counted.where('agentId', 'in', ids).execute();
      const calls = (id: string, status?: string): number =>
        sumOf(
          perAgent.filter((row) => row.agentId === id && (status ?? row.status) === row.status),
          'count',
        );
      const month = await outcomesSince(queries, principal.organizationId, now - 30 * DAY, now);
      const { total } = await agentCounts(queries, principal.organizationId);
      const all = countOf(month);
      const succeeded = countOf(month, 'approved');
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
          totalActivities: all,
          successCount: succeeded,
          failureCount: countOf(month, 'denied'),
          successRate: all === 0 ? 0 : (succeeded / all) * 100,
        },
        total,
        limit: query.limit,
        offset: query.offset,
      };
    },
  }),
];

const monthStart = (now: number, monthsAgo: number): number => {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - monthsAgo, 1);
};

async function countMonth(queries: Queries, organizationId: string, from: number, to: number) {
  const agents = queries
    .selectFrom('agents')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizationId', '=', organizationId);
  const verified = await agents.where('verifiedAt', '>=', from).where('verifiedAt', '<', to).executeTakeFirstOrThrow();
  const pending = await agents
    .where('status', '=', 'pending')
    .where('createdAt', '>=', from)
    .where('createdAt', '<', to)
    .executeTakeFirstOrThrow();
  return { verified: Number(verified.count), pending: Number(pending.count) };
}

async function counters({ services, principal }: Call<unknown, unknown>) {
  const { queries } = services;
  const { organizationId } = principal;
  const agents = await agentCounts(queries, organizationId);
  const users = await talliesOf(queries, organizationId, 'users');
  const servers = await talliesOf(queries, organizationId, 'mcpServers');
  const alerts = await openAlerts(queries, organizationId);
  const ever = await outcomesEver(queries, organizationId);
  const alertsOf = (...severities: string[]): number =>
    sumOf(
      alerts.filter(({ severity }) => severities.includes(severity)),
      'count',
    );
  const total = countOf(ever);
  return {
    totalAgents: agents.total,
    verifiedAgents: agents.verified,
    pendingAgents: agents.pending,
    suspendedAgents: agents.suspended,
    revokedAgents: agents.revoked,
    verificationRate: agents.total === 0 ? 0 : (agents.verified / agents.total) * 100,
    avgTrustScore: agents.averageTrust,
    totalMcpServers: totalOf(servers),
    activeMcpServers: totalOf(servers.filter(({ one }) => one === 'verified')),
    totalUsers: totalOf(users),
    activeUsers: totalOf(users.filter(({ one }) => one === 'active')),
    activeAlerts: sumOf(alerts, 'count'),
    criticalAlerts: alertsOf('critical'),
    securityIncidents: alertsOf('critical', 'high'),
    pendingApprovals: countOf(ever, 'pending'),
    organizationId,
    totalVerifications: total,
    successfulVerifications: countOf(ever, 'approved'),
    failedVerifications: countOf(ever, 'denied', 'cancelled', 'expired'),
    avgResponseTime: total === 0 ? 0 : sumOf(ever, 'durationMs') / total,
  };
}
