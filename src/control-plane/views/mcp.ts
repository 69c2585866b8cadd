// An MCP server as the API answers it.

import type { Queries } from '../database/open.ts';
import type { McpServerTable } from '../database/tables/mcp.ts';
import { tagView } from './agent.ts';
import { timeView } from './time.ts';

export async function mcpViews(queries: Queries, rows: readonly McpServerTable[]) {
  if (rows.length === 0) return [];
  const capabilities = await queries
    .selectFrom('mcpCapabilities')
    .select(['mcpServerId', 'name'])
    .where(
      'mcpServerId',
      'in',
      rows.map(({ id }) => id),
    )
    .where('isActive', '=', 1)
    .orderBy('name')
    .execute();
  const tags = await queries
    .selectFrom('mcpServerTags')
    .innerJoin('tags', 'tags.id', 'mcpServerTags.tagId')
    .selectAll('tags')
    .select('mcpServerTags.mcpServerId')
    .where(
      'mcpServerTags.mcpServerId',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('tags.key')
    .execute();
  const tagsOf = Map.groupBy(tags, ({ mcpServerId }) => mcpServerId);
  const of = Map.groupBy(capabilities, ({ mcpServerId }) => mcpServerId);
  return rows.map((row) => ({
    ...row,
    isVerified: row.status === 'verified',
    capabilities: (of.get(row.id) ?? []).map(({ name }) => name),
    capabilitiesCount: of.get(row.id)?.length ?? 0,
    lastAttestedAt: timeView(row.lastAttestedAt),
    lastVerifiedAt: timeView(row.lastVerifiedAt),
    createdAt: timeView(row.createdAt),
    updatedAt: timeView(row.updatedAt),
    tags: (tagsOf.get(row.id) ?? []).map(tagView),
  }));
}
