// What an auditor asks for: how many agents are verified, who has access, and which of a handful of rules do not hold.

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { type Finding, inspectOrganization } from '../operation/inspect-organization.ts';
import { type Route, route } from '../route.ts';
import { agentCounts } from '../store/overview.ts';
import { OF_ALL_AGENTS } from '../store/statistics.ts';
import { timeView } from '../views/time.ts';

const DAY = 24 * 60 * 60 * 1000;
const admin = { user: 'admin' } as const;
const days = wireObject({ days: z.coerce.number().int().min(1).max(365).catch(30) });

export const complianceRoutes: Route[] = [
  route('GET /api/v1/compliance/status', {
    summary: 'How far the agents are verified and trusted',
    access: admin,
    run: async ({ services: { queries }, principal, now }) => {
      const { total, verified, averageTrust } = await agentCounts(queries, principal.organizationId);
      const recent = await queries
        .selectFrom('auditEntries')
        .select('id')
        .where('organizationId', '=', principal.organizationId)
        .where('at', '>=', now - DAY)
        .orderBy('sequence', 'desc')
        .limit(100)
        .execute();
      const rate = total === 0 ? 100 : (verified / total) * 100;
      return {
        complianceLevel: rate >= 95 ? 'excellent' : rate >= 80 ? 'good' : rate >= 50 ? 'fair' : 'poor',
        totalAgents: total,
        verifiedAgents: verified,
        verificationRate: rate,
        averageTrustScore: averageTrust,
        recentAuditCount: recent.length,
      };
    },
  }),
  route('GET /api/v1/compliance/metrics', {
    summary: 'Verified agents and trust, day by day',
    access: admin,
    query: days,
    run: async ({ services: { queries }, principal, query, now }) => {
      const from = now - query.days * DAY;
      const dates = Array.from({ length: query.days + 1 }, (_, index) => dateOf(from + index * DAY));
      const agents = await queries
        .selectFrom('agents')
        .select('verifiedAt')
        .where('organizationId', '=', principal.organizationId)
        .where('verifiedAt', '>=', from)
        .execute();
      const counted = await queries
        .selectFrom('counters')
        .select(['hour', 'count', 'trustSum'])
        .where('organizationId', '=', principal.organizationId)
        .where('hour', '>=', from)
        .where(OF_ALL_AGENTS)
        .execute();
      const hours = Map.groupBy(counted, ({ hour }) => dateOf(hour));
      const [start, end] = [timeView(from), timeView(now)];
      return {
        startDate: start,
        endDate: end,
        interval: 'day',
        metrics: {
          period: { start, end, interval: 'day' },
          agentVerificationTrend: dates.map((date) => ({
            date,
            verified: agents.filter(({ verifiedAt }) => verifiedAt !== null && dateOf(verifiedAt) === date).length,
          })),
          // Of the agents that asked for something that day, as it stood when they asked.
          trustScoreTrend: dates.map((date) => {
            const ofDay = hours.get(date) ?? [];
            const count = ofDay.reduce((sum, row) => sum + row.count, 0);
            return { date, avgScore: count === 0 ? 0 : ofDay.reduce((sum, row) => sum + row.trustSum, 0) / count };
          }),
        },
      };
    },
  }),
  route('GET /api/v1/compliance/access-review', {
    summary: 'Who may sign in, with which role, and when they last did',
    access: admin,
    run: async ({ services: { queries }, principal }) => {
      const users = await queries
        .selectFrom('users')
        .select(['id', 'email', 'name', 'role', 'status', 'createdAt', 'lastLoginAt'])
        .where('organizationId', '=', principal.organizationId)
        .orderBy('createdAt', 'desc')
        .limit(10_000)
        .execute();
      const { total } = await agentCounts(queries, principal.organizationId);
      return {
        totalUsers: users.length,
        usersWithAccess: users.filter(({ status }) => status === 'active').length,
        totalAgents: total,
        users: users.map(({ createdAt, lastLoginAt, ...user }) => ({
          ...user,
          createdAt: timeView(createdAt),
          lastLogin: timeView(lastLoginAt),
        })),
      };
    },
  }),
  route('POST /api/v1/compliance/check', {
    summary: 'Looks for keys that are old, agents that nobody verified, trust that fell, people who are gone',
    access: admin,
    body: wireObject({ checkType: z.string().trim().max(100).default('all') }),
    run: async ({ services: { queries }, principal, body, now }) => {
      const all = await inspectOrganization(queries, principal.organizationId, now);
      const checks = body.checkType === 'all' ? all : all.filter(({ name }) => name === body.checkType);
      const passed = checks.filter((check: Finding) => check.passed).length;
      return {
        checkType: body.checkType,
        total: checks.length,
        passed,
        failed: checks.length - passed,
        complianceRate: checks.length === 0 ? 100 : (passed / checks.length) * 100,
        checks,
      };
    },
  }),
];

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
