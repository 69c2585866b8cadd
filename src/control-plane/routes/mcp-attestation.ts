// Attestations of MCP servers: the challenge, the signed answer, what is on record (wire-mcp-logs-a2a §2.4).

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { readers } from '../access.ts';
import { attest } from '../mcp/attest.ts';
import { forbidden, notFound } from '../refusal.ts';
import { type Route, route } from '../route.ts';
import { serverById } from '../store/mcp-servers.ts';
import { timeView } from '../views/time.ts';

const attestation = z.object({ attestation: z.record(z.string(), z.unknown()), signature: z.string().max(200) });

const CHALLENGE_LIFETIME = 5 * 60 * 1000;

export const mcpAttestationRoutes: Route[] = [
  route('GET /api/v1/mcp-servers/:id/challenge', {
    summary: 'A challenge for an attestation: valid five minutes, for one agent, once',
    // Published SDKs ask without any credential. What is answered is worth something only to the holder of the agent's key.
    access: { anyone: true },
    query: wireObject({ agentId: z.string().max(100).optional() }),
    run: async ({ services, principal, params, query }) => {
      const agentId = principal?.kind === 'agent' ? principal.id : (query.agentId ?? '');
      return services.changes.run(async ({ queries, now }) => {
        const agent = await queries.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
        if (agent === undefined) throw notFound('Agent not found');
        const server = await serverById(queries, agent.organizationId, params['id'] ?? '');
        if (agent.status !== 'verified') throw forbidden('agentNotVerified', 'Only a verified agent may attest');
        const challenge = randomBytes(32).toString('base64');
        const expiresAt = now + CHALLENGE_LIFETIME;
        await queries
          .insertInto('challenges')
          .values({
            challenge,
            organizationId: server.organizationId,
            agentId: agent.id,
            mcpServerId: server.id,
            expiresAt,
            usedAt: null,
          })
          .execute();
        return { challenge, expiresAt: timeView(expiresAt), mcpServerId: server.id };
      });
    },
  }),
  route('POST /api/v1/mcp-servers/:id/attest', {
    summary: 'An agent attests what it found of an MCP server, signed',
    // The attestation is signed by the agent that it names; SDKs send no other credential with it.
    access: { anyone: true },
    body: attestation,
    run: ({ services, principal, params, body, text }) =>
      attest(services, params['id'] ?? '', body.attestation, body.signature, text, principal),
  }),
  route('GET /api/v1/mcp-servers/:id/attestations', {
    summary: 'Attestations of an MCP server',
    access: readers,
    run: async ({ services, principal, params, now }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('attestations')
        .leftJoin('agents', 'agents.id', 'attestations.agentId')
        .selectAll('attestations')
        .select([
          'agents.name as agentName',
          'agents.trustScore as agentTrustScore',
          'agents.createdBy as agentOwnerId',
          'agents.publicKey as agentPublicKey',
          'agents.previousPublicKey as agentPreviousPublicKey',
        ])
        .where('attestations.mcpServerId', '=', server.id)
        .orderBy('verifiedAt', 'desc')
        .limit(500)
        .execute();
      const attestations = rows.map((row) => ({
        id: row.id,
        agentId: row.agentId,
        agentName: row.agentName,
        agentTrustScore: row.agentTrustScore,
        agentOwnerId: row.agentOwnerId,
        verifiedAt: timeView(row.verifiedAt),
        expiresAt: timeView(row.expiresAt),
        capabilitiesConfirmed: JSON.parse(row.capabilitiesFound) as string[],
        connectionLatencyMs: row.connectionLatencyMs,
        connectionSuccessful: row.connectionSuccessful === 1,
        healthCheckPassed: row.healthCheckPassed === 1,
        isValid: row.revokedAt === null && row.expiresAt > now,
        attestationType: row.type,
        attesterType: row.agentId === null ? 'user' : 'agent',
        signatureVerified: row.type === 'sdk',
        // With these anybody can check the signature without taking this server's word for it.
        attestation: JSON.parse(row.payload) as unknown,
        signature: row.signature,
        publicKeys: [row.agentPublicKey, row.agentPreviousPublicKey].filter((key) => key !== null),
      }));
      return {
        attestations,
        total: attestations.length,
        confidence_score: server.confidenceScore,
        confidenceScore: server.confidenceScore,
        last_attested_at: timeView(server.lastAttestedAt),
        lastAttestedAt: timeView(server.lastAttestedAt),
      };
    },
  }),
];
