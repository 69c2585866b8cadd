// MCP servers: the registry, what agents report of them, and the challenge that an attestation answers (wire-mcp-logs-a2a §2).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { newServer } from '../../wire/requests/mcp.ts';
import { readers } from '../access.ts';
import { conflict, notFound } from '../refusal.ts';
import { created, personOf, type Route, route } from '../route.ts';
import { register, serverById, tellMcp } from '../store/mcp-servers.ts';
import { mcpViews } from '../views/mcp.ts';
import { timeView } from '../views/time.ts';

const name = z.string().trim().min(1).max(300);
const serverUpdate = wireObject({
  name: name.nullish(),
  description: z.string().max(4000).nullish(),
  url: z.string().max(2000).nullish(),
  version: z.string().max(100).nullish(),
  publicKey: z.string().max(200).nullish(),
  verificationUrl: z.string().max(2000).nullish(),
  status: z.enum(['pending', 'verified', 'suspended', 'revoked']).nullish(),
});
const paging = z.object({
  limit: z.coerce.number().int().min(1).max(500).catch(100),
  offset: z.coerce.number().int().min(0).catch(0),
});

export const mcpRoutes: Route[] = [
  route('GET /api/v1/mcp-servers', {
    summary: 'Lists MCP servers',
    access: readers,
    query: paging,
    run: async ({ services, principal, query }) => {
      const filtered = services.queries.selectFrom('mcpServers').where('organizationId', '=', principal.organizationId);
      const rows = await filtered
        .selectAll()
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      return {
        mcpServers: await mcpViews(services.queries, rows),
        total: Number(total),
        limit: query.limit,
        offset: query.offset,
      };
    },
  }),
  route('GET /api/v1/mcp-servers/by-name', {
    summary: 'One MCP server by its name',
    access: readers,
    query: z.object({ name }),
    run: async ({ services, principal, query }) => {
      const row = await services.queries
        .selectFrom('mcpServers')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('name', '=', query.name)
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return (await mcpViews(services.queries, [row]))[0];
    },
  }),
  route('POST /api/v1/mcp-servers', {
    summary: 'Registers an MCP server',
    access: { user: 'member' },
    body: newServer,
    run: async (call) => created((await register(call, call.body, null)).view),
  }),
  route('GET /api/v1/mcp-servers/:id', {
    summary: 'One MCP server',
    access: readers,
    run: async ({ services, principal, params }) =>
      (await mcpViews(services.queries, [await serverById(services.queries, principal.organizationId, params['id'] ?? '')]))[0],
  }),
  route('PUT /api/v1/mcp-servers/:id', {
    summary: 'Changes an MCP server',
    access: { user: 'member' },
    body: serverUpdate,
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const row = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
        const set = Object.fromEntries(
          Object.entries(call.body).filter(
            ([key, value]) => typeof value === 'string' && value !== '' && key in row && key !== 'status',
          ),
        );
        // What was verified is this key at this address: who changes either has it verified again.
        const isOther = (['publicKey', 'url'] as const).some((key) => set[key] !== undefined && set[key] !== row[key]);
        const status = isOther && row.status === 'verified' ? { status: 'pending', lastVerifiedAt: null } : {};
        await change.queries
          .updateTable('mcpServers')
          .set({ ...set, ...status, updatedAt: change.now })
          .where('id', '=', row.id)
          .execute();
        return tellMcp(change, person, call.origin, await serverById(change.queries, person.organizationId, row.id), 'update', {
          changed: Object.keys(set),
        });
      });
    },
  }),
  route('DELETE /api/v1/mcp-servers/:id', {
    summary: 'Removes an MCP server from the registry',
    access: { user: 'manager' },
    run: async (call) => {
      const person = personOf(call);
      await call.services.changes.run(async (change) => {
        const row = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
        for (const table of [
          'mcpCapabilities',
          'mcpManifests',
          'mcpDrifts',
          'attestations',
          'challenges',
          'mcpServerTags',
        ] as const)
          await change.queries.deleteFrom(table).where('mcpServerId', '=', row.id).execute();
        await change.queries.deleteFrom('mcpServers').where('id', '=', row.id).execute();
        await tellMcp(change, person, call.origin, row, 'delete', { name: row.name, url: row.url });
      });
      return { success: true, message: 'MCP server deleted' };
    },
  }),
  ...(['suspend', 'reactivate', 'revoke'] as const).map((verb) =>
    route(`POST /api/v1/mcp-servers/:id/${verb}`, {
      summary: `An operator ${verb}s an MCP server`,
      access: { user: 'manager' },
      run: async (call) => {
        const person = personOf(call);
        const status = { suspend: 'suspended', reactivate: 'verified', revoke: 'revoked' }[verb];
        return call.services.changes.run(async (change) => {
          const row = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
          if (row.status === 'revoked' && status !== 'revoked')
            throw conflict('mcpStatusTransitionRefused', 'A revoked MCP server stays revoked.');
          const set = {
            status,
            updatedAt: change.now,
            ...(status === 'verified' ? { lastVerifiedAt: change.now, verificationMethod: 'manual' } : {}),
          };
          await change.queries.updateTable('mcpServers').set(set).where('id', '=', row.id).execute();
          return tellMcp(change, person, call.origin, { ...row, ...set }, verb, { from: row.status, to: status });
        });
      },
    }),
  ),
  route('GET /api/v1/mcp-servers/:id/capabilities', {
    summary: 'What an MCP server offers',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('mcpCapabilities')
        .selectAll()
        .where('mcpServerId', '=', server.id)
        .where('isActive', '=', 1)
        .orderBy('type')
        .orderBy('name')
        .execute();
      const capabilities = rows.map((row) => ({
        id: row.id,
        mcpServerId: row.mcpServerId,
        name: row.name,
        type: row.type,
        description: row.description,
        schema: JSON.parse(row.schema) as unknown,
        detectedAt: timeView(row.detectedAt),
        lastVerifiedAt: timeView(row.lastVerifiedAt),
        isActive: true,
      }));
      return { capabilities, total: capabilities.length };
    },
  }),
  route('GET /api/v1/mcp-servers/:id/agents', {
    summary: 'Agents that talk to an MCP server',
    access: readers,
    run: async ({ services, principal, params }) => {
      const server = await serverById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries
        .selectFrom('agents')
        .select(['id', 'name', 'displayName', 'agentType', 'status', 'talksTo'])
        .where('organizationId', '=', principal.organizationId)
        .where('talksTo', '!=', '[]')
        .execute();
      const agents = rows
        .filter(({ talksTo }) => (JSON.parse(talksTo) as string[]).some((each) => each === server.id || each === server.name))
        .map(({ talksTo: _, ...agent }) => agent);
      return { agents, total: agents.length };
    },
  }),
];
