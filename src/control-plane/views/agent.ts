// An agent as the API answers it, with what hangs on it: capabilities, tags, its people.

import type { Queries } from '../database/open.ts';
import type { AgentTable, CapabilityTable, TagTable } from '../database/tables/agents.ts';
import { timeView } from './time.ts';

export type AgentView = Awaited<ReturnType<typeof agentViews>>[number];

/** In three queries however many there are. */
export async function agentViews(queries: Queries, rows: readonly AgentTable[]) {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const capabilities = await queries
    .selectFrom('capabilities')
    .select(['agentId', 'capabilityType'])
    .where('agentId', 'in', ids)
    .where('revokedAt', 'is', null)
    .orderBy('capabilityType')
    .execute();
  const tags = await queries
    .selectFrom('agentTags')
    .innerJoin('tags', 'tags.id', 'agentTags.tagId')
    .selectAll('tags')
    .select('agentTags.agentId')
    .where('agentTags.agentId', 'in', ids)
    .execute();
  const people = await queries
    .selectFrom('users')
    .select(['id', 'name', 'email'])
    .where('id', 'in', [...new Set(rows.map(({ createdBy }) => createdBy))])
    .execute();
  const capabilitiesOf = Map.groupBy(capabilities, ({ agentId }) => agentId);
  const tagsOf = Map.groupBy(tags, ({ agentId }) => agentId);
  const personOf = new Map(people.map((person) => [person.id, person]));
  return rows.map((row) => {
    const creator = personOf.get(row.createdBy);
    return {
      id: row.id,
      organizationId: row.organizationId,
      name: row.name,
      displayName: row.displayName,
      description: row.description,
      agentType: row.agentType,
      status: row.status,
      version: row.version,
      trustScore: row.trustScore,
      // aim-sdk 1.21.0 reads this spelling, and dies at its second run where it is not a number.
      trust_score: row.trustScore,
      capabilityViolationCount: row.violationCount,
      isCompromised: row.isCompromised === 1,
      createdAt: timeView(row.createdAt),
      updatedAt: timeView(row.updatedAt),
      verifiedAt: timeView(row.verifiedAt),
      lastActive: timeView(row.lastActiveAt),
      lastHeartbeat: timeView(row.lastHeartbeatAt),
      lastCapabilityCheckAt: timeView(row.lastCapabilityCheckAt),
      certificateUrl: row.certificateUrl,
      repositoryUrl: row.repositoryUrl,
      documentationUrl: row.documentationUrl,
      talksTo: JSON.parse(row.talksTo) as string[],
      capabilities: (capabilitiesOf.get(row.id) ?? []).map(({ capabilityType }) => capabilityType),
      tags: (tagsOf.get(row.id) ?? []).map(tagView),
      metadata: JSON.parse(row.metadata) as Record<string, unknown>,
      declaredPurpose: row.declaredPurpose,
      publicKey: row.publicKey,
      keyAlgorithm: 'Ed25519',
      keyCreatedAt: timeView(row.keyCreatedAt),
      keyExpiresAt: timeView(row.keyExpiresAt),
      keyRotationGraceUntil: timeView(row.previousKeyUntil),
      rotationCount: row.rotationCount,
      pqcPublicKey: row.pqcPublicKey,
      pqcKeyAlgorithm: row.pqcAlgorithm,
      pqcKeyCreatedAt: timeView(row.pqcKeyCreatedAt),
      pqcKeyExpiresAt: timeView(row.pqcKeyExpiresAt),
      hybridModeEnabled: row.hybridMode === 1,
      createdBy: row.createdBy,
      createdByName: creator?.name ?? null,
      createdByEmail: creator?.email ?? null,
      createdByAgent: row.createdByAgent,
      createdBySdkTokenId: row.createdBySdkTokenId,
    };
  });
}

export async function agentView(queries: Queries, row: AgentTable): Promise<AgentView> {
  const [view] = await agentViews(queries, [row]);
  return view as AgentView;
}

export const tagView = (tag: TagTable) => ({
  id: tag.id,
  organizationId: tag.organizationId,
  key: tag.key,
  value: tag.value,
  category: tag.category,
  description: tag.description,
  color: tag.color,
  createdBy: tag.createdBy,
  createdAt: timeView(tag.createdAt),
});

export const capabilityView = (row: CapabilityTable) => ({
  id: row.id,
  agentId: row.agentId,
  capabilityType: row.capabilityType,
  capabilityScope: row.capabilityScope === null ? null : (JSON.parse(row.capabilityScope) as Record<string, unknown>),
  executionMode: row.executionMode,
  isHoneytoken: row.isHoneytoken === 1,
  grantedBy: row.grantedBy,
  grantedAt: timeView(row.grantedAt),
  revokedAt: timeView(row.revokedAt),
  createdAt: timeView(row.grantedAt),
  updatedAt: timeView(row.updatedAt),
});
