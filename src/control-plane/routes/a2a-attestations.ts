// What agents say of each other's skills, and whether enough of them agree (wire-mcp-logs-a2a §6.1, §6.3).

import { randomUUID } from 'node:crypto';
import { attestationQuery, newAttestation, withReason } from '../../wire/requests/a2a.ts';
import { actingAgent, mayActAs } from '../a2a/acting.ts';
import { consensusOf, standingAttestations } from '../a2a/consensus.ts';
import { readers, speakers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { A2AAttestationTable } from '../database/tables/a2a.ts';
import { conflict, forbidden, notFound } from '../refusal.ts';
import { type Call, created, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { timeView } from '../views/time.ts';

export const a2aAttestationRoutes: Route[] = [
  route('POST /api/v1/a2a/attestations', {
    summary: 'An agent vouches for a skill of another',
    access: speakers,
    body: newAttestation,
    run: async (call) => {
      const { services, principal, body } = call;
      return services.changes.run(async ({ queries, now, audit }) => {
        const attesting = await actingAgent(queries, principal, body.attestingAgentId);
        const attested = await agentById(queries, principal.organizationId, body.attestedAgentId);
        if (attesting.id === attested.id) throw forbidden('ownSkill', 'An agent does not vouch for itself');
        if (attesting.status !== 'verified')
          throw forbidden('agentStatusDenied', 'Only a verified agent may vouch for another');
        const row: A2AAttestationTable = {
          id: randomUUID(),
          organizationId: attesting.organizationId,
          attestingAgentId: attesting.id,
          attestingOwnerId: attesting.createdBy,
          attestedAgentId: attested.id,
          skillId: body.skillId,
          attestationType: body.attestationType,
          confidence: body.confidence,
          evidence: JSON.stringify(body.evidence ?? {}),
          createdAt: now,
          revokedAt: null,
          revokeReason: null,
        };
        // Its latest word counts.
        await queries
          .updateTable('a2aAttestations')
          .set({ revokedAt: now, revokeReason: 'said anew' })
          .where('attestingAgentId', '=', attesting.id)
          .where('attestedAgentId', '=', attested.id)
          .where('skillId', '=', row.skillId)
          .where('attestationType', '=', row.attestationType)
          .where('revokedAt', 'is', null)
          .execute();
        await queries.insertInto('a2aAttestations').values(row).execute();
        audit(actorOf(principal, call.origin), {
          organizationId: row.organizationId,
          action: 'attest',
          resourceType: 'a2a-skill',
          resourceId: row.id,
          agentId: attested.id,
          agentName: attested.name,
          metadata: { skillId: row.skillId, attestingAgentId: attesting.id, confidence: row.confidence },
        });
        return created(attestationView(row));
      });
    },
  }),
  route('POST /api/v1/a2a/attestations/:id/revoke', {
    summary: 'Takes back what an agent said of a skill',
    access: speakers,
    body: withReason,
    run: async (call) => {
      const { services, principal, body, params } = call;
      return services.changes.run(async ({ queries, now, audit }) => {
        const row = await queries
          .selectFrom('a2aAttestations')
          .selectAll()
          .where('organizationId', '=', principal.organizationId)
          .where('id', '=', params['id'] ?? '')
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        mayActAs(principal, await agentById(queries, principal.organizationId, row.attestingAgentId));
        if (row.revokedAt !== null) throw conflict('alreadyRevoked', 'It was taken back before');
        const set = { revokedAt: now, revokeReason: body.reason };
        await queries.updateTable('a2aAttestations').set(set).where('id', '=', row.id).execute();
        audit(actorOf(principal, call.origin), {
          organizationId: row.organizationId,
          action: 'revoke',
          resourceType: 'a2a-skill',
          resourceId: row.id,
          agentId: row.attestedAgentId,
          metadata: { skillId: row.skillId, reason: body.reason },
        });
        return attestationView({ ...row, ...set });
      });
    },
  }),
  route('GET /api/v1/a2a/agents/:id/attestations', {
    summary: 'What peers say of the skills of an agent',
    access: readers,
    query: attestationQuery,
    run: (call) => said(call, call.params['id'] ?? '', call.query.skillId),
  }),
  route('GET /api/v1/a2a/attestations/:agentId/:skillId', {
    summary: 'What peers say of one skill',
    access: readers,
    run: (call) => said(call, call.params['agentId'] ?? '', call.params['skillId']),
  }),
  ...(
    ['GET /api/v1/a2a/agents/:agentId/skills/:skillId/consensus', 'GET /api/v1/a2a/consensus/:agentId/:skillId'] as const
  ).map((at) =>
    route(at, {
      summary: 'Whether enough peers of enough owners vouch for a skill',
      access: readers,
      run: async ({ services, principal, params }) => {
        const agent = await agentById(services.queries, principal.organizationId, params['agentId'] ?? '');
        const skillId = params['skillId'] ?? '';
        const rows = await standingAttestations(services.queries, agent.organizationId, agent.id, skillId);
        return { agentId: agent.id, skillId, ...consensusOf(rows) };
      },
    }),
  ),
];

async function said({ services, principal }: Call<unknown, unknown>, id: string, skillId: string | undefined) {
  const agent = await agentById(services.queries, principal.organizationId, id);
  const rows = await standingAttestations(services.queries, agent.organizationId, agent.id, skillId);
  return { attestations: rows.map(attestationView), total: rows.length };
}

const attestationView = ({ attestingOwnerId: _, evidence, createdAt, revokedAt, ...row }: A2AAttestationTable) => ({
  ...row,
  evidence: JSON.parse(evidence) as object,
  createdAt: timeView(createdAt),
  revokedAt: timeView(revokedAt),
  isRevoked: revokedAt !== null,
});
