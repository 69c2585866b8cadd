// An MCP server as the registry of a control plane knows it (wire-mcp-logs-a2a §2.2).

import { z } from 'zod';
import { wireObject } from './casing.ts';
import { listOf, maybeTimestamp, maybeUntrusted, mcpServerId, timestamp, untrusted, wordOf } from './scalars.ts';

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

const severity = wordOf(['info', 'low', 'medium', 'high', 'critical'], 'medium');
const many = z
  .number()
  .nullish()
  .transform((count) => count ?? 0);

/** What a server was seen to offer (feature `mcp.manifests`). `content` is an entry of the lockfile, asked for by itself. */
export const mcpManifest = wireObject({
  id: z.string(),
  mcpServerId,
  manifestHash: z.string(),
  fullHash: z.string(),
  status: wordOf(['baseline', 'pending', 'denied', 'former'], 'pending'),
  reportedBy: untrusted,
  firstSeenAt: timestamp,
  lastSeenAt: timestamp,
  timesSeen: many,
  serverName: maybeUntrusted,
  serverVersion: maybeUntrusted,
  definitionsTotal: many,
  content: z.unknown().optional(),
});
export type McpManifest = z.infer<typeof mcpManifest>;
export const mcpManifestList = wireObject({ manifests: listOf(mcpManifest) });

export const mcpChange = z.object({
  subject: untrusted,
  kind: wordOf(['added', 'removed', 'changed'], 'changed'),
  member: maybeUntrusted,
  severity,
  why: untrusted,
  before: maybeUntrusted,
  after: maybeUntrusted,
});
export type McpChange = z.infer<typeof mcpChange>;

/** How a server differs from its baseline. `changes` are there where one drift or one server was asked for. */
export const mcpDrift = wireObject({
  id: z.string(),
  mcpServerId,
  mcpServerName: maybeUntrusted,
  severity,
  status: wordOf(['open', 'acknowledged', 'approved', 'denied', 'superseded'], 'open'),
  addedTools: listOf(untrusted),
  removedTools: listOf(untrusted),
  changedTools: listOf(untrusted),
  changesTotal: many,
  fromManifestId: z.string(),
  toManifestId: z.string(),
  detectedAt: timestamp,
  lastSeenAt: timestamp,
  timesSeen: many,
  decidedBy: maybeUntrusted,
  decidedAt: maybeTimestamp,
  reason: maybeUntrusted,
  changes: listOf(mcpChange).optional(),
});
export type McpDrift = z.infer<typeof mcpDrift>;
export const mcpDriftList = wireObject({ drifts: listOf(mcpDrift), total: z.number() }).transform(({ drifts, total }) => ({
  items: drifts,
  total,
}));

/** What recording a manifest was answered with. */
export const mcpRecorded = wireObject({
  state: wordOf(['baseline', 'same', 'drifted'], 'same'),
  manifest: mcpManifest,
  drift: mcpDrift.nullable(),
});
export type McpRecorded = z.infer<typeof mcpRecorded>;

/** An attestation, with what is needed to check its signature without trusting the server that hands it out. */
export const mcpAttestation = wireObject({
  id: z.string(),
  agentId: z.string().nullish(),
  agentName: maybeUntrusted,
  agentOwnerId: z.string().nullish(),
  attestationType: wordOf(['sdk', 'manual'], 'sdk'),
  isValid: z.boolean().nullish(),
  verifiedAt: maybeTimestamp,
  expiresAt: maybeTimestamp,
  capabilitiesConfirmed: listOf(untrusted),
  signatureVerified: z.boolean().nullish(),
  attestation: z.record(z.string(), z.unknown()).nullish(),
  signature: z.string().nullish(),
  publicKeys: listOf(z.string()).optional(),
});
export type McpAttestation = z.infer<typeof mcpAttestation>;
export const mcpAttestationList = wireObject({ attestations: listOf(mcpAttestation) });

export const mcpConsensus = wireObject({
  uniqueAgents: many,
  requiredAgents: many,
  uniqueOwners: many,
  requiredOwners: many,
  confidenceScore: many,
  requiredConfidence: many,
  attestationsAgree: z.boolean(),
  consensusReached: z.boolean(),
  progressPercent: many,
  missingCriteria: listOf(untrusted),
});
export type McpConsensus = z.infer<typeof mcpConsensus>;

/** Agents that talk to a server. */
export const mcpUser = wireObject({ id: z.string(), name: untrusted, status: maybeUntrusted });
export type McpUser = z.infer<typeof mcpUser>;
export const mcpUserList = wireObject({ agents: listOf(mcpUser) });
