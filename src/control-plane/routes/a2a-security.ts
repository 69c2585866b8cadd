// Who may turn to whom: settings, checks, what was noted, and keeping house (wire-mcp-logs-a2a §6.1, §6.3).

import type { z } from 'zod';
import { pageQuery, policyEvaluation, securityCheck, securitySettings } from '../../wire/requests/a2a.ts';
import { attestCard } from '../a2a/attest-card.ts';
import { judge } from '../a2a/judge.ts';
import { type A2ASettings, readSettings } from '../a2a/security.ts';
import { readers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import { notFound } from '../refusal.ts';
import { type Call, type Route, route } from '../route.ts';
import { timeView } from '../views/time.ts';

export const a2aSecurityRoutes: Route[] = [
  route('POST /api/v1/a2a/security/check', {
    summary: 'Whether one agent may turn to another, and every reason why not',
    access: readers,
    body: securityCheck,
    run: async (call) => {
      const { body } = call;
      const isSigned = body.requestSignature !== null && body.requestNonce !== null;
      const outcome = await judge(call, { ...body, isSigned });
      return { ...outcome, allowed: outcome.decision === 'ALLOW', skillId: body.skillId, checkedAt: timeView(call.now) };
    },
  }),
  route('POST /api/v1/a2a/policies/evaluate', {
    summary: 'The same, as a decision on an event between two agents',
    access: readers,
    body: policyEvaluation,
    run: async (call) => {
      const { body, now } = call;
      const { decision, reasons, enforcementMode, policiesEvaluated } = await judge(call, {
        requestingAgentId: body.clientAgentId,
        targetAgentId: body.remoteAgentId,
        skillId: body.skillId,
        isSigned: true,
      });
      const reason = reasons.length === 0 ? 'Nothing speaks against it' : reasons.join('; ');
      return {
        event: body.event,
        decision,
        policiesEvaluated,
        reason,
        reasons,
        enforcementMode,
        evaluatedAt: timeView(now),
      };
    },
  }),
  ...(['GET /api/v1/a2a/security/settings', 'GET /api/v1/a2a/security/settings/:organizationId'] as const).map((at) =>
    route(at, {
      summary: 'What holds between the agents of the organisation',
      access: readers,
      run: async (call) =>
        settingsView(ownOrganization(call), await readSettings(call.services.queries, call.principal.organizationId)),
    }),
  ),
  ...(['PUT /api/v1/a2a/security/settings', 'PUT /api/v1/a2a/security/settings/:organizationId'] as const).map((at) =>
    route(at, {
      summary: 'Changes what holds between the agents of the organisation',
      access: { user: 'manager' },
      body: securitySettings,
      run: (call) => {
        const organizationId = ownOrganization(call);
        return call.services.changes.run(async ({ queries, now, audit }) => {
          const { settings: text } = await organizationOf(queries, organizationId);
          const next = changed(await readSettings(queries, organizationId), call.body);
          await queries
            .updateTable('organizations')
            .set({ settings: JSON.stringify({ ...(JSON.parse(text) as object), a2a: next }), updatedAt: now })
            .where('id', '=', organizationId)
            .execute();
          audit(actorOf(call.principal, call.origin), {
            organizationId,
            action: 'update',
            resourceType: 'settings',
            resourceId: organizationId,
            metadata: { a2a: next },
          });
          return settingsView(organizationId, next);
        });
      },
    }),
  ),
  ...(['GET /api/v1/a2a/security/violations', 'GET /api/v1/a2a/security/violations/:organizationId'] as const).map((at) =>
    route(at, {
      summary: 'What was against the settings, newest first',
      access: readers,
      query: pageQuery,
      run: async (call) => {
        const { limit, offset } = call.query;
        const stored = call.services.queries.selectFrom('a2aViolations').where('organizationId', '=', ownOrganization(call));
        const rows = await stored.selectAll().orderBy('at', 'desc').orderBy('id').limit(limit).offset(offset).execute();
        const { total } = await stored.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
        const violations = rows.map(({ at: when, reasons, ...row }) => ({
          ...row,
          reasons: JSON.parse(reasons) as string[],
          reason: (JSON.parse(reasons) as string[]).join('; '),
          createdAt: timeView(when),
        }));
        return { violations, total: Number(total), limit, offset };
      },
    }),
  ),
  route('POST /api/v1/a2a/maintenance/cleanup-nonces', {
    summary: 'Forgets nonces that are good no more; the server does so by itself every minute',
    access: { user: 'admin' },
    run: async ({ services, now }) => {
      const { numDeletedRows } = await services.changes.record(({ queries }) =>
        queries.deleteFrom('nonces').where('expiresAt', '<', now).executeTakeFirst(),
      );
      return { success: true, deleted: Number(numDeletedRows) };
    },
  }),
  route('POST /api/v1/a2a/maintenance/refresh-cards', {
    summary: 'Attests every card of the organisation for another day',
    access: { user: 'admin' },
    run: async (call) => {
      const { services, principal } = call;
      return services.changes.run(async ({ queries, now, audit }) => {
        const rows = await queries
          .selectFrom('a2aCards')
          .selectAll()
          .where('organizationId', '=', principal.organizationId)
          .execute();
        for (const row of rows) {
          const set = { ...attestCard(services.serverKeys, row, now), updatedAt: now };
          await queries.updateTable('a2aCards').set(set).where('id', '=', row.id).execute();
        }
        audit(actorOf(principal, call.origin), {
          organizationId: principal.organizationId,
          action: 'attest',
          resourceType: 'a2a-card',
          metadata: { count: rows.length },
        });
        return { success: true, refreshed: rows.length };
      });
    },
  }),
];

function ownOrganization({ principal, params }: Pick<Call<unknown, unknown>, 'principal' | 'params'>): string {
  const named = params['organizationId'];
  if (named !== undefined && named !== principal.organizationId) throw notFound();
  return principal.organizationId;
}

const organizationOf = (queries: Queries, id: string) =>
  queries.selectFrom('organizations').select('settings').where('id', '=', id).executeTakeFirstOrThrow();

function changed(before: A2ASettings, change: z.output<typeof securitySettings>): A2ASettings {
  return {
    enforcementMode: change.enforcementMode ?? before.enforcementMode,
    requireSignedRequests: change.requireSignedRequests ?? change.requireSigning ?? before.requireSignedRequests,
    requireVerifiedSkills: change.requireVerifiedSkills ?? before.requireVerifiedSkills,
    minTrustScore: change.minTrustScore ?? before.minTrustScore,
    allowedAgentIds: change.allowedAgentIds ?? change.allowedAgents ?? before.allowedAgentIds,
    blockedAgentIds: change.blockedAgentIds ?? change.blockedAgents ?? before.blockedAgentIds,
  };
}

// In the words of both SDKs.
const settingsView = (organizationId: string, settings: A2ASettings) => ({
  organizationId,
  ...settings,
  requireSigning: settings.requireSignedRequests,
  allowedAgents: settings.allowedAgentIds,
  blockedAgents: settings.blockedAgentIds,
  requireNonceValidation: true,
  maxTimestampAge: 300,
});
