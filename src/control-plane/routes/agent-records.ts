// What is on record about one agent: activity, audit entries, alerts, violations (wire-agents §3.7).

import { z } from 'zod';
import { readers } from '../access.ts';
import type { Principal } from '../auth/principal.ts';
import type { Call } from '../route.ts';
import { type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { violationsOf, violationView } from '../store/overview.ts';
import { alertView } from '../views/alert.ts';
import { auditEntryView } from '../views/audit.ts';

const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
});

export const agentRecordRoutes: Route[] = [
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
        ...(seesAll(principal, agent.id) ? { ipAddress, userAgent, metadata } : NOTHING_MORE),
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
      const logs = isAdmin ? rows : rows.map((row) => ({ ...row, ...NOTHING_MORE }));
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
];

const NOTHING_MORE = { ipAddress: null, userAgent: null, metadata: {} };

// One agent does not read where another acts from, and what it acts on.
const seesAll = (principal: Principal, agentId: string): boolean =>
  principal.kind === 'user' || (principal.kind === 'agent' ? principal.id : principal.agentId) === agentId;

const COUNTED = 10_000;

type Queries = Call<unknown, unknown>['services']['queries'];

async function auditOf(
  queries: Queries,
  agent: { id: string; organizationId: string },
  { limit, offset }: { limit: number; offset: number },
) {
  const entries = queries.selectFrom('auditEntries').where('agentId', '=', agent.id);
  const rows = await entries.selectAll().orderBy('sequence', 'desc').limit(limit).offset(offset).execute();
  // As far as somebody would page; beyond that the number would cost more than the page.
  const { total } = await queries
    .selectFrom(entries.select('sequence').limit(COUNTED).as('some'))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows: rows.map(auditEntryView), total: Number(total) };
}
