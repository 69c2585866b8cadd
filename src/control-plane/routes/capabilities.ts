// What agents may do: the catalogue, granting and revoking, and agents that ask for more (wire-agents §7).

import { z } from 'zod';
import { detectRisk } from '../../detect/risk.ts';
import { wireObject } from '../../wire/casing.ts';
import { newGrant, selfRegistration } from '../../wire/requests/agents.ts';
import { readers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import { heldAsSeen } from '../held-as-seen.ts';
import { notFound } from '../refusal.ts';
import { Answer, type Call, created, personOf, type Route, route } from '../route.ts';
import { covers } from '../rules/capability-match.ts';
import { agentById, mustNotBeRevoked } from '../store/agents.ts';
import { capabilityHeld, giveCapability } from '../store/capabilities.ts';
import { closeRequests, heldBy, requestCapability, tellRequest } from '../store/capability-requests.ts';
import { capabilityView } from '../views/agent.ts';
import { tellUpdated } from './agent-life.ts';
import { mayChange } from './agents.ts';

const CATALOGUE = [
  'file:read', 'file:write', 'file:delete', 'file:execute', 'db:read', 'db:query', 'db:write', 'db:delete', 'db:admin', 'db:drop', 'api:call', 'api:external',
  'api:webhook', 'network:read', 'network:connect', 'network:external', 'network:listen', 'system:read', 'system:exec', 'system:admin', 'user:admin', 'user:delete',
  'user:impersonate', 'mcp:tool_use', 'mcp:resource_read', 'data:export', 'email:send', 'auth:login', 'auth:logout',
]; // biome-ignore format: one table

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
    summary: 'Grants a capability, or changes scope and mode of one that is held',
    access: { user: 'manager' },
    body: newGrant,
    run: async (call) => {
      const person = personOf(call);
      const { capabilityType, scope, executionMode } = call.body;
      return call.services.changes.run(async (change) => {
        const agent = await agentById(change.queries, person.organizationId, call.params['id'] ?? '');
        mustNotBeRevoked(agent);
        const held = await capabilityHeld(change, agent, capabilityType);
        heldAsSeen(call, 'capability', held === undefined ? {} : capabilityView(held));
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
    const refused = await change.queries
      .selectFrom('capabilityRequests')
      .select('id')
      .where('agentId', '=', agent.id)
      .where('capabilityType', '=', capabilityType)
      .where('status', '=', 'rejected')
      .limit(1)
      .executeTakeFirst();
    // SDKs register at every action; what a person rejected is not asked again by itself.
    if (refused !== undefined) {
      return new Answer(409, {
        success: false,
        capabilityType,
        status: 'rejected',
        error: 'A person rejected this capability',
        message: 'rejected',
        reasonCode: 'requestRejected',
      });
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
