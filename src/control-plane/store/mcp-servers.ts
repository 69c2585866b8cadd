// MCP servers in the registry: finding, registering, connecting agents to them.

import { randomUUID } from 'node:crypto';
import type { NewServer } from '../../wire/requests/mcp.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { Call, Origin } from '../route.ts';
import { tellUpdated } from '../routes/agent-life.ts';
import { mayChange } from '../routes/agents.ts';
import { agentById } from '../store/agents.ts';
import { mcpViews } from '../views/mcp.ts';
import { MOST, mustHaveRoom } from './room.ts';

type Queries = Call<unknown, unknown>['services']['queries'] | Change['queries'];

export async function serverById(queries: Queries, organizationId: string, id: string): Promise<McpServerTable> {
  const row = await queries
    .selectFrom('mcpServers')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('MCP server not found');
  return row;
}

export async function serversOf({ services, principal, params }: Call<unknown, unknown>) {
  const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
  const talksTo = JSON.parse(agent.talksTo) as string[];
  const rows =
    talksTo.length === 0
      ? []
      : await services.queries
          .selectFrom('mcpServers')
          .selectAll()
          .where('organizationId', '=', principal.organizationId)
          .where((eb) => eb.or([eb('id', 'in', talksTo), eb('name', 'in', talksTo)]))
          .execute();
  const views = (await mcpViews(services.queries, rows)).map((view) => ({
    ...view,
    source: view.attestationCount > 0 ? 'attestation' : 'talks_to',
  }));
  return { mcpServers: views, total: views.length };
}

/** Adds servers, by name or id, to those that an agent talks to. */
export function connect({ services, principal, origin }: Call<unknown, unknown>, agentId: string, servers: readonly string[]) {
  return services.changes.run(async (change) => {
    const agent = await agentById(change.queries, principal.organizationId, agentId);
    mayChange(principal, agent);
    const known = new Set(JSON.parse(agent.talksTo) as string[]);
    const added = [...new Set(servers)].filter((server) => !known.has(server));
    const talksTo = [...known, ...added];
    const set = { talksTo: JSON.stringify(talksTo), lastActiveAt: change.now };
    await change.queries.updateTable('agents').set(set).where('id', '=', agent.id).execute();
    if (added.length > 0) await tellUpdated(change, actorOf(principal, origin), { ...agent, ...set }, 'connect-mcp', { added });
    return { agent, added, talksTo };
  });
}

/** Takes one, by name or id, from those that an agent talks to. One that is not there is gone already. */
export function disconnect({ services, principal, origin }: Call<unknown, unknown>, agentId: string, server: string) {
  return services.changes.run(async (change) => {
    const agent = await agentById(change.queries, principal.organizationId, agentId);
    mayChange(principal, agent);
    const known = JSON.parse(agent.talksTo) as string[];
    const row = await change.queries
      .selectFrom('mcpServers')
      .select(['id', 'name'])
      .where('organizationId', '=', principal.organizationId)
      .where((eb) => eb.or([eb('id', '=', server), eb('name', '=', server)]))
      .executeTakeFirst();
    // It may stand there by the other of its two names.
    const names = row === undefined ? [server] : [server, row.id, row.name];
    const talksTo = known.filter((each) => !names.includes(each));
    if (talksTo.length === known.length) return talksTo;
    const text = JSON.stringify(talksTo);
    await change.queries.updateTable('agents').set({ talksTo: text }).where('id', '=', agent.id).execute();
    const removed = known.filter((each) => names.includes(each));
    await tellUpdated(change, actorOf(principal, origin), { ...agent, talksTo: text }, 'disconnect-mcp', { removed });
    return talksTo;
  });
}

/** @throws Refusal 409 with `existingId` where the organisation has the address already; the agent is connected to it then. */
export async function register(
  { services, principal, origin }: Call<unknown, unknown>,
  body: NewServer,
  agentId: string | null,
) {
  const url = body.url || `mcp://${encodeURIComponent(body.name)}`;
  const outcome = await services.changes.run(async (change) => {
    const { queries, now } = change;
    const agent = agentId === null ? null : await agentById(queries, principal.organizationId, agentId);
    if (agent !== null) mayChange(principal, agent);
    const existing = await queries
      .selectFrom('mcpServers')
      .select('id')
      .where('organizationId', '=', principal.organizationId)
      .where('url', '=', url)
      .executeTakeFirst();
    if (agent !== null) {
      const talksTo = new Set(JSON.parse(agent.talksTo) as string[]).add(body.name);
      const text = JSON.stringify([...talksTo]);
      if (text !== agent.talksTo) {
        await queries.updateTable('agents').set({ talksTo: text }).where('id', '=', agent.id).execute();
        const actor = actorOf(principal, origin);
        await tellUpdated(change, actor, { ...agent, talksTo: text }, 'connect-mcp', { added: [body.name] });
      }
    }
    if (existing !== undefined) return { existingId: existing.id, view: null };
    if (agent !== null) {
      const own = queries.selectFrom('mcpServers').select('id').where('registeredByAgent', '=', agent.id);
      await mustHaveRoom(own, MOST.mcpServersOfAgent, 'MCP servers registered by this agent');
    }
    const row: McpServerTable = {
      id: randomUUID(),
      organizationId: principal.organizationId,
      name: body.name,
      description: body.description ?? '',
      url,
      version: body.version ?? '',
      publicKey: body.publicKey || null,
      verificationUrl: body.verificationUrl || null,
      status: 'pending',
      verificationMethod: agent === null ? 'manual' : 'agent_attestation',
      trustScore: 0,
      confidenceScore: 0,
      attestationCount: 0,
      lastAttestedAt: null,
      lastVerifiedAt: null,
      registeredByAgent: agent?.id ?? null,
      createdBy: principal.kind === 'user' ? principal.id : (agent?.createdBy ?? null),
      createdAt: now,
      updatedAt: now,
    };
    await queries.insertInto('mcpServers').values(row).execute();
    const capabilities = new Set((body.capabilities ?? []).map((each) => (typeof each === 'string' ? each : each.name)));
    for (const capability of capabilities) {
      await queries
        .insertInto('mcpCapabilities')
        .values({
          id: randomUUID(),
          organizationId: row.organizationId,
          mcpServerId: row.id,
          name: capability,
          type: 'tool',
          description: '',
          schema: '{}',
          detectedAt: now,
          lastVerifiedAt: null,
          isActive: 1,
        })
        .execute();
    }
    return { existingId: null, view: await tellMcp(change, principal, origin, row, 'create', { name: row.name, url }) };
  });
  if (outcome.existingId !== null)
    throw new Refusal(409, 'mcpServerExists', 'mcp server with this URL already exists', { existingId: outcome.existingId });
  return { view: outcome.view };
}

export async function tellMcp(
  change: Change,
  principal: Principal,
  origin: Origin,
  row: McpServerTable,
  action: string,
  metadata: Record<string, unknown>,
) {
  const [view] = await mcpViews(change.queries, [row]);
  change.audit(actorOf(principal, origin), {
    organizationId: row.organizationId,
    action,
    resourceType: 'mcp_server',
    resourceId: row.id,
    metadata,
  });
  const what = action === 'create' ? 'created' : action === 'delete' ? 'deleted' : action === 'revoke' ? 'revoked' : 'updated';
  change.publish({
    organizationId: row.organizationId,
    type: 'mcp',
    change: what,
    agentId: row.registeredByAgent,
    subject: view,
  });
  return view;
}
