// How far an MCP server may be trusted: consensus of attestations, those of people, their withdrawal, and the question itself (§2.1).

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { readers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { consensusFor, recompute } from '../mcp/attest.ts';
import { notFound } from '../refusal.ts';
import { Answer, created, personOf, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { serverById, tellMcp } from '../store/mcp-servers.ts';
import { timeView } from '../views/time.ts';

const VALID_FOR = 30 * 24 * 60 * 60 * 1000;
const withReason = wireObject({ reason: z.string().trim().min(1).max(4000) });
const manual = z.preprocess(
  (body) => body ?? {},
  wireObject({
    notes: z.string().max(4000).nullish(),
    capabilitiesVerified: z.array(z.string().max(300)).max(5000).nullish(),
    connectionTested: z.boolean().nullish(),
    healthCheckPassed: z.boolean().nullish(),
  }),
);

export const mcpTrustRoutes: Route[] = [
  route('GET /api/v1/mcp-servers/:id/consensus-status', {
    summary: 'How far the attestations of an MCP server are from consensus',
    access: readers,
    run: async ({ services, principal, params, now }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const consensus = await consensusFor(services.queries, server.id, now);
      return { mcpServerId: server.id, status: server.status, isVerified: server.status === 'verified', ...consensus };
    },
  }),
  route('GET /api/v1/mcp-servers/:id/verification-status', {
    summary: 'Whether an MCP server is verified, and by what',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      return {
        mcpServerId: server.id,
        status: server.status,
        isVerified: server.status === 'verified',
        verificationMethod: server.verificationMethod,
        lastVerifiedAt: timeView(server.lastVerifiedAt),
        trustScore: server.trustScore,
      };
    },
  }),
  ...['verify-capability', 'verify-action'].map((verb) =>
    route(`POST /api/v1/mcp-servers/:id/${verb}`, {
      summary: 'Whether an MCP server may be used for something: only a verified one, and only for what it was seen to offer',
      access: readers,
      body: wireObject({ capability: z.string().max(300).nullish(), actionType: z.string().max(300).nullish() }),
      run: async ({ services, principal, origin, params, body }) =>
        services.changes.record(async ({ queries, audit }) => {
          const server = await serverById(queries, principal.organizationId, params['id'] ?? '');
          const capability = body.capability ?? body.actionType ?? null;
          const refusal = await whyNot(queries, server, capability);
          const auditId = randomUUID();
          audit(actorOf(principal, origin), {
            organizationId: server.organizationId,
            action: 'verify-capability',
            resourceType: 'mcp_server',
            resourceId: server.id,
            metadata: { capability, allowed: refusal === null, auditId },
          });
          if (refusal === null)
            return { allowed: true, reason: 'The MCP server is verified and offers it', auditId, audit_id: auditId };
          const told = { allowed: false, reason: refusal, error: refusal, reasonCode: 'mcpNotAllowed' };
          return new Answer(403, { ...told, auditId, audit_id: auditId });
        }),
    }),
  ),
  route('POST /api/v1/mcp-servers/:id/manual-attest', {
    summary: 'A person attests an MCP server',
    access: { user: 'member' },
    body: manual,
    run: async (call) => {
      const person = personOf(call);
      const { body, services, params, origin } = call;
      return services.changes.run(async (change) => {
        const { queries, now } = change;
        const server = await serverById(queries, person.organizationId, params['id'] ?? '');
        const id = randomUUID();
        await queries
          .insertInto('attestations')
          .values({
            id,
            organizationId: server.organizationId,
            mcpServerId: server.id,
            agentId: null,
            userId: person.id,
            type: 'manual',
            payload: JSON.stringify({ notes: body.notes ?? null, by: person.email }),
            signature: 'manual-attestation',
            capabilitiesFound: JSON.stringify(body.capabilitiesVerified ?? []),
            connectionSuccessful: body.connectionTested === true ? 1 : 0,
            healthCheckPassed: body.healthCheckPassed === true ? 1 : 0,
            connectionLatencyMs: null,
            verifiedAt: now,
            expiresAt: now + VALID_FOR,
            revokedAt: null,
          })
          .execute();
        const after = await recompute(change, server);
        await tellMcp(change, person, origin, after, 'manual-attest', { attestationId: id, notes: body.notes ?? null });
        const { confidenceScore, attestationCount } = after;
        const message = 'Attestation recorded';
        return created({ success: true, attestationId: id, mcpConfidenceScore: confidenceScore, attestationCount, message });
      });
    },
  }),
  route('POST /api/v1/attestations/:id/revoke', {
    summary: 'Takes an attestation back',
    access: { user: 'manager' },
    body: withReason,
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const { queries, now } = change;
        const row = await queries
          .selectFrom('attestations')
          .selectAll()
          .where('id', '=', call.params['id'] ?? '')
          .where('organizationId', '=', person.organizationId)
          .executeTakeFirst();
        if (row === undefined) throw notFound('Attestation not found');
        await queries
          .updateTable('attestations')
          .set({ revokedAt: row.revokedAt ?? now })
          .where('id', '=', row.id)
          .execute();
        const server = await recompute(change, await serverById(queries, person.organizationId, row.mcpServerId));
        const { reason } = call.body;
        await tellMcp(change, person, call.origin, server, 'revoke-attestation', { attestationId: row.id, reason });
        return { success: true, attestationId: row.id, message: 'Attestation revoked', reason };
      });
    },
  }),
  route('POST /api/v1/agents/:id/attestations/revoke-all', {
    summary: 'Takes all attestations of an agent back',
    access: { user: 'manager' },
    body: withReason,
    run: async (call) => {
      const person = personOf(call);
      const { reason } = call.body;
      return call.services.changes.run(async (change) => {
        const { queries, now } = change;
        const agent = await agentById(queries, person.organizationId, call.params['id'] ?? '');
        const rows = await queries
          .selectFrom('attestations')
          .select('mcpServerId')
          .where('agentId', '=', agent.id)
          .where('revokedAt', 'is', null)
          .execute();
        await queries
          .updateTable('attestations')
          .set({ revokedAt: now })
          .where('agentId', '=', agent.id)
          .where('revokedAt', 'is', null)
          .execute();
        for (const id of new Set(rows.map(({ mcpServerId }) => mcpServerId))) {
          const server = await recompute(change, await serverById(queries, person.organizationId, id));
          await tellMcp(change, person, call.origin, server, 'revoke-attestation', { agentId: agent.id, reason });
        }
        const message = `${rows.length} attestations revoked`;
        return { success: true, agentId: agent.id, revokedCount: rows.length, message, reason };
      });
    },
  }),
];

// `mcp_tool:NAME` is how the Python wrapper asks. Resources go by address, which is not what they are listed by.
async function whyNot(queries: Queries, server: McpServerTable, capability: string | null): Promise<string | null> {
  if (server.status !== 'verified') return `The MCP server is ${server.status}`;
  if (capability === null || capability.startsWith('mcp_resource:')) return null;
  const name = capability.replace(/^mcp_(tool|prompt):/, '');
  const offered = await queries
    .selectFrom('mcpCapabilities')
    .select('name')
    .where('mcpServerId', '=', server.id)
    .where('isActive', '=', 1)
    .execute();
  // Of a server whose tools nobody has seen yet, nothing can be said by their names.
  if (offered.length === 0 || offered.some((each) => each.name === name)) return null;
  return `The MCP server was never seen to offer ${name}`;
}
