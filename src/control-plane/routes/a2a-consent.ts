// What people have consented to that one agent shares with another (wire-mcp-logs-a2a §6.1).

import { randomUUID } from 'node:crypto';
import { consentCheck, consentQuery, newConsent, withReason } from '../../wire/requests/a2a.ts';
import { actingAgent } from '../a2a/acting.ts';
import { readers, speakers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { A2AConsentTable } from '../database/tables/a2a.ts';
import { notFound } from '../refusal.ts';
import { created, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { timeView } from '../views/time.ts';

const HOUR = 60 * 60 * 1000;

export const a2aConsentRoutes: Route[] = [
  route('POST /api/v1/a2a/consent', {
    summary: 'Records what somebody consented to that one agent shares with another',
    access: speakers,
    body: newConsent,
    run: async (call) => {
      const { services, principal, body } = call;
      return services.changes.run(async ({ queries, now, audit }) => {
        const grantor = await actingAgent(queries, principal, body.grantorAgentId);
        const recipient = await agentById(queries, principal.organizationId, body.recipientAgentId);
        const row: A2AConsentTable = {
          id: randomUUID(),
          organizationId: grantor.organizationId,
          userId: body.userId,
          grantorAgentId: grantor.id,
          recipientAgentId: recipient.id,
          scope: JSON.stringify(body.scope),
          purpose: body.purpose,
          dataTypes: JSON.stringify(body.dataTypes ?? []),
          consentMethod: body.consentMethod,
          grantedAt: now,
          expiresAt: now + (body.expiresInHours ?? 24) * HOUR,
          revokedAt: null,
          revokeReason: null,
        };
        await queries.insertInto('a2aConsents').values(row).execute();
        audit(actorOf(principal, call.origin), {
          organizationId: row.organizationId,
          action: 'grant',
          resourceType: 'a2a-consent',
          resourceId: row.id,
          agentId: grantor.id,
          agentName: grantor.name,
          metadata: { recipientAgentId: recipient.id, scope: body.scope, purpose: body.purpose },
        });
        return created(consentView(row, now));
      });
    },
  }),
  route('GET /api/v1/a2a/consent/check', {
    summary: 'Whether a consent covers it now',
    access: readers,
    query: consentCheck,
    run: async ({ services, principal, query, now }) => {
      const rows = await services.queries
        .selectFrom('a2aConsents')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('userId', '=', query.userId)
        .where('grantorAgentId', '=', query.grantorAgentId)
        .where('recipientAgentId', '=', query.recipientAgentId)
        .where('revokedAt', 'is', null)
        .where('expiresAt', '>', now)
        .orderBy('expiresAt', 'desc')
        .limit(1000)
        .execute();
      const found = rows.find(
        ({ scope }) => query.scope === undefined || (JSON.parse(scope) as string[]).includes(query.scope),
      );
      return { hasConsent: found !== undefined, consentId: found?.id ?? null, expiresAt: timeView(found?.expiresAt ?? null) };
    },
  }),
  route('POST /api/v1/a2a/consent/:id/revoke', {
    summary: 'Takes a consent back',
    access: speakers,
    body: withReason,
    run: async (call) => {
      const { services, principal, body, params } = call;
      return services.changes.run(async ({ queries, now, audit }) => {
        const row = await queries
          .selectFrom('a2aConsents')
          .selectAll()
          .where('organizationId', '=', principal.organizationId)
          .where('id', '=', params['id'] ?? '')
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        await actingAgent(queries, principal, row.grantorAgentId);
        const set = { revokedAt: row.revokedAt ?? now, revokeReason: row.revokeReason ?? body.reason };
        if (row.revokedAt === null) {
          await queries.updateTable('a2aConsents').set(set).where('id', '=', row.id).execute();
          audit(actorOf(principal, call.origin), {
            organizationId: row.organizationId,
            action: 'revoke',
            resourceType: 'a2a-consent',
            resourceId: row.id,
            agentId: row.grantorAgentId,
            metadata: { reason: body.reason },
          });
        }
        return { success: true, ...consentView({ ...row, ...set }, now) };
      });
    },
  }),
  ...(['GET /api/v1/a2a/consents', 'GET /api/v1/a2a/consent/user/:userId'] as const).map((at) =>
    route(at, {
      summary: at.includes('user') ? 'What one person has consented to' : 'All consents',
      access: readers,
      query: consentQuery,
      run: async ({ services, principal, params, query: { limit, offset, includeRevoked }, now }) => {
        let stored = services.queries.selectFrom('a2aConsents').where('organizationId', '=', principal.organizationId);
        if (params['userId'] !== undefined) stored = stored.where('userId', '=', params['userId']);
        if (!includeRevoked) stored = stored.where('revokedAt', 'is', null);
        const rows = await stored.selectAll().orderBy('grantedAt', 'desc').orderBy('id').limit(limit).offset(offset).execute();
        return { consents: rows.map((row) => consentView(row, now)), total: rows.length, limit, offset };
      },
    }),
  ),
];

const consentView = ({ scope, dataTypes, grantedAt, expiresAt, revokedAt, ...row }: A2AConsentTable, now: number) => ({
  ...row,
  scope: JSON.parse(scope) as string[],
  dataTypes: JSON.parse(dataTypes) as string[],
  grantedAt: timeView(grantedAt),
  expiresAt: timeView(expiresAt),
  revokedAt: timeView(revokedAt),
  revoked: revokedAt !== null,
  isActive: revokedAt === null && (expiresAt === null || expiresAt > now),
});
