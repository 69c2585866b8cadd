// Agents: registering, listing, reading, changing, deleting (wire-agents §2, §3).

import { agentListQuery, agentUpdate, bulkStatus, registration } from '../../wire/requests/agents.ts';
import { admits } from '../../wire/session.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { heldAsSeen } from '../held-as-seen.ts';
import { forbidden } from '../refusal.ts';
import { Answer, type Call, created, type Route, route } from '../route.ts';
import { covers } from '../rules/capability-match.ts';
import { listAgents } from '../store/agent-list.ts';
import { agentById, agentByIdOrName } from '../store/agents.ts';
import { giveCapability } from '../store/capabilities.ts';
import { registerAgent } from '../store/registration.ts';
import { cancelWaiting } from '../verification/cancel.ts';
import { agentView, agentViews, capabilityView } from '../views/agent.ts';
import { timeView } from '../views/time.ts';

export const agentRoutes: Route[] = [
  route('GET /api/v1/agents', {
    summary: 'Lists agents, newest first',
    access: { user: 'viewer', agent: 'any', key: 'any' },
    query: agentListQuery,
    run: async ({ services, principal, query }) => {
      const { rows, total, nextCursor } = await listAgents(services.queries, principal.organizationId, query);
      return { agents: await agentViews(services.queries, rows), total, limit: query.limit, offset: query.offset, nextCursor };
    },
  }),
  route('POST /api/v1/agents', {
    summary: 'Registers an agent',
    access: { user: 'member', agent: 'any', key: 'any' },
    body: registration,
    run: async (call) => {
      const { view, privateKey } = await registerAgent(call.services, registrant(call), call.body);
      return created(privateKey === null ? view : { ...view, privateKey });
    },
  }),
  route('POST /api/v1/public/agents/register', {
    summary: 'Registers an agent with a key pair made here (SDKs up to 2.0.3 with an API key)',
    access: { key: 'any', user: 'member' },
    body: registration,
    run: async (call) => {
      const { agent, privateKey } = await registerAgent(call.services, registrant(call), call.body);
      const answer = {
        success: true,
        id: agent.id,
        agentId: agent.id,
        name: agent.name,
        displayName: agent.displayName,
        publicKey: agent.publicKey,
        privateKey,
        aimUrl: call.services.publicUrl,
        status: agent.status,
        trustScore: agent.trustScore,
        message: 'Agent registered',
      };
      // aim-sdk 1.21.0 reads the older spelling in this mode.
      return created({
        ...answer,
        agent_id: answer.agentId,
        display_name: answer.displayName,
        public_key: answer.publicKey,
        private_key: answer.privateKey,
        aim_url: answer.aimUrl,
        trust_score: answer.trustScore,
      });
    },
  }),
  route('POST /api/v1/agents/bulk-status', {
    summary: 'Status and trust of up to a hundred agents',
    access: { user: 'viewer', agent: 'any', key: 'any' },
    body: bulkStatus,
    run: async ({ services, principal, body }) => {
      const rows =
        body.agentIds.length === 0
          ? []
          : await services.queries
              .selectFrom('agents')
              .select(['id', 'status', 'trustScore', 'lastActiveAt'])
              .where('organizationId', '=', principal.organizationId)
              .where('id', 'in', body.agentIds)
              .execute();
      const agents = rows.map(({ lastActiveAt, ...row }) => ({ ...row, lastActive: timeView(lastActiveAt) }));
      return { agents, total: agents.length };
    },
  }),
  route('GET /api/v1/agents/:id', {
    summary: 'One agent',
    access: { user: 'viewer', agent: 'any', key: 'any' },
    run: async ({ services, principal, params }) =>
      agentView(services.queries, await agentById(services.queries, principal.organizationId, params['id'] ?? '')),
  }),
  route('PUT /api/v1/agents/:id', {
    summary: 'Changes an agent',
    access: { user: 'member', agent: 'any', key: 'self' },
    body: agentUpdate,
    run: async (call) => {
      const { services, principal, params, body, origin } = call;
      return services.changes.run(async (change) => {
        const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        if (call.headers['if-match'] !== undefined) heldAsSeen(call, 'agent', await agentView(change.queries, agent));
        await mayChangeType(change, principal, agent, body.agentType ?? agent.agentType);
        const set = changesOf(body);
        await change.queries
          .updateTable('agents')
          .set({ ...set, updatedAt: change.now })
          .where('id', '=', agent.id)
          .execute();
        if (body.capabilities) await reconcile(change, principal, agent, body.capabilities);
        const now = await agentById(change.queries, principal.organizationId, agent.id);
        const view = await agentView(change.queries, now);
        change.audit(actorOf(principal, origin), {
          organizationId: agent.organizationId,
          action: 'update',
          resourceType: 'agent',
          resourceId: agent.id,
          agentName: agent.name,
          metadata: { changed: Object.keys(set) },
        });
        change.publish({
          organizationId: agent.organizationId,
          type: 'agent',
          change: 'updated',
          agentId: agent.id,
          subject: view,
        });
        return view;
      });
    },
  }),
  route('DELETE /api/v1/agents/:id', {
    summary: 'Deletes an agent; what it did stays in the records',
    access: { user: 'manager', agent: 'any' },
    run: async ({ services, principal, params, origin }) => {
      await services.changes.run(async (change) => {
        const { queries } = change;
        const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
        if (principal.kind === 'agent' && agent.createdByAgent !== principal.id) {
          throw forbidden('agentDeletionRefused', 'An agent may delete only agents that it created itself');
        }
        // Its name would be free again, for one that nobody suspended.
        if (principal.kind === 'agent' && (agent.status === 'suspended' || agent.status === 'revoked'))
          throw forbidden('agentDeletionRefused', `The agent is ${agent.status}; only a person may delete it`);
        await cancelWaiting(change, agent, { rule: 'agent-deleted', reason: 'The agent was deleted.' });
        for (const table of [
          'capabilities',
          'capabilityRequests',
          'agentTags',
          'trustHistory',
          'detections',
          'presence',
          'feedback',
          'secretNamespaces',
          'capabilityReports',
        ] as const) {
          await queries.deleteFrom(table).where('agentId', '=', agent.id).execute();
        }
        await queries
          .updateTable('grants')
          .set({ revokedAt: change.now, revokedBy: 'system' })
          .where('agentId', '=', agent.id)
          .where('revokedAt', 'is', null)
          .execute();
        await queries.updateTable('apiKeys').set({ isActive: 0 }).where('agentId', '=', agent.id).execute();
        await queries.deleteFrom('agents').where('id', '=', agent.id).execute();
        change.audit(actorOf(principal, origin), {
          organizationId: agent.organizationId,
          action: 'delete',
          resourceType: 'agent',
          resourceId: agent.id,
          agentName: agent.name,
          metadata: { name: agent.name, publicKey: agent.publicKey },
        });
        change.publish({
          organizationId: agent.organizationId,
          type: 'agent',
          change: 'deleted',
          agentId: agent.id,
          subject: { ...(await agentView(queries, agent)) },
        });
      });
      // With a body: aim-sdk fails to read an empty answer.
      return { success: true, message: 'Agent deleted' };
    },
  }),
  route('GET /api/v1/sdk-api/agents/:id', {
    summary: 'One agent by id or name, with its capabilities in full',
    access: { user: 'viewer', agent: 'any', key: 'any' },
    run: async ({ services, principal, params }) => {
      const agent = await agentByIdOrName(services.queries, principal.organizationId, params['id'] ?? '');
      const capabilities = await services.queries
        .selectFrom('capabilities')
        .selectAll()
        .where('agentId', '=', agent.id)
        .where('revokedAt', 'is', null)
        .execute();
      return {
        success: true,
        agent: { ...(await agentView(services.queries, agent)), capabilities: capabilities.map(capabilityView) },
      };
    },
  }),
  route('GET /api/v1/revocations', {
    summary: 'The public list of revoked agents',
    access: { anyone: true },
    run: async ({ services }) => {
      // The newest, where there are more than anybody can read at once.
      const newest = await services.queries
        .selectFrom('revocations')
        .select(['agentId', 'revokedAt'])
        .orderBy('revokedAt', 'desc')
        .limit(MOST_REVOCATIONS)
        .execute();
      const revocations = newest.reverse().map(({ agentId, revokedAt }) => ({ agentId, revokedAt: timeView(revokedAt) }));
      return new Answer(200, { revocations, total: revocations.length }, { 'Cache-Control': 'public, max-age=60' });
    },
  }),
];

const MOST_REVOCATIONS = 10_000;

const registrant = ({ principal, origin, headers }: Call<unknown, unknown>) => ({
  principal,
  origin,
  sdkTokenId: headers['x-sdk-token']?.slice(0, 100) ?? null,
});

/** @throws Refusal 403 where an agent touches another that it did not create, or a key another than its own. */
export function mayChange(principal: Principal, agent: AgentTable): void {
  if (principal.kind === 'agent' && agent.id !== principal.id && agent.createdByAgent !== principal.id) {
    throw forbidden('agent_path_mismatch', 'An agent may change only itself and agents that it created');
  }
  if (principal.kind === 'key' && principal.agentId === null && agent.createdBy !== principal.userId) {
    throw forbidden('agent_path_mismatch', 'This API key may change only agents of its owner');
  }
}

/** @throws Refusal 403 where it would leave, by its own word or by that of somebody who sets no policies, a policy that is for its type. */
async function mayChangeType({ queries }: Change, principal: Principal, agent: AgentTable, agentType: string): Promise<void> {
  if (agentType === agent.agentType || (principal.kind === 'user' && admits(principal.role, 'manager'))) return;
  if (principal.kind !== 'user') throw forbidden('agentTypeRefused', 'An agent does not choose its own type; a person does');
  const policies = await queries
    .selectFrom('policies')
    .select('appliesTo')
    .where('organizationId', '=', agent.organizationId)
    .where('isEnabled', '=', 1)
    .execute();
  if (policies.some(({ appliesTo }) => appliesTo.split(',').some((part) => part.trim() === `type:${agent.agentType}`)))
    throw forbidden('roleTooLow', `A policy is for agents of type ${agent.agentType}; a manager may change the type`);
}

function changesOf(body: ReturnType<typeof agentUpdate.parse>): Partial<AgentTable> {
  const { capabilities: _, talksTo, metadata, displayName, ...texts } = body;
  const set: Partial<AgentTable> = {};
  for (const [key, value] of Object.entries(texts))
    if (value !== null && value !== undefined) Object.assign(set, { [key]: value });
  if (displayName) set.displayName = displayName; // a name cannot be cleared
  if (talksTo) set.talksTo = JSON.stringify(talksTo);
  if (metadata) set.metadata = JSON.stringify(metadata);
  return set;
}

// What is left out is revoked, and what is new is granted where the organisation only watches. What a manager set up with care (a review,
// a scope, a trap) only a manager takes away: an agent that could drop it would be watched instead of asked from then on.
async function reconcile(change: Change, principal: Principal, agent: AgentTable, wanted: readonly string[]): Promise<void> {
  const { queries, now } = change;
  const held = await queries
    .selectFrom('capabilities')
    .selectAll()
    .where('agentId', '=', agent.id)
    .where('revokedAt', 'is', null)
    .execute();
  const mayDrop = principal.kind === 'user' && admits(principal.role, 'manager');
  const removed = held.filter(
    (each) =>
      !wanted.includes(each.capabilityType) &&
      (mayDrop || (each.executionMode === 'auto' && each.isHoneytoken === 0 && each.capabilityScope === null)),
  );
  if (removed.length > 0) {
    await queries
      .updateTable('capabilities')
      .set({ revokedAt: now, updatedAt: now })
      .where(
        'id',
        'in',
        removed.map(({ id }) => id),
      )
      .execute();
  }
  const organization = await queries
    .selectFrom('organizations')
    .select('enforcementMode')
    .where('id', '=', agent.organizationId)
    .executeTakeFirst();
  if (organization?.enforcementMode !== 'monitoring') return;
  for (const capabilityType of wanted) {
    // Nothing beside what it holds already: an exact name would come before the review or the trap that its namespace has.
    if (held.some((each) => covers(each.capabilityType, capabilityType))) continue;
    await giveCapability(change, agent, { capabilityType, grantedBy: principal.kind === 'user' ? principal.id : null });
  }
}
