// Capability requests: agents ask, administrators decide (wire-agents §7.4).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { capabilityRequest, reasonOnly } from '../../wire/requests/agents.ts';
import { actorOf } from '../auth/principal.ts';
import { conflict, notFound } from '../refusal.ts';
import { type Call, created, personOf, type Route, route } from '../route.ts';
import { covers } from '../rules/capability-match.ts';
import { agentById, mustNotBeRevoked } from '../store/agents.ts';
import { giveCapability } from '../store/capabilities.ts';
import { heldBy, requestCapability, requestView, tellRequest } from '../store/capability-requests.ts';
import { tellUpdated } from './agent-life.ts';
import { mayChange } from './agents.ts';

export const capabilityRequestRoutes: Route[] = [
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
    const agent = await agentById(queries, person.organizationId, row.agentId);
    if (verb === 'approve') mustNotBeRevoked(agent);
    const set = {
      status: verb === 'approve' ? 'approved' : 'rejected',
      reviewedBy: person.id,
      reviewedAt: now,
      updatedAt: now,
    };
    await queries.updateTable('capabilityRequests').set(set).where('id', '=', row.id).execute();
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
