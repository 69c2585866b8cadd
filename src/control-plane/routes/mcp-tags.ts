// Tags on MCP servers: the same tags as on agents (wire-mcp-logs-a2a §2.1).

import { tagIds } from '../../wire/requests/agents.ts';
import { readers } from '../access.ts';
import type { Change } from '../database/change.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { notFound } from '../refusal.ts';
import { personOf, type Route, route } from '../route.ts';
import { serverById, tellMcp } from '../store/mcp-servers.ts';
import { tagNamed } from '../store/tags.ts';
import { tagView } from '../views/agent.ts';

const at = '/api/v1/mcp-servers/:id/tags';

export const mcpTagRoutes: Route[] = [
  route(`GET ${at}`, {
    summary: 'The tags of an MCP server',
    access: readers,
    run: async ({ services: { queries }, principal, params }) => {
      const server = await serverById(queries, principal.organizationId, params['id'] ?? '');
      const rows = await queries
        .selectFrom('mcpServerTags')
        .innerJoin('tags', 'tags.id', 'mcpServerTags.tagId')
        .selectAll('tags')
        .where('mcpServerTags.mcpServerId', '=', server.id)
        .orderBy('tags.key')
        .execute();
      return rows.map(tagView);
    },
  }),
  route(`GET ${at}/suggestions`, {
    summary: 'Tags of agents that talk to the MCP server, and of none of its own',
    access: readers,
    run: async ({ services: { queries }, principal, params }) => {
      const server = await serverById(queries, principal.organizationId, params['id'] ?? '');
      const agents = await queries
        .selectFrom('agents')
        .select(['id', 'talksTo'])
        .where('organizationId', '=', server.organizationId)
        .where('talksTo', '!=', '[]')
        .limit(10_000)
        .execute();
      const ids = agents
        .filter(({ talksTo }) => (JSON.parse(talksTo) as string[]).some((each) => each === server.id || each === server.name))
        .map(({ id }) => id)
        .slice(0, 500);
      if (ids.length === 0) return [];
      const own = queries.selectFrom('mcpServerTags').select('tagId').where('mcpServerId', '=', server.id);
      const rows = await queries
        .selectFrom('tags')
        .innerJoin('agentTags', 'agentTags.tagId', 'tags.id')
        .selectAll('tags')
        .distinct()
        .where('agentTags.agentId', 'in', ids)
        .where('tags.id', 'not in', own)
        .limit(10)
        .execute();
      return rows.map(tagView);
    },
  }),
  route(`POST ${at}`, {
    summary: 'Tags an MCP server, by ids or names of tags',
    access: { user: 'member' },
    body: tagIds,
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const server = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
        for (const reference of new Set(call.body.tagIds)) await tag(change, server, reference, person.id);
        await tellMcp(change, person, call.origin, server, 'tag', { tagIds: call.body.tagIds });
        return { success: true, message: 'Tags added' };
      });
    },
  }),
  route(`DELETE ${at}/:tagId`, {
    summary: 'Takes a tag off an MCP server',
    access: { user: 'member' },
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const server = await serverById(change.queries, person.organizationId, call.params['id'] ?? '');
        const tagId = call.params['tagId'] ?? '';
        const { numDeletedRows } = await change.queries
          .deleteFrom('mcpServerTags')
          .where('mcpServerId', '=', server.id)
          .where('tagId', '=', tagId)
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw notFound();
        await tellMcp(change, person, call.origin, server, 'untag', { tagId });
        return { success: true, message: 'Tag removed' };
      });
    },
  }),
];

async function tag(change: Change, { id, organizationId }: McpServerTable, reference: string, by: string): Promise<void> {
  const { id: tagId } = await tagNamed(change, organizationId, reference, by);
  await change.queries
    .insertInto('mcpServerTags')
    .values({ organizationId, mcpServerId: id, tagId })
    .onConflict((row) => row.columns(['mcpServerId', 'tagId']).doNothing())
    .execute();
}
