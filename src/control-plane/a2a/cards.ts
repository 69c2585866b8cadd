// Stored cards: putting one in, and how it looks from outside, with what the server knows of its agent.

import { randomUUID } from 'node:crypto';
import type { AgentCard } from '../../a2a/read-agent-card.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { A2ACardTable } from '../database/tables/a2a.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { notFound } from '../refusal.ts';
import { timeView } from '../views/time.ts';
import { attestCard, cardHash, ISSUER, isAttested } from './attest-card.ts';
import type { ServerKeys } from './server-keys.ts';
import { trustOf } from './trust.ts';

/** Keeps the text as the card of the agent, in the place of one before, attested anew. */
export async function keepCard(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  keys: ServerKeys,
  agent: AgentTable,
  { text, cardUrl, card, isFetched }: { text: string; cardUrl: string; card: AgentCard; isFetched: boolean },
): Promise<A2ACardTable> {
  const before = await cardOf(queries, agent.organizationId, agent.id);
  const hash = cardHash(text);
  const row: A2ACardTable = {
    id: before?.id ?? randomUUID(),
    organizationId: agent.organizationId,
    agentId: agent.id,
    cardUrl,
    cardData: text,
    cardHash: hash,
    protocolVersion: card.supportedInterfaces[0]?.protocolVersion ?? '1.0',
    ...attestCard(keys, { agentId: agent.id, cardHash: hash }, now),
    lastFetchedAt: isFetched ? now : (before?.lastFetchedAt ?? null),
    fetchCount: (before?.fetchCount ?? 0) + (isFetched ? 1 : 0),
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
  if (before === undefined) await queries.insertInto('a2aCards').values(row).execute();
  else await queries.updateTable('a2aCards').set(row).where('id', '=', row.id).execute();
  return row;
}

export function cardOf(queries: Queries, organizationId: string, agentId: string): Promise<A2ACardTable | undefined> {
  return queries
    .selectFrom('a2aCards')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('agentId', '=', agentId)
    .executeTakeFirst();
}

/** By its own id, or by that of its agent, as aim-sdk names it. @throws Refusal 404. */
export async function cardById(queries: Queries, organizationId: string, id: string): Promise<A2ACardTable> {
  const row = await queries
    .selectFrom('a2aCards')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where((eb) => eb.or([eb('id', '=', id), eb('agentId', '=', id)]))
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  return row;
}

/** The card of an agent that has registered none: from what is known of it. */
export async function builtCard(queries: Queries, agent: AgentTable, publicUrl: string): Promise<AgentCard> {
  const skills = await queries
    .selectFrom('a2aSkills')
    .selectAll()
    .where('agentId', '=', agent.id)
    .orderBy('createdAt')
    .execute();
  const url = `${publicUrl}/api/v1/agents/${agent.id}`;
  return {
    name: agent.displayName || agent.name,
    description: agent.description,
    url,
    supportedInterfaces: [{ url, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' }],
    version: '1.0.0',
    capabilities: {},
    defaultInputModes: ['text'],
    defaultOutputModes: ['text'],
    skills: skills.map(({ id, name, description, tags }) => ({ id, name, description, tags: JSON.parse(tags) as string[] })),
  };
}

/** What a card carries besides what its agent wrote. */
export async function aimMember(
  queries: Queries,
  agent: AgentTable,
  row: A2ACardTable | undefined,
  publicUrl: string,
  now: number,
) {
  const [capabilities, trust] = await Promise.all([
    queries
      .selectFrom('capabilities')
      .select('capabilityType')
      .where('agentId', '=', agent.id)
      .where('revokedAt', 'is', null)
      .orderBy('capabilityType')
      .execute(),
    trustOf(queries, agent, now),
  ]);
  const total = trust.tasksCompleted + trust.tasksFailed;
  return {
    agentId: agent.id,
    publicKey: agent.publicKey,
    aimServer: publicUrl,
    status: agent.status,
    trustScore: agent.trustScore,
    capabilities: capabilities.map(({ capabilityType }) => capabilityType),
    ...(row !== undefined && isAttested(row, now) && { attestation: attestationView(row) }),
    behavior: {
      totalTasksCompleted: trust.tasksCompleted,
      successRate: total === 0 ? null : trust.tasksCompleted / total,
      avgResponseTimeMs: trust.avgResponseTimeMs,
      lastActive: timeView(agent.lastActiveAt),
    },
  };
}

const attestationView = (row: A2ACardTable) => ({
  issuer: ISSUER,
  cardHash: row.cardHash,
  issuedAt: timeView(row.attestationIssuedAt),
  expiresAt: timeView(row.attestationExpiresAt),
  signature: row.attestationSignature,
});

export function cardView(row: A2ACardTable, now: number) {
  const { name, description, version, skills } = JSON.parse(row.cardData) as AgentCard;
  const { attestationIssuedAt, attestationExpiresAt, lastFetchedAt, createdAt, updatedAt, ...rest } = row;
  return {
    ...rest,
    cardId: row.id,
    name,
    description: description ?? '',
    version: version ?? '1.0.0',
    skills: skills ?? [],
    attestationIssuedAt: timeView(attestationIssuedAt),
    attestationExpiresAt: timeView(attestationExpiresAt),
    attestationExpires: timeView(attestationExpiresAt),
    isValid: isAttested(row, now),
    lastFetchedAt: timeView(lastFetchedAt),
    createdAt: timeView(createdAt),
    updatedAt: timeView(updatedAt),
  };
}
