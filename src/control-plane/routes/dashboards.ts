// Numbers for overviews: counters, trends, activity, security (wire-agents §8.3).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import type { Call } from '../route.ts';
import { type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { countersSince } from '../store/statistics.ts';
import { alertView } from '../views/alert.ts';
import { auditEntryView } from '../views/audit.ts';
import { timeView } from '../views/time.ts';
import { eventView } from '../views/verification.ts';

const DAY = 24 * 60 * 60 * 1000;
const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
});
const readers = { user: 'viewer', agent: 'any', key: 'any' } as const;

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
  route('GET /api/v1/agents/:id/activity', {
    summary: 'What an agent did, newest first',
    access: readers,
    query: paging,
    run: async ({ services, principal, params, query }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const { rows, total } = await auditOf(services.queries, agent, query);
      const activities = rows.map(({ id, action, resourceType, resourceId, timestamp, ipAddress, userAgent, metadata }) => ({
        id,
        action,
        resourceType,
        resourceId,
        timestamp,
        ipAddress,
        userAgent,
        metadata,
        agentName: agent.name,
      }));
      return { activities, total, limit: query.limit, offset: query.offset, agentId: agent.id };
    },
  }),
  route('GET /api/v1/agents/:id/audit-logs', {
    summary: 'Audit entries about an agent',
    access: readers,
    query: paging,
    run: async ({ services, principal, params, query }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const { rows, total } = await auditOf(services.queries, agent, query);
      const isAdmin = principal.kind === 'user' && principal.role === 'admin';
      const logs = isAdmin ? rows : rows.map((row) => ({ ...row, ipAddress: null, userAgent: null, metadata: {} }));
      return { agentId: agent.id, agentName: agent.name, logs, total, limit: query.limit, offset: query.offset };
    },
  }),
  route('GET /api/v1/agents/:id/alerts', {
    summary: 'Alerts about an agent',
    access: readers,
    query: paging,
    run: async ({ services, principal, params, query }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('alerts')
        .selectAll()
        .where('agentId', '=', agent.id)
        .where('organizationId', '=', agent.organizationId)
        .orderBy('createdAt', 'desc')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      return { agentId: agent.id, alerts: rows.map(alertView), limit: query.limit, offset: query.offset };
    },
  }),
  route('GET /api/v1/agents/:id/violations', {
    summary: 'What an agent tried beyond what it may',
    access: readers,
    query: paging,
    run: async ({ services, principal, params, query }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const filtered = violationsOf(services.queries, principal.organizationId).where('agentId', '=', agent.id);
      const rows = await filtered.selectAll().orderBy('requestedAt', 'desc').limit(query.limit).offset(query.offset).execute();
      return { violations: rows.map(violationView), total: agent.violationCount, limit: query.limit, offset: query.offset };
    },
  }),
  ...['violations', 'threats', 'anomalies', 'alerts'].map((name) =>
    route(`GET /api/v1/security/${name}`, {
      summary: `Security: ${name}`,
      access: { user: 'manager' },
      query: paging,
      run: (call) => securityList(call, name, call.query),
    }),
  ),
  ...['metrics', 'dashboard'].map((name) =>
    route(`GET /api/v1/security/${name}`, {
      summary: 'Security in numbers',
      access: { user: 'manager' },
      run: (call) => securityNumbers(call),
    }),
  ),
];

type Queries = Call<unknown, unknown>['services']['queries'];

async function agentCounts(queries: Queries, organizationId: string) {
  const rows = await queries
    .selectFrom('agents')
    .select('status')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.sum('trustScore').as('trust')])
    .where('organizationId', '=', organizationId)
    .groupBy('status')
    .execute();
  const of = (status: string): number => Number(rows.find((row) => row.status === status)?.count ?? 0);
  const total = rows.reduce((sum, row) => sum + Number(row.count), 0);
  return {
    total,
    verified: of('verified'),
    pending: of('pending'),
    suspended: of('suspended'),
    revoked: of('revoked'),
    averageTrust: total === 0 ? 0 : Math.round((rows.reduce((sum, row) => sum + Number(row.trust), 0) / total) * 1000) / 1000,
  };
}

async function openAlerts(queries: Queries, organizationId: string): Promise<{ severity: string; count: number }[]> {
  const rows = await queries
    .selectFrom('alerts')
    .select('severity')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizationId', '=', organizationId)
    .where('acknowledgedAt', 'is', null)
    .groupBy('severity')
    .execute();
  return rows.map(({ severity, count }) => ({ severity, count: Number(count) }));
}

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

async function auditOf(
  queries: Queries,
  agent: { id: string; organizationId: string },
  { limit, offset }: { limit: number; offset: number },
) {
  const filtered = queries
    .selectFrom('auditEntries')
    .where('organizationId', '=', agent.organizationId)
    .where((eb) => eb.or([eb('agentId', '=', agent.id), eb('resourceId', '=', agent.id)]));
  const rows = await filtered.selectAll().orderBy('sequence', 'desc').limit(limit).offset(offset).execute();
  const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { rows: rows.map(auditEntryView), total: Number(total) };
}

const violationsOf = (queries: Queries, organizationId: string) =>
  queries
    .selectFrom('verifications')
    .where('organizationId', '=', organizationId)
    .where('rule', 'in', ['not-granted', 'monitoring', 'honeytoken', 'capability_violation']);

type Violation = Parameters<typeof eventView>[0];
const violationView = (row: Violation) => ({
  id: row.id,
  agentId: row.agentId,
  agentName: row.agentName,
  attemptedCapability: row.capability,
  resource: row.resource,
  severity: row.riskLevel,
  isBlocked: row.status !== 'approved',
  reason: row.denialReason,
  createdAt: timeView(row.requestedAt),
});

async function securityList(
  { services, principal }: Call<unknown, unknown>,
  name: string,
  { limit, offset }: { limit: number; offset: number },
) {
  const { queries } = services;
  if (name === 'violations') {
    const filtered = violationsOf(queries, principal.organizationId);
    const rows = await filtered.selectAll().orderBy('requestedAt', 'desc').limit(limit).offset(offset).execute();
    return { violations: rows.map(violationView), total: rows.length + offset, limit, offset };
  }
  let filtered = queries.selectFrom('alerts').where('organizationId', '=', principal.organizationId);
  if (name === 'threats') filtered = filtered.where('alertType', 'in', ['security_breach']);
  if (name === 'anomalies')
    filtered = filtered.where('alertType', 'in', ['unusual_activity', 'configuration_drift', 'trust_score_drop']);
  const rows = await filtered.selectAll().orderBy('createdAt', 'desc').limit(limit).offset(offset).execute();
  const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const items = rows.map((row) => ({
    ...alertView(row),
    threatType: row.alertType,
    anomalyType: row.alertType,
    source: row.agentId,
    targetType: row.resourceType,
    targetId: row.resourceId,
    targetName: row.agentName,
    isBlocked: row.alertType === 'security_breach',
    confidence: 100,
  }));
  return { [name]: items, total: Number(total), limit, offset };
}

async function securityNumbers(call: Call<unknown, unknown>) {
  const { services, principal, now } = call;
  const { queries } = services;
  const { organizationId } = principal;
  const open = await openAlerts(queries, organizationId);
  const of = (...severities: string[]): number =>
    open.filter(({ severity }) => severities.includes(severity)).reduce((sum, { count }) => sum + count, 0);
  const week = await countersSince(queries, organizationId, now - 7 * DAY, now);
  const blocked = week.filter(({ status }) => status === 'denied').reduce((sum, { count }) => sum + count, 0);
  const agents = await agentCounts(queries, organizationId);
  const securityScore = Math.max(0, Math.round(100 - of('critical') * 20 - of('high') * 8 - of('warning') * 2));
  const byDay = await queries
    .selectFrom('alerts')
    .select(['createdAt', 'severity'])
    .where('organizationId', '=', organizationId)
    .where('createdAt', '>=', now - 7 * DAY)
    .limit(10_000)
    .execute();
  const threatTrend = [...Map.groupBy(byDay, ({ createdAt }) => new Date(createdAt).toISOString().slice(0, 10))].map(
    ([date, items]) => ({ date, count: items.length }),
  );
  const recent = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('status', '=', 'denied')
    .orderBy('requestedAt', 'desc')
    .limit(10)
    .execute();
  return {
    totalThreats: of('critical', 'high', 'warning'),
    activeThreats: of('critical', 'high'),
    blockedThreats: blocked,
    totalAnomalies: of('warning', 'info'),
    highSeverityCount: of('critical', 'high'),
    openIncidents: of('critical'),
    averageTrustScore: agents.averageTrust,
    securityScore,
    securityGrade:
      securityScore >= 90 ? 'A' : securityScore >= 75 ? 'B' : securityScore >= 60 ? 'C' : securityScore >= 40 ? 'D' : 'F',
    securityStatus: securityScore >= 75 ? 'good' : securityScore >= 40 ? 'attention' : 'critical',
    actionsBlocked: blocked,
    agentsMonitored: agents.total,
    threatTrend,
    protectionTimeline: threatTrend,
    severityDistribution: open,
    riskByCategory: open,
    recentBlockedActions: recent.map(eventView),
  };
}
