// Takes an agent's signed attestation of an MCP server: checks it, keeps it, and works out what all of them together say (§2.4).

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { type ExactJson, parseExact } from '../../crypto/exact-json.ts';
import { compactPythonJson } from '../../crypto/python-json.ts';
import { wireObject } from '../../wire/casing.ts';
import { acceptsKey } from '../auth/agent-signature.ts';
import { mustBeHybrid } from '../auth/post-quantum-keys.ts';
import type { Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { forbidden, invalid, notFound, unauthenticated } from '../refusal.ts';
import type { Services } from '../services.ts';
import { raiseAlert } from '../store/alerts.ts';
import { mcpViews } from '../views/mcp.ts';
import { attestationMessage } from './attestation-message.ts';
import { type Attested, type Consensus, consensusOf } from './consensus.ts';

const VALID_FOR = 30 * 24 * 60 * 60 * 1000;
const OLDEST = 5 * 60 * 1000;
const LEAST_TRUST = 0.3;

// Published SDKs send camelCase; the notes of the protocol say snake_case. What is signed is what was sent.
const payload = wireObject({
  agentId: z.string().max(100),
  capabilitiesFound: z
    .array(z.string().max(300))
    .max(5000)
    .nullish()
    .transform((list) => list ?? []),
  challenge: z.string().max(200).nullish(),
  connectionLatencyMs: z.number().min(0).catch(0),
  connectionSuccessful: z.boolean().catch(false),
  healthCheckPassed: z.boolean().catch(false),
  mcpName: z.string().max(300).default(''),
  mcpUrl: z.string().max(2000).default(''),
  sdkVersion: z.string().max(100).default(''),
  timestamp: z.string().max(64),
});
export type AttestationPayload = z.output<typeof payload>;

/** `text` is the whole body as it came: Python signs its own spelling of numbers and of what lies outside ASCII. */
export async function attest(
  services: Services,
  mcpServerId: string,
  sent: Record<string, unknown>,
  signature: string,
  text: string,
  principal: Principal | null,
) {
  const parsed = payload.safeParse(sent);
  if (!parsed.success) throw invalid('attestation: is not complete');
  const content = parsed.data;
  const agent = await services.queries.selectFrom('agents').selectAll().where('id', '=', content.agentId).executeTakeFirst();
  if (agent === undefined)
    throw unauthenticated('agentKeyNotRecognized', 'the signing key is not the registered key of a known agent');
  const now = services.clock();
  const keys = [agent.publicKey, agent.previousPublicKey ?? ''].filter((key) => acceptsKey(agent, key, now));
  let signed = false;
  const asWritten = (parseExact(text) as Record<string, ExactJson>)['attestation'] ?? null;
  for (const message of [attestationMessage(content), compactPythonJson(asWritten)]) {
    for (const key of keys) signed ||= await verifySignatureAsync(message, signature, key);
  }
  if (!signed) throw unauthenticated('signatureInvalid', 'Attestation verification failed');
  mustBeHybrid(agent, principal);
  const at = Date.parse(content.timestamp);
  // A stamp from the future could be used again when its time has come.
  if (Number.isNaN(at) || Math.abs(now - at) > OLDEST)
    throw unauthenticated('timestampOutsideWindow', 'Attestation verification failed');
  return services.changes.run((change) => keep(change, agent, mcpServerId, content, signature));
}

async function keep(change: Change, agent: AgentTable, mcpServerId: string, content: AttestationPayload, signature: string) {
  const { queries, now } = change;
  const server = await queries
    .selectFrom('mcpServers')
    .selectAll()
    .where('id', '=', mcpServerId)
    .where('organizationId', '=', agent.organizationId)
    .executeTakeFirst();
  if (server === undefined) throw notFound('MCP server not found');
  if (agent.status !== 'verified') throw forbidden('agentNotVerified', 'Only a verified agent may attest');
  if (agent.trustScore < LEAST_TRUST) throw forbidden('agentTrustTooLow', 'The agent is not trusted enough to attest');
  if (content.challenge) await spendChallenge(change, agent.id, server.id, content.challenge);
  const id = randomUUID();
  await queries
    .insertInto('attestations')
    .values({
      id,
      organizationId: server.organizationId,
      mcpServerId: server.id,
      agentId: agent.id,
      userId: null,
      type: 'sdk',
      payload: JSON.stringify(content),
      signature,
      capabilitiesFound: JSON.stringify(content.capabilitiesFound),
      connectionSuccessful: content.connectionSuccessful ? 1 : 0,
      healthCheckPassed: content.healthCheckPassed ? 1 : 0,
      connectionLatencyMs: content.connectionLatencyMs,
      verifiedAt: now,
      expiresAt: now + VALID_FOR,
      revokedAt: null,
    })
    .execute();
  await recordCapabilities(change, server, content.capabilitiesFound, agent);
  const after = await recompute(change, server);
  const talksTo = new Set(JSON.parse(agent.talksTo) as string[]).add(server.name);
  await queries
    .updateTable('agents')
    .set({ talksTo: JSON.stringify([...talksTo]), lastActiveAt: now })
    .where('id', '=', agent.id)
    .execute();
  change.audit(
    { agentId: agent.id, agentName: agent.name },
    {
      organizationId: server.organizationId,
      action: 'attest',
      resourceType: 'mcp_server',
      resourceId: server.id,
      metadata: { attestationId: id, capabilities: content.capabilitiesFound.length, status: after.status },
    },
  );
  const [view] = await mcpViews(queries, [after]);
  change.publish({ organizationId: server.organizationId, type: 'mcp', change: 'updated', agentId: agent.id, subject: view });
  return {
    success: true,
    attestationId: id,
    attestation_id: id,
    mcpConfidenceScore: after.confidenceScore,
    mcp_confidence_score: after.confidenceScore,
    attestationCount: after.attestationCount,
    attestation_count: after.attestationCount,
    message: 'Attestation recorded',
  };
}

async function spendChallenge(
  { queries, now }: Change,
  agentId: string,
  mcpServerId: string,
  challenge: string,
): Promise<void> {
  const { numUpdatedRows } = await queries
    .updateTable('challenges')
    .set({ usedAt: now })
    .where('challenge', '=', challenge)
    .where('agentId', '=', agentId)
    .where('mcpServerId', '=', mcpServerId)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw unauthenticated('challengeInvalid', 'Attestation verification failed');
}

// A tool that appears after the first attestation is drift: somebody should look at it before it is used.
async function recordCapabilities(
  change: Change,
  server: McpServerTable,
  found: readonly string[],
  agent: AgentTable,
): Promise<void> {
  const { queries, now } = change;
  const known = new Set(
    (
      await queries
        .selectFrom('mcpCapabilities')
        .select('name')
        .where('mcpServerId', '=', server.id)
        .where('isActive', '=', 1)
        .execute()
    ).map(({ name }) => name),
  );
  const added = [...new Set(found)].filter((name) => !known.has(name) && !['tools', 'resources', 'prompts'].includes(name));
  for (const name of added) {
    await queries
      .insertInto('mcpCapabilities')
      .values({
        id: randomUUID(),
        organizationId: server.organizationId,
        mcpServerId: server.id,
        name,
        type: 'tool',
        description: '',
        schema: '{}',
        detectedAt: now,
        lastVerifiedAt: now,
        isActive: 1,
      })
      .onConflict((row) => row.columns(['mcpServerId', 'type', 'name']).doUpdateSet({ isActive: 1, lastVerifiedAt: now }))
      .execute();
  }
  if (server.attestationCount === 0 || added.length === 0) return;
  await raiseAlert(change, {
    organizationId: server.organizationId,
    alertType: 'configuration_drift',
    severity: 'warning',
    title: `${server.name} has new tools`,
    description: `${agent.name} found ${added.slice(0, 10).join(', ')}${added.length > 10 ? ', …' : ''}, which were not there before.`,
    resourceType: 'mcp_server',
    resourceId: server.id,
    agentId: agent.id,
    agentName: agent.name,
    metadata: { mcpServerId: server.id, mcpServerName: server.name, source: 'attestation', addedTools: added },
  });
}

/** What the attestations of a server that are valid now say together. */
export const consensusFor = async (queries: Queries, mcpServerId: string, now: number): Promise<Consensus> =>
  consensusOf(await validAttestations(queries, mcpServerId, now), now);

async function validAttestations(queries: Queries, mcpServerId: string, now: number): Promise<Attested[]> {
  const rows = await queries
    .selectFrom('attestations')
    .leftJoin('agents', 'agents.id', 'attestations.agentId')
    .select([
      'attestations.agentId',
      'attestations.type',
      'attestations.verifiedAt',
      'attestations.capabilitiesFound',
      'attestations.connectionSuccessful',
      'agents.trustScore',
      'agents.createdBy',
    ])
    .where('attestations.mcpServerId', '=', mcpServerId)
    .where('attestations.revokedAt', 'is', null)
    .where('attestations.expiresAt', '>', now)
    .orderBy('attestations.verifiedAt', 'desc')
    .execute();
  return rows.map((row) => ({
    agentId: row.agentId,
    ownerId: row.createdBy,
    isManual: row.type === 'manual',
    at: row.verifiedAt,
    agentTrust: row.trustScore ?? 0,
    connected: row.connectionSuccessful === 1,
    tools: JSON.parse(row.capabilitiesFound) as string[],
  }));
}

export async function recompute({ queries, now }: Change, server: McpServerTable): Promise<McpServerTable> {
  const attested = await validAttestations(queries, server.id, now);
  const consensus = consensusOf(attested, now);
  const set = {
    attestationCount: attested.length,
    confidenceScore: consensus.confidenceScore,
    trustScore: consensus.confidenceScore,
    lastAttestedAt: attested[0]?.at ?? server.lastAttestedAt,
    updatedAt: now,
    ...(consensus.consensusReached && server.status === 'pending'
      ? { status: 'verified', lastVerifiedAt: now, verificationMethod: 'agent_attestation' }
      : {}),
  };
  await queries.updateTable('mcpServers').set(set).where('id', '=', server.id).execute();
  return { ...server, ...set };
}
