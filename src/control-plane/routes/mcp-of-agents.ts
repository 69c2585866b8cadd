// MCP servers from the side of agents: registering, connecting, detection, use (wire-mcp-logs-a2a §2.3).

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { newServer } from '../../wire/requests/mcp.ts';
import { notFound } from '../refusal.ts';
import { created, type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { connect, register, serversOf } from '../store/mcp-servers.ts';
import { mcpViews } from '../views/mcp.ts';
import { timeView } from '../views/time.ts';
import { mayChange } from './agents.ts';

const name = z.string().trim().min(1).max(300);
/** `register_mcp()` of the SDKs: names or ids of servers that the agent talks to. */
const connected = wireObject({ mcpServerIds: z.array(name).min(1).max(200) });
const detection = wireObject({
  mcpServer: z.string().max(300).catch(''),
  detectionMethod: z.string().max(50).catch('manual'),
  confidence: z.number().catch(-1),
  details: z.record(z.string(), z.unknown()).nullish().catch(null),
  sdkVersion: z.string().max(100).nullish().catch(null),
});
const report = wireObject({ detections: z.array(detection).min(1).max(1000) });
const readers = { user: 'viewer', agent: 'any', key: 'any' } as const;

export const mcpOfAgentRoutes: Route[] = [
  route('POST /api/v1/sdk-api/agents/:id/mcp-servers', {
    summary: 'An agent registers an MCP server that it uses',
    access: { agent: 'self', key: 'self', user: 'member' },
    body: z.union([connected, newServer]),
    run: async (call) => {
      const { body, params } = call;
      if ('mcpServerIds' in body) return connect(call, params['id'] ?? '', body.mcpServerIds);
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
  ...['/api/v1/sdk-api/agents/:id/detection/report', '/api/v1/detection/agents/:id/report'].map((path) =>
    route(`POST ${path}`, {
      summary: 'An agent reports MCP servers that it was seen with',
      access: { agent: 'self', key: 'self', user: 'member' },
      body: report,
      run: async ({ services, principal, params, body }) =>
        services.changes.run(async ({ queries, now }) => {
          const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
          mayChange(principal, agent);
          const valid = body.detections.filter(
            (each) => each.mcpServer !== '' && each.confidence >= 0 && each.confidence <= 100,
          );
          const known = new Set(JSON.parse(agent.talksTo) as string[]);
          const names = [...new Set(valid.map(({ mcpServer }) => mcpServer))];
          const newMCPs = names.filter((each) => !known.has(each));
          for (const each of valid) {
            const row = {
              confidence: each.confidence,
              details: JSON.stringify(each.details ?? {}),
              sdkVersion: each.sdkVersion ?? null,
              lastSeenAt: now,
            };
            await queries
              .insertInto('detections')
              .values({
                organizationId: agent.organizationId,
                agentId: agent.id,
                mcpServer: each.mcpServer,
                method: each.detectionMethod,
                firstDetectedAt: now,
                ...row,
              })
              .onConflict((existing) => existing.columns(['agentId', 'mcpServer', 'method']).doUpdateSet(row))
              .execute();
          }
          await queries
            .updateTable('agents')
            .set({ talksTo: JSON.stringify([...known, ...newMCPs]), lastActiveAt: now })
            .where('id', '=', agent.id)
            .execute();
          return {
            success: true,
            detectionsProcessed: valid.length,
            newMCPs,
            existingMCPs: names.filter((each) => known.has(each)),
            message: `Processed ${valid.length} detections`,
          };
        }),
    }),
  ),
  route('GET /api/v1/detection/agents/:id/status', {
    summary: 'MCP servers that an agent was seen with',
    access: { user: 'viewer', agent: 'self', key: 'self' },
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries.selectFrom('detections').selectAll().where('agentId', '=', agent.id).execute();
      const detectedMCPs = [...Map.groupBy(rows, ({ mcpServer }) => mcpServer)].map(([server, found]) => ({
        name: server,
        confidenceScore: Math.min(
          99,
          found.reduce((sum, each) => sum + each.confidence, 0) / found.length +
            (found.length >= 3 ? 30 : found.length === 2 ? 10 : 0),
        ),
        detectedBy: found.map(({ method }) => method),
        firstDetected: timeView(Math.min(...found.map(({ firstDetectedAt }) => firstDetectedAt))),
        lastSeen: timeView(Math.max(...found.map(({ lastSeenAt }) => lastSeenAt))),
      }));
      const seen = new Set(detectedMCPs.map((each) => each.name));
      for (const each of JSON.parse(agent.talksTo) as string[])
        if (!seen.has(each))
          detectedMCPs.push({ name: each, confidenceScore: 100, detectedBy: ['manual'], firstDetected: null, lastSeen: null });
      return {
        agentId: agent.id,
        sdkInstalled: rows.length > 0,
        sdkVersion: rows.find(({ sdkVersion }) => sdkVersion !== null)?.sdkVersion ?? null,
        autoDetectEnabled: true,
        detectedMCPs,
        lastReportedAt: timeView(rows.length === 0 ? null : Math.max(...rows.map(({ lastSeenAt }) => lastSeenAt))),
      };
    },
  }),
  ...['mcp-connections', 'mcp-usage-report'].map((what) =>
    route(`POST /api/v1/sdk-api/agents/:id/${what}`, {
      summary: 'An agent reports its use of MCP servers',
      access: { agent: 'self', key: 'self' },
      body: z.looseObject({}),
      run: async ({ services, principal, params, body }) => {
        const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        await services.queries
          .updateTable('agents')
          .set({ lastActiveAt: services.clock() })
          .where('id', '=', agent.id)
          .execute();
        const servers =
          typeof body['mcpServers'] === 'object' && body['mcpServers'] !== null ? Object.values(body['mcpServers']) : [];
        const invocations = servers
          .flatMap((server) => Object.values((server as { toolUsage?: Record<string, { count?: number }> }).toolUsage ?? {}))
          .reduce((sum, tool) => sum + (Number(tool.count) || 0), 0);
        return {
          success: true,
          agentId: agent.id,
          connection_id: randomUUID(),
          mcp_server_id: body['mcpServerId'] ?? body['mcp_server_id'] ?? null,
          connection_type: 'attested',
          serversReported: servers.length,
          totalInvocations: invocations,
          message: 'Recorded',
        };
      },
    }),
  ),
];
