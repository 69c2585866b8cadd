// MCP servers and agents as a whole: who talks to what, what was discovered, what happened to a server, and the numbers (§2.1).

import { z } from 'zod';
import { readers } from '../access.ts';
import type { Queries } from '../database/open.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { type Route, route } from '../route.ts';
import { mcpEventsOf } from '../store/mcp-events.ts';
import { serverById } from '../store/mcp-servers.ts';
import { timeView } from '../views/time.ts';

const DAY = 24 * 60 * 60 * 1000;
const page = z.object({
  limit: z.coerce.number().int().min(1).max(100).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
});

export const mcpSupplyChainRoutes: Route[] = [
  route('GET /api/v1/mcp-servers/graph', {
    summary: 'Agents, MCP servers, and who talks to which',
    access: readers,
    run: async ({ services, principal }) => graphOf(services.queries, principal.organizationId, null),
  }),
  route('GET /api/v1/mcp-servers/:id/connections', {
    summary: 'The part of the graph around one MCP server',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      return graphOf(services.queries, principal.organizationId, server);
    },
  }),
  route('GET /api/v1/mcp-servers/discovered', {
    summary: 'MCP servers that agents were seen with, whether they are registered or not',
    access: readers,
    run: async ({ services, principal }) => {
      const { queries } = services;
      const seen = await queries
        .selectFrom('detections')
        .select((eb) => [
          'mcpServer',
          eb.fn.countAll<number>().as('sightings'),
          eb.fn.count<number>('agentId').distinct().as('agents'),
          eb.fn.max('confidence').as('confidence'),
          eb.fn.min('firstDetectedAt').as('firstDetectedAt'),
          eb.fn.max('lastSeenAt').as('lastSeenAt'),
        ])
        .where('organizationId', '=', principal.organizationId)
        .groupBy('mcpServer')
        .orderBy('mcpServer')
        .limit(1000)
        .execute();
      const registered = await registeredNames(queries, principal.organizationId);
      const servers = seen.map(({ mcpServer, sightings, agents, confidence, firstDetectedAt, lastSeenAt }) => ({
        name: mcpServer,
        mcpServerId: registered.get(mcpServer) ?? null,
        isRegistered: registered.has(mcpServer),
        agents: Number(agents),
        sightings: Number(sightings),
        confidence: Number(confidence),
        firstDetected: timeView(Number(firstDetectedAt)),
        lastSeen: timeView(Number(lastSeenAt)),
      }));
      return { servers, total: servers.length, unregistered: servers.filter(({ isRegistered }) => !isRegistered).length };
    },
  }),
  route('GET /api/v1/mcp-servers/:id/verification-events', {
    summary: 'Actions that agents asked for on this MCP server, newest first',
    access: readers,
    query: page,
    run: async ({ services, principal, params, query }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      return mcpEventsOf(services.queries, server, query);
    },
  }),
  route('GET /api/v1/mcp-servers/:id/audit-logs', {
    summary: 'What was done to this MCP server, newest first',
    access: { user: 'viewer' },
    query: page,
    run: async ({ services, principal, params, query }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const found = services.queries
        .selectFrom('auditEntries')
        .where('organizationId', '=', principal.organizationId)
        .where('resourceType', '=', 'mcp_server')
        .where('resourceId', '=', server.id);
      const rows = await found.selectAll().orderBy('sequence', 'desc').limit(query.limit).offset(query.offset).execute();
      const { total } = await found.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const timeline = rows.map((row) => ({
        id: row.id,
        eventType: row.action.includes('attest') ? 'attestation' : row.action.includes('manifest') ? 'capability' : 'audit',
        action: row.action,
        timestamp: timeView(row.at),
        actorType: row.userId !== null ? 'user' : row.agentId !== null ? 'agent' : 'system',
        actorId: row.userId ?? row.agentId,
        actorName: row.userName ?? row.agentName,
        description: `${row.action} ${server.name}`,
        metadata: JSON.parse(row.metadata) as unknown,
      }));
      return { logs: timeline, total: Number(total), limit: query.limit, offset: query.offset };
    },
  }),
  route('GET /api/v1/supply-chain/analytics', {
    summary: 'MCP servers in numbers: state, attestations by day, the most used',
    access: readers,
    run: async ({ services, principal, now }) => {
      const { queries } = services;
      const servers = await queries
        .selectFrom('mcpServers')
        .select(['id', 'name', 'status', 'attestationCount', 'confidenceScore'])
        .where('organizationId', '=', principal.organizationId)
        .execute();
      const { edges } = await graphOf(queries, principal.organizationId, null);
      const open = await queries
        .selectFrom('mcpDrifts')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('organizationId', '=', principal.organizationId)
        .where('status', '=', 'open')
        .executeTakeFirstOrThrow();
      const used = Map.groupBy(edges, ({ to }) => to);
      const count = (status: string): number => servers.filter((server) => server.status === status).length;
      return {
        stats: {
          totalServers: servers.length,
          verifiedServers: count('verified'),
          pendingServers: count('pending'),
          suspendedServers: count('suspended'),
          revokedServers: count('revoked'),
          totalConnections: edges.length,
          totalAttestations: servers.reduce((sum, { attestationCount }) => sum + attestationCount, 0),
          openDrifts: Number(open.count),
        },
        attestationTrend: await attestationsByDay(queries, principal.organizationId, now),
        connections: servers
          .map(({ id, name, status, confidenceScore }) => ({
            mcpServerId: id,
            name,
            status,
            confidenceScore,
            agents: used.get(id)?.length ?? 0,
          }))
          .sort((left, right) => right.agents - left.agents || (left.name < right.name ? -1 : 1))
          .slice(0, 100),
      };
    },
  }),
];

type Edge = { from: string; to: string; isRegistered: boolean };

/** Servers that agents name without their being registered are nodes too, by their name. */
async function graphOf(queries: Queries, organizationId: string, around: McpServerTable | null) {
  const registered = await registeredNames(queries, organizationId);
  const agents = await queries
    .selectFrom('agents')
    .select(['id', 'name', 'status', 'trustScore', 'talksTo'])
    .where('organizationId', '=', organizationId)
    .where('talksTo', '!=', '[]')
    .execute();
  const edges: Edge[] = agents.flatMap(({ id, talksTo }) =>
    (JSON.parse(talksTo) as string[]).map((named) => ({
      from: id,
      to: registered.get(named) ?? named,
      isRegistered: registered.has(named),
    })),
  );
  const kept = around === null ? edges : edges.filter(({ to }) => to === around.id);
  const using = new Set(kept.map(({ from }) => from));
  const servers = await queries
    .selectFrom('mcpServers')
    .select(['id', 'name', 'status', 'trustScore'])
    .where('organizationId', '=', organizationId)
    .$if(around !== null, (query) => query.where('id', '=', around?.id ?? ''))
    .execute();
  const unknown = [...new Set(kept.filter(({ isRegistered }) => !isRegistered).map(({ to }) => to))];
  return {
    nodes: [
      ...agents
        .filter(({ id }) => around === null || using.has(id))
        .map(({ id, name, status, trustScore }) => ({ id, type: 'agent', name, status, trustScore })),
      ...servers.map((server) => ({ ...server, type: 'mcp_server' })),
      ...unknown.map((name) => ({ id: name, type: 'mcp_server', name, status: 'unregistered', trustScore: null })),
    ],
    edges: kept,
  };
}

/** Agents name servers by id or by name; both lead to the id. */
async function registeredNames(queries: Queries, organizationId: string): Promise<Map<string, string>> {
  const rows = await queries
    .selectFrom('mcpServers')
    .select(['id', 'name'])
    .where('organizationId', '=', organizationId)
    .execute();
  return new Map(rows.flatMap(({ id, name }) => [[name, id] as const, [id, id] as const]));
}

async function attestationsByDay(queries: Queries, organizationId: string, now: number) {
  const rows = await queries
    .selectFrom('attestations')
    .select('verifiedAt')
    .where('organizationId', '=', organizationId)
    .where('verifiedAt', '>=', now - 30 * DAY)
    .limit(50_000)
    .execute();
  const byDay = Map.groupBy(rows, ({ verifiedAt }) => new Date(Number(verifiedAt)).toISOString().slice(0, 10));
  return [...byDay]
    .map(([date, found]) => ({ date, count: found.length }))
    .sort((left, right) => (left.date < right.date ? -1 : 1));
}
