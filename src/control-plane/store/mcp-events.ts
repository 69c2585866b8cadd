// What agents asked for on an MCP server: verifications of a capability `mcp:…` that name it as their resource.

import type { Queries } from '../database/open.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { eventView } from '../views/verification.ts';

/** Newest first. Agents name a server in their own words: its id, its name or its address are what can be told apart. */
export async function mcpEventsOf(
  queries: Queries,
  server: Pick<McpServerTable, 'organizationId' | 'id' | 'name' | 'url'>,
  { limit, offset }: { limit: number; offset: number },
) {
  const found = queries
    .selectFrom('verifications')
    .where('organizationId', '=', server.organizationId)
    .where('resource', 'in', [server.id, server.name, server.url])
    // As the index says it, so that the index is used.
    .where('capability', '>=', 'mcp:')
    .where('capability', '<', 'mcp;');
  const rows = await found.selectAll().orderBy('requestedAt', 'desc').limit(limit).offset(offset).execute();
  const { total } = await found.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { events: rows.map(eventView), total: Number(total), limit, offset };
}
