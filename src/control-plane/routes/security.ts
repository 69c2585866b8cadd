// Security in lists and numbers, for managers (wire-agents §8.3).

import { z } from 'zod';
import type { Call } from '../route.ts';
import { type Route, route } from '../route.ts';
import { NOT_APPROVED } from '../store/event-list.ts';
import { agentCounts, openAlerts, violationsOf, violationView } from '../store/overview.ts';
import { countOf, outcomesSince } from '../store/statistics.ts';
import { talliesOf, totalOf } from '../store/tallies.ts';
import { alertView } from '../views/alert.ts';
import { eventView } from '../views/verification.ts';

const DAY = 24 * 60 * 60 * 1000;
const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
});

export const securityRoutes: Route[] = [
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

async function securityList(
  { services, principal }: Call<unknown, unknown>,
  name: string,
  { limit, offset }: { limit: number; offset: number },
) {
  const { queries } = services;
  if (name === 'violations') {
    const filtered = violationsOf(queries, principal.organizationId);
    const rows = await filtered.selectAll().orderBy('requestedAt', 'desc').limit(limit).offset(offset).execute();
    const total = totalOf(await talliesOf(queries, principal.organizationId, 'violations'));
    return { violations: rows.map(violationView), total, limit, offset };
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
  const blocked = countOf(await outcomesSince(queries, organizationId, now - 7 * DAY, now), 'denied');
  const agents = await agentCounts(queries, organizationId);
  const securityScore = Math.max(0, Math.round(100 - of('critical') * 20 - of('high') * 8 - of('warning') * 2));
  const byDay = await queries
    .selectFrom('alerts')
    .select('createdAt')
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
    .where(NOT_APPROVED)
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
