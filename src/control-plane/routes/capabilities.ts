// What agents may do: the catalogue, granting and revoking, and agents that ask for more (wire-agents §7).

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { detectRisk } from '../../detect/risk.ts';
import { wireObject } from '../../wire/casing.ts';
import { capabilityRequest, newGrant, reasonOnly, selfRegistration } from '../../wire/requests/agents.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable, CapabilityRequestTable } from '../database/schema.ts';
import { conflict, notFound } from '../refusal.ts';
import { Answer, type Call, created, personOf, type Route, route } from '../route.ts';
import { covers } from '../rules/capability-match.ts';
import { agentById } from '../store/agents.ts';
import { giveCapability } from '../store/capabilities.ts';
import { capabilityView } from '../views/agent.ts';
import { timeView } from '../views/time.ts';
import { tellUpdated } from './agent-life.ts';
import { mayChange } from './agents.ts';

const CATALOGUE = [
  'file:read', 'file:write', 'file:delete', 'file:execute', 'db:read', 'db:query', 'db:write', 'db:delete', 'db:admin', 'db:drop', 'api:call', 'api:external',
  'api:webhook', 'network:read', 'network:connect', 'network:external', 'network:listen', 'system:read', 'system:exec', 'system:admin', 'user:admin', 'user:delete',
  'user:impersonate', 'mcp:tool_use', 'mcp:resource_read', 'data:export', 'email:send', 'auth:login', 'auth:logout',
]; // biome-ignore format: one table

const readers = { user: 'viewer', agent: 'any', key: 'any' } as const;

export const capabilityRoutes: Route[] = [
  route('GET /api/v1/capabilities', {
    summary: 'Capabilities that are known by name, with their risk',
    access: { user: 'viewer' },
    run: () => ({
      capabilities: CATALOGUE.map((type) => ({
        type,
        name: type,
        description: '',
        category: type.split(':')[0],
        riskLevel: detectRisk(type).level,
        capabilityType: 'core',
      })),
      reservedNamespaces: ['file', 'db', 'api', 'network', 'system', 'user', 'mcp', 'data'],
      validationPattern: '^[a-z][a-z0-9]*:[a-z][a-z0-9_]*$',
    }),
  }),
  route('GET /api/v1/agents/:id/capabilities', {
    summary: 'What an agent may do',
    access: readers,
    query: z.object({ activeOnly: z.enum(['true', 'false']).optional().catch(undefined) }),
    run: async ({ services, principal, params, query }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      let held = services.queries
        .selectFrom('capabilities')
        .selectAll()
        .where('agentId', '=', agent.id)
        .where('organizationId', '=', agent.organizationId);
      if (query.activeOnly !== 'false') held = held.where('revokedAt', 'is', null);
      return (await held.orderBy('grantedAt').execute()).map(capabilityView);
    },
  }),
  route('POST /api/v1/agents/:id/capabilities', {
    summary: 'Grants a capability',
    access: { user: 'manager' },
    body: newGrant,
    run: async (call) => {
      const person = personOf(call);
      const { capabilityType, scope, executionMode } = call.body;
      return call.services.changes.run(async (change) => {
        const agent = await agentById(change.queries, person.organizationId, call.params['id'] ?? '');
        const { capability } = await giveCapability(change, agent, {
          capabilityType,
          grantedBy: person.id,
          scope,
          executionMode,
        });
        await closeRequests(change, agent, capabilityType, person.id);
        await tellUpdated(change, actorOf(person, call.origin), agent, 'grant-capability', {
          capabilityType,
          scope: scope ?? null,
          executionMode: capability.executionMode,
        });
        return created(capabilityView(capability));
      });
    },
  }),
  route('DELETE /api/v1/agents/:id/capabilities/:capabilityId', {
    summary: 'Revokes a capability; also by its name',
    access: { user: 'manager' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const { queries, now } = change;
        const agent = await agentById(queries, person.organizationId, call.params['id'] ?? '');
        const wanted = call.params['capabilityId'] ?? '';
        const row = await queries
          .selectFrom('capabilities')
          .selectAll()
          .where('agentId', '=', agent.id)
          .where('revokedAt', 'is', null)
          .where((eb) => eb.or([eb('id', '=', wanted), eb('capabilityType', '=', wanted)]))
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        await queries.updateTable('capabilities').set({ revokedAt: now, updatedAt: now }).where('id', '=', row.id).execute();
        await tellUpdated(change, actorOf(person, call.origin), agent, 'revoke-capability', {
          capabilityType: row.capabilityType,
        });
        return { success: true, message: 'Capability revoked' };
      });
    },
  }),
  route('PUT /api/v1/agents/:id/capabilities/:capabilityId/honeytoken', {
    summary: 'Makes a capability a trap: whoever uses it is denied and reported',
    access: { user: 'manager' },
    body: wireObject({ isHoneytoken: z.boolean().optional(), enabled: z.boolean().optional() }),
    run: async (call) => {
      const person = personOf(call);
      const isHoneytoken = (call.body.isHoneytoken ?? call.body.enabled ?? true) ? 1 : 0;
      return call.services.changes.run(async (change) => {
        const agent = await agentById(change.queries, person.organizationId, call.params['id'] ?? '');
        const row = await change.queries
          .updateTable('capabilities')
          .set({ isHoneytoken, updatedAt: change.now })
          .where('id', '=', call.params['capabilityId'] ?? '')
          .where('agentId', '=', agent.id)
          .where('revokedAt', 'is', null)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) throw notFound();
        await tellUpdated(change, actorOf(person, call.origin), agent, 'set-honeytoken', {
          capabilityType: row.capabilityType,
          isHoneytoken: isHoneytoken === 1,
        });
        return capabilityView(row);
      });
    },
  }),
  ...['register', ''].map((name) =>
    route(`POST /api/v1/sdk-api/agents/:id/capabilities${name === '' ? '' : `/${name}`}`, {
      summary: 'An agent says what it does: granted where the organisation only watches, else asked of an operator',
      access: { agent: 'self', key: 'self', user: 'member' },
      body: selfRegistration,
      run: (call) => selfRegister(call, call.body),
    }),
  ),
  route('POST /api/v1/sdk-api/agents/:id/capability-requests', {
    summary: 'An agent asks for a capability',
    access: { agent: 'self', key: 'self', user: 'member' },
    body: capabilityRequest,
    run: async ({ services, principal, params, body, origin }) =>
      services.changes.run(async (change) => {
        const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        const held = await heldBy(change, agent);
        if (held.some((type) => covers(type, body.capabilityType))) {
          throw conflict('capabilityHeld', `capability '${body.capabilityType}' already granted to agent '${agent.name}'`);
        }
        const request = await requestCapability(change, agent, body.capabilityType, body.reason);
        if (request === null)
          throw conflict('requestPending', `pending request already exists for capability '${body.capabilityType}'`);
        tellRequest(change, request, agent, 'created');
        change.audit(actorOf(principal, origin), {
          organizationId: agent.organizationId,
          action: 'request',
          resourceType: 'capability_request',
          resourceId: request.id,
          agentId: agent.id,
          agentName: agent.name,
          metadata: { capabilityType: request.capabilityType, reason: request.reason },
        });
        return created(requestView(request));
      }),
  }),
  route('GET /api/v1/sdk-api/agents/:id/capability-requests', {
    summary: 'What an agent asked for',
    access: { agent: 'self', key: 'self', user: 'viewer' },
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('capabilityRequests')
        .selectAll()
        .where('agentId', '=', agent.id)
        .orderBy('requestedAt', 'desc')
        .limit(1000)
        .execute();
      return rows.map(requestView);
    },
  }),
  route('GET /api/v1/admin/capability-requests', {
    summary: 'Capability requests of all agents',
    access: { user: 'admin' },
    query: wireObject({
      status: z.string().max(20).optional(),
      agentId: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(500).catch(100),
      offset: z.coerce.number().int().min(0).catch(0),
    }),
    run: async ({ services, principal, query }) => {
      let rows = namedRequests(services.queries).where('capabilityRequests.organizationId', '=', principal.organizationId);
      if (query.status !== undefined && query.status !== 'all')
        rows = rows.where('capabilityRequests.status', '=', query.status);
      if (query.agentId !== undefined) rows = rows.where('capabilityRequests.agentId', '=', query.agentId);
      return (await rows.orderBy('requestedAt', 'desc').limit(query.limit).offset(query.offset).execute()).map(namedView);
    },
  }),
  route('GET /api/v1/admin/capability-requests/:id', {
    summary: 'One capability request',
    access: { user: 'admin' },
    run: async ({ services, principal, params }) => {
      const row = await namedRequests(services.queries)
        .where('capabilityRequests.organizationId', '=', principal.organizationId)
        .where('capabilityRequests.id', '=', params['id'] ?? '')
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return namedView(row);
    },
  }),
  ...(['approve', 'reject'] as const).map((verb) =>
    route(`POST /api/v1/admin/capability-requests/:id/${verb}`, {
      summary: verb === 'approve' ? 'Approves a request and grants the capability' : 'Rejects a request',
      access: { user: 'admin' },
      body: reasonOnly,
      run: (call) => decideRequest(call, verb, call.body.reason ?? null),
    }),
  ),
];

async function selfRegister(
  { services, principal, params, origin }: Call<unknown, unknown>,
  body: z.output<typeof selfRegistration>,
) {
  return services.changes.run(async (change) => {
    const agent = await agentById(change.queries, principal.organizationId, params['id'] ?? '');
    mayChange(principal, agent);
    const { capabilityType } = body;
    if ((await heldBy(change, agent)).some((type) => covers(type, capabilityType))) {
      return new Answer(409, {
        success: true,
        capabilityType,
        status: 'exists',
        error: 'The agent already has this capability',
        message: 'already exists',
        reasonCode: 'capabilityHeld',
      });
    }
    const organization = await change.queries
      .selectFrom('organizations')
      .select('enforcementMode')
      .where('id', '=', agent.organizationId)
      .executeTakeFirstOrThrow();
    if (organization.enforcementMode === 'monitoring') {
      await giveCapability(change, agent, { capabilityType, grantedBy: null, scope: body.scope });
      await tellUpdated(change, actorOf(principal, origin), agent, 'grant-capability', { capabilityType, by: 'monitoring' });
      return created({ success: true, capabilityType, status: 'granted', message: 'Granted: the organisation only monitors' });
    }
    const request = await requestCapability(change, agent, capabilityType, body.description || 'Registered by the agent.');
    if (request === null) {
      return new Answer(409, {
        success: true,
        capabilityType,
        status: 'pending',
        error: 'A request for this capability waits already',
        message: 'already exists',
        reasonCode: 'requestPending',
      });
    }
    tellRequest(change, request, agent, 'created');
    return new Answer(202, {
      success: true,
      capabilityType,
      status: 'pending',
      requestId: request.id,
      message: 'An operator has to approve it',
    });
  });
}

async function decideRequest(call: Call<unknown, unknown>, verb: 'approve' | 'reject', reason: string | null) {
  const person = personOf(call);
  return call.services.changes.run(async (change) => {
    const { queries, now } = change;
    const row = await queries
      .selectFrom('capabilityRequests')
      .selectAll()
      .where('id', '=', call.params['id'] ?? '')
      .where('organizationId', '=', person.organizationId)
      .executeTakeFirst();
    if (row === undefined) throw notFound();
    if (row.status !== 'pending')
      throw conflict('alreadyDecided', `The request was already ${row.status}.`, { current: requestView(row) });
    const set = {
      status: verb === 'approve' ? 'approved' : 'rejected',
      reviewedBy: person.id,
      reviewedAt: now,
      updatedAt: now,
    };
    await queries.updateTable('capabilityRequests').set(set).where('id', '=', row.id).execute();
    const agent = await agentById(queries, person.organizationId, row.agentId);
    if (verb === 'approve') {
      await giveCapability(change, agent, { capabilityType: row.capabilityType, grantedBy: person.id });
      await tellUpdated(change, actorOf(person, call.origin), agent, 'grant-capability', {
        capabilityType: row.capabilityType,
        requestId: row.id,
      });
    }
    change.audit(actorOf(person, call.origin), {
      organizationId: row.organizationId,
      action: verb,
      resourceType: 'capability_request',
      resourceId: row.id,
      agentId: agent.id,
      agentName: agent.name,
      metadata: { capabilityType: row.capabilityType, reason },
    });
    tellRequest(change, { ...row, ...set }, agent, 'decided');
    return { success: true, message: `Capability request ${set.status}`, ...requestView({ ...row, ...set }) };
  });
}

async function heldBy({ queries }: Change, agent: AgentTable): Promise<string[]> {
  const rows = await queries
    .selectFrom('capabilities')
    .select('capabilityType')
    .where('agentId', '=', agent.id)
    .where('revokedAt', 'is', null)
    .execute();
  return rows.map(({ capabilityType }) => capabilityType);
}

/** Null where one waits already. */
async function requestCapability(
  { queries, now }: Change,
  agent: AgentTable,
  capabilityType: string,
  reason: string,
): Promise<CapabilityRequestTable | null> {
  const row: CapabilityRequestTable = {
    id: randomUUID(),
    organizationId: agent.organizationId,
    agentId: agent.id,
    capabilityType,
    reason,
    status: 'pending',
    requestedBy: agent.createdBy,
    requestedAt: now,
    reviewedBy: null,
    reviewedAt: null,
    updatedAt: now,
  };
  const waiting = await queries
    .selectFrom('capabilityRequests')
    .select('id')
    .where('agentId', '=', agent.id)
    .where('capabilityType', '=', capabilityType)
    .where('status', '=', 'pending')
    .executeTakeFirst();
  if (waiting !== undefined) return null;
  await queries.insertInto('capabilityRequests').values(row).execute();
  return row;
}

async function closeRequests({ queries, now }: Change, agent: AgentTable, capabilityType: string, by: string): Promise<void> {
  await queries
    .updateTable('capabilityRequests')
    .set({ status: 'approved', reviewedBy: by, reviewedAt: now, updatedAt: now })
    .where('agentId', '=', agent.id)
    .where('capabilityType', '=', capabilityType)
    .where('status', '=', 'pending')
    .execute();
}

function tellRequest(change: Change, row: CapabilityRequestTable, agent: AgentTable, what: 'created' | 'decided'): void {
  change.publish({
    organizationId: row.organizationId,
    type: 'request',
    change: what,
    agentId: row.agentId,
    subject: { ...requestView(row), agentName: agent.name },
  });
}

const requestView = ({ requestedAt, reviewedAt, updatedAt, ...row }: CapabilityRequestTable) => ({
  ...row,
  requestedAt: timeView(requestedAt),
  reviewedAt: timeView(reviewedAt),
  createdAt: timeView(requestedAt),
  updatedAt: timeView(updatedAt),
});

const namedRequests = (queries: Call<unknown, unknown>['services']['queries']) =>
  queries
    .selectFrom('capabilityRequests')
    .leftJoin('agents', 'agents.id', 'capabilityRequests.agentId')
    .leftJoin('users as asking', 'asking.id', 'capabilityRequests.requestedBy')
    .leftJoin('users as reviewing', 'reviewing.id', 'capabilityRequests.reviewedBy')
    .selectAll('capabilityRequests')
    .select([
      'agents.name as agentName',
      'agents.displayName as agentDisplayName',
      'asking.email as requestedByEmail',
      'reviewing.email as reviewedByEmail',
    ]);

type Named = Awaited<ReturnType<ReturnType<typeof namedRequests>['execute']>>[number];
const namedView = ({ agentName, agentDisplayName, requestedByEmail, reviewedByEmail, ...row }: Named) => ({
  ...requestView(row),
  agentName,
  agentDisplayName,
  requestedByEmail,
  reviewedByEmail,
});
