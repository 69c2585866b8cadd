// What agents asked for on an MCP server, found without reading what they asked for elsewhere.

import { type Kysely, sql } from 'kysely';

export async function mcpEvents(db: Kysely<never>): Promise<void> {
  await sql`create index "verificationsOfMcp" on "verifications" ("organizationId", "resource", "requestedAt", "id")
    where "capability" >= 'mcp:' and "capability" < 'mcp;'`.execute(db);
}
