// An MCP server as the registry of a control plane knows it (wire-mcp-logs-a2a §2.2).

import { z } from 'zod';
import { wireObject } from './casing.ts';
import { listOf, maybeTimestamp, maybeUntrusted, mcpServerId, untrusted, wordOf } from './scalars.ts';

const percentOrShare = z
  .number()
  .nullish()
  .transform((score) => (score === null || score === undefined ? null : score > 1 ? score / 100 : score));

export const mcpServer = wireObject({
  id: mcpServerId,
  name: untrusted,
  description: maybeUntrusted,
  url: maybeUntrusted,
  version: maybeUntrusted,
  status: wordOf(['pending', 'verified', 'suspended', 'revoked'], 'unknown'),
  isVerified: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? false),
  capabilities: listOf(untrusted),
  trustScore: percentOrShare,
  confidenceScore: percentOrShare,
  attestationCount: z
    .number()
    .nullish()
    .transform((count) => count ?? 0),
  lastAttestedAt: maybeTimestamp,
  createdAt: maybeTimestamp,
  updatedAt: maybeTimestamp,
  registeredByAgent: maybeUntrusted,
});
export type McpServer = z.infer<typeof mcpServer>;

/** `mcpServers`, `mcp_servers` or `servers`, by the server's age (§9, 3). */
export const mcpServerList = wireObject({
  mcpServers: listOf(mcpServer).optional(),
  servers: listOf(mcpServer).optional(),
  total: z.number().nullish(),
}).transform(({ mcpServers, servers, total }) => {
  const items = mcpServers ?? servers ?? [];
  return { items, total: total ?? items.length };
});

export const mcpCapability = wireObject({
  id: z.string().nullish(),
  name: untrusted,
  type: wordOf(['tool', 'resource', 'prompt'], 'tool'),
  description: maybeUntrusted,
  schema: z.unknown().optional(),
});
export type McpCapability = z.infer<typeof mcpCapability>;
export const mcpCapabilityList = wireObject({ capabilities: listOf(mcpCapability), total: z.number().nullish() });
