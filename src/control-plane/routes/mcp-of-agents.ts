// MCP servers from the side of agents: registering, connecting, use (wire-agents §3.6, wire-mcp-logs-a2a §2.1).

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { newServer } from '../../wire/requests/mcp.ts';
import { readers } from '../access.ts';
import { actorOf } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { created, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { connect, disconnect, register, serversOf } from '../store/mcp-servers.ts';
import { mcpViews } from '../views/mcp.ts';
import { timeView } from '../views/time.ts';
import { mayChange } from './agents.ts';

const name = z.string().trim().min(1).max(300);
/** `register_mcp()` of the SDKs: names or ids of servers that the agent talks to. */
const connected = wireObject({ mcpServerIds: z.array(name).min(1).max(200) });
const text = z.string().max(2000).nullish();
const connectionReport = wireObject({ mcpServerId: text, toolName: text, mcpUrl: text, mcpName: text, connectionType: text });
const toolUse = z.object({ count: z.number().int().min(0).max(1e12).catch(0) });
const usageReport = wireObject({
  mcpServers: z
    .record(z.string().max(300), wireObject({ toolUsage: z.record(z.string().max(300), toolUse).nullish() }))
    .nullish()
    .refine((servers) => Object.keys(servers ?? {}).length <= 500, 'names more than 500 servers'),
});

export const mcpOfAgentRoutes: Route[] = [
  route('POST /api/v1/sdk-api/agents/:id/mcp-servers', {
    summary: 'An agent registers an MCP server that it uses',
    access: { agent: 'self', key: 'self', user: 'member' },
    body: z.union([connected, newServer]),
    run: async (call) => {
      const { body, params } = call;
      if ('mcpServerIds' in body) {
        const { agent, added, talksTo } = await connect(call, params['id'] ?? '', body.mcpServerIds);
        return created({
          success: true,
          message: `${added.length} added`,
          added: added.length,
          addedServers: added,
          talksTo,
          totalCount: talksTo.length,
          agent_id: agent.id,
          agentId: agent.id,
          mcp_server_ids: body.mcpServerIds,
          mcpServerIds: body.mcpServerIds,
        });
      }
      return created((await register(call, body, params['id'] ?? '')).view);
    },
  }),
  route('GET /api/v1/sdk-api/agents/:id/mcp-servers', {
    summary: 'MCP servers that an agent talks to',
    access: { agent: 'self', key: 'self', user: 'viewer' },
    run: (call) => serversOf(call),
  }),
  route('GET /api/v1/agents/:id/mcp-servers', {
    summary: 'MCP servers that an agent talks to',
    access: readers,
    run: (call) => serversOf(call),
  }),
  route('PUT /api/v1/agents/:id/mcp-servers', {
    summary: 'Adds MCP servers to those that an agent talks to',
    access: { user: 'member', agent: 'self', key: 'self' },
    body: connected,
    run: async (call) => {
      const { added, talksTo } = await connect(call, call.params['id'] ?? '', call.body.mcpServerIds);
      const message = `Successfully added ${added.length} MCP server(s)`;
      const [addedServers, totalCount] = [added, talksTo.length];
      return { message, talksTo, addedServers, totalCount, added_servers: addedServers, total_count: totalCount };
    },
  }),
  route('DELETE /api/v1/agents/:id/mcp-servers/:mcpId', {
    summary: 'Takes an MCP server, by id or name, from those that an agent talks to',
    access: { user: 'member', agent: 'self', key: 'self' },
    run: async (call) => {
      const talksTo = await disconnect(call, call.params['id'] ?? '', call.params['mcpId'] ?? '');
      const totalCount = talksTo.length;
      return { message: 'Successfully removed MCP server', talksTo, totalCount, total_count: totalCount };
    },
  }),
  route('POST /api/v1/agents/:id/mcp-servers/detect', {
    summary: 'Refused: a server does not read the files of the machine that its agents run on',
    access: { user: 'member' },
    run: async ({ services, principal, params }) => {
      await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      throw new Refusal(422, 'detectedElsewhere', 'MCP servers are found where they are configured: aim mcp detect');
    },
  }),
  route('GET /api/v1/sdk-api/agents/:id/mcp-servers/by-name', {
    summary: 'What is known of an MCP server by its name',
    access: { agent: 'self', key: 'self', user: 'viewer' },
    query: z.object({ name }),
    run: async ({ services, principal, query }) => {
      const row = await services.queries
        .selectFrom('mcpServers')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('name', '=', query.name)
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) throw notFound('MCP server not found');
      const [view] = await mcpViews(services.queries, [row]);
      return { ...view, hasCachedCapabilities: (view?.capabilities.length ?? 0) > 0 };
    },
  }),
  route('POST /api/v1/sdk-api/agents/:id/mcp-connections', {
    summary: 'An agent reports that it uses an MCP server, which it is connected to from then on',
    access: { agent: 'self', key: 'self' },
    body: connectionReport,
    run: async (call) => {
      const { services, principal, params, body } = call;
      const { mcpServerId, mcpUrl, mcpName } = body;
      const server = await serverNamed(services.queries, principal.organizationId, [mcpServerId, mcpUrl, mcpName]);
      const name = server?.id ?? mcpName ?? mcpServerId ?? null;
      if (name === null) throw invalid('mcpServerId: is required', 'mcpServerId');
      const { agent } = await connect(call, params['id'] ?? '', [name]);
      return {
        success: true,
        agentId: agent.id,
        connection_id: connectionId(agent.id, name),
        mcp_server_id: server?.id ?? null,
        connection_type: (server?.attestationCount ?? 0) > 0 ? 'attested' : 'auto_detected',
        attestation_count: server?.attestationCount ?? 0,
        last_attested_at: timeView(server?.lastAttestedAt ?? null),
        message: 'Recorded',
      };
    },
  }),
  route('POST /api/v1/sdk-api/agents/:id/mcp-usage-report', {
    summary: 'An agent reports how often it used which tools of MCP servers; kept in the audit log',
    access: { agent: 'self', key: 'self' },
    body: usageReport,
    run: ({ services, principal, params, body, origin }) =>
      services.changes.record(async ({ queries, now, audit }) => {
        const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        await queries.updateTable('agents').set({ lastActiveAt: now }).where('id', '=', agent.id).execute();
        const servers = Object.entries(body.mcpServers ?? {});
        const used = servers.map(([id, { toolUsage }]) => {
          const tools = Object.entries(toolUsage ?? {}).map(([tool, { count }]) => [tool, count] as const);
          return {
            id,
            tools: Object.fromEntries(tools.slice(0, 200)),
            calls: tools.reduce((sum, [, count]) => sum + count, 0),
          };
        });
        audit(actorOf(principal, origin), {
          organizationId: agent.organizationId,
          action: 'report-usage',
          resourceType: 'agent',
          resourceId: agent.id,
          agentName: agent.name,
          metadata: { servers: used },
        });
        const totalInvocations = used.reduce((sum, { calls }) => sum + calls, 0);
        return { success: true, agentId: agent.id, serversReported: used.length, totalInvocations, message: 'Recorded' };
      }),
  }),
];

function serverNamed(queries: Queries, organizationId: string, names: readonly (string | null | undefined)[]) {
  const given = names.filter((name) => typeof name === 'string' && name !== '');
  if (given.length === 0) return undefined;
  return queries
    .selectFrom('mcpServers')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where((eb) => eb.or((['id', 'url', 'name'] as const).map((column) => eb(column, 'in', given as string[]))))
    .limit(1)
    .executeTakeFirst();
}

/** The same pair, the same connection. */
function connectionId(agentId: string, server: string): string {
  const hex = createHash('sha256').update(`${agentId} ${server}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
