// Registering an agent: its row, its first score, what it declared, and who answers for it.

import { randomUUID } from 'node:crypto';
import { generateSigningKey, isPublicKey } from '../../crypto/ed25519.ts';
import type { Registration } from '../../wire/requests/agents.ts';
import { actorOf, ownerOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { conflict, invalid } from '../refusal.ts';
import type { Origin } from '../route.ts';
import type { Services } from '../services.ts';
import { type AgentView, agentView } from '../views/agent.ts';
import { giveCapability } from './capabilities.ts';
import { MOST, mustHaveRoom } from './room.ts';
import { attachTags } from './tags.ts';
import { rescore } from './trust.ts';

export const KEY_LIFETIME = 365 * 24 * 60 * 60 * 1000;

export type Registered = { agent: AgentTable; view: AgentView; privateKey: string | null };

type Caller = { principal: Principal; origin: Origin; sdkTokenId: string | null };

/** @throws Refusal 400 for a bad key, 409 for a name that is taken. The private key is in the answer only where it was made here. */
export function registerAgent({ changes }: Services, caller: Caller, asked: Registration): Promise<Registered> {
  return changes.run((change) => registerIn(change, caller, asked));
}

/** The same within a change that does more. */
export async function registerIn(
  change: Change,
  { principal, origin, sdkTokenId }: Caller,
  asked: Registration,
): Promise<Registered> {
  if (asked.publicKey && !isPublicKey(asked.publicKey)) throw invalid('publicKey: must be base64 of 32 bytes', 'publicKey');
  const made = asked.publicKey ? null : generateSigningKey();
  const { organizationId } = principal;
  const { queries, now } = change;
  const organization = await queries
    .selectFrom('organizations')
    .select('enforcementMode')
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow();
  if (principal.kind === 'agent') {
    const own = queries.selectFrom('agents').select('id').where('createdByAgent', '=', principal.id);
    await mustHaveRoom(own.where('status', '!=', 'revoked'), MOST.agentsOfAgent, 'agents made by this one');
  }
  const row: AgentTable = {
    id: randomUUID(),
    organizationId,
    name: asked.name,
    displayName: asked.displayName || asked.name,
    description: asked.description ?? '',
    agentType: asked.agentType ?? 'ai_agent',
    status: 'pending',
    version: asked.version ?? '',
    publicKey: made?.publicKey ?? asked.publicKey ?? '',
    previousPublicKey: null,
    previousKeyUntil: null,
    keyCreatedAt: now,
    keyExpiresAt: now + KEY_LIFETIME,
    rotationCount: 0,
    pqcPublicKey: null,
    pqcAlgorithm: null,
    pqcKeyCreatedAt: null,
    pqcKeyExpiresAt: null,
    previousPqcKey: null,
    previousPqcAlgorithm: null,
    previousPqcUntil: null,
    hybridMode: 0,
    trustScore: 0,
    violationCount: 0,
    failedCount: 0,
    scoredAt: now,
    scoreIsSet: 0,
    isCompromised: 0,
    certificateUrl: asked.certificateUrl ?? '',
    repositoryUrl: asked.repositoryUrl ?? '',
    documentationUrl: asked.documentationUrl ?? '',
    talksTo: JSON.stringify(asked.talksTo ?? []),
    metadata: JSON.stringify(asked.metadata ?? {}),
    declaredPurpose: asked.declaredPurpose ?? null,
    isolation: null,
    createdBy: ownerOf(principal),
    createdByAgent: principal.kind === 'agent' ? principal.id : null,
    createdBySdkTokenId: sdkTokenId,
    verifiedAt: null,
    revokedAt: null,
    lastActiveAt: null,
    lastHeartbeatAt: null,
    lastCapabilityCheckAt: null,
    createdAt: now,
    updatedAt: now,
  };
  const { numInsertedOrUpdatedRows } = await queries
    .insertInto('agents')
    .values(row)
    .onConflict((existing) => existing.columns(['organizationId', 'name']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw conflict('agentNameTaken', 'an agent with this name already exists');
  await declare(change, row, asked.capabilities ?? [], organization.enforcementMode);
  await attachTags(change, row, [...(asked.tagIds ?? []), ...(asked.tags ?? [])], row.createdBy, principal);
  const agent = await rescore(change, row, 'registered', null);
  const view = await agentView(queries, agent);
  change.audit(actorOf(principal, origin), {
    organizationId,
    action: 'create',
    resourceType: 'agent',
    resourceId: agent.id,
    agentName: agent.name,
    metadata: {
      name: agent.name,
      agentType: agent.agentType,
      publicKey: agent.publicKey,
      keyMadeBy: made === null ? 'client' : 'server',
    },
  });
  change.publish({ organizationId, type: 'agent', change: 'created', agentId: agent.id, subject: view });
  return { agent, view, privateKey: made?.privateKey ?? null };
}

// Monitoring watches and lets through, so what is declared is granted. Strict asks an operator first.
async function declare(change: Change, agent: AgentTable, capabilities: readonly string[], mode: string): Promise<void> {
  for (const capabilityType of new Set(capabilities)) {
    if (mode === 'monitoring') {
      await giveCapability(change, agent, { capabilityType, grantedBy: null });
      continue;
    }
    await change.queries
      .insertInto('capabilityRequests')
      .values({
        id: randomUUID(),
        organizationId: agent.organizationId,
        agentId: agent.id,
        capabilityType,
        reason: 'Declared when the agent was registered.',
        status: 'pending',
        requestedBy: agent.createdBy,
        requestedAt: change.now,
        reviewedBy: null,
        reviewedAt: null,
        updatedAt: change.now,
      })
      .execute();
  }
}
