// What a server offers by its baseline, written where the registry lists it: with the words and the schema that were seen.

import { randomUUID } from 'node:crypto';
import type { Locked } from '../../mcp/lockfile.ts';
import type { Change } from '../database/change.ts';
import type { McpCapabilityTable, McpServerTable } from '../database/tables/mcp.ts';

export async function keepCapabilities(change: Change, server: McpServerTable, { definitions }: Locked): Promise<void> {
  const { queries, statements, now } = change;
  await queries.deleteFrom('mcpCapabilities').where('mcpServerId', '=', server.id).execute();
  const rows = new Map<string, McpCapabilityTable>();
  for (const [key, { definition }] of Object.entries(definitions)) {
    const [type = ''] = key.split(':', 1);
    const name = definition['name'] ?? definition['uri'];
    if (!['tool', 'resource', 'prompt'].includes(type) || typeof name !== 'string') continue;
    const description = definition['description'];
    const schema = definition['inputSchema'] ?? definition['arguments'] ?? {};
    rows.set(`${type}:${withoutNul(name)}`, {
      id: randomUUID(),
      organizationId: server.organizationId,
      mcpServerId: server.id,
      name: withoutNul(name),
      type,
      description: typeof description === 'string' ? withoutNul(description) : '',
      schema: JSON.stringify(schema),
      detectedAt: now,
      lastVerifiedAt: now,
      isActive: 1,
    });
  }
  await statements.insert('mcpCapabilities', [...rows.values()]);
}

/** PostgreSQL has no text with this character in it. */
export const withoutNul = (text: string): string => text.replaceAll('\0', '\ufffd');
