// An agent as servers of three generations send it (wire-agents §3.1).

import { z } from 'zod';
import { agentTypes } from './agent-types.ts';
import { wireObject } from './casing.ts';
import { mapped } from './mapped.ts';
import { agentId, listOf, maybeTimestamp, maybeUntrusted, members, organizationId, untrusted, wordOf } from './scalars.ts';

export const agentStatuses = ['pending', 'verified', 'suspended', 'revoked'] as const;
export const agentStatus = wordOf(agentStatuses, 'unknown');
export type AgentStatus = z.infer<typeof agentStatus>;

export { agentTypes } from './agent-types.ts';

/** 0 to 1. Some answers come on a scale of 0 to 100 (recorded/README, quirk 7). */
export const trustScore = mapped(z.number().nullish(), (score) =>
  score === null || score === undefined ? null : score > 1 ? score / 100 : score,
);

const tag = z.union([
  mapped(z.string(), (text) => ({ id: text, key: text as never, value: null as never })),
  wireObject({ id: z.string(), key: untrusted, value: maybeUntrusted, category: maybeUntrusted, color: maybeUntrusted }),
]);

const capabilityName = z.union([untrusted, mapped(wireObject({ capabilityType: untrusted }), (grant) => grant.capabilityType)]);

export const agent = wireObject({
  id: agentId,
  organizationId: mapped(organizationId.nullish(), (id) => id ?? null),
  name: untrusted,
  displayName: maybeUntrusted,
  description: maybeUntrusted,
  agentType: maybeUntrusted,
  status: agentStatus,
  version: maybeUntrusted,
  trustScore,
  capabilityViolationCount: mapped(z.number().nullish(), (count) => count ?? 0),
  isCompromised: mapped(z.boolean().nullish(), (flag) => flag ?? false),
  createdAt: maybeTimestamp,
  updatedAt: maybeTimestamp,
  verifiedAt: maybeTimestamp,
  lastActive: maybeTimestamp,
  lastHeartbeat: maybeTimestamp,
  certificateUrl: maybeUntrusted,
  repositoryUrl: maybeUntrusted,
  documentationUrl: maybeUntrusted,
  talksTo: listOf(untrusted),
  capabilities: listOf(capabilityName),
  tags: listOf(tag),
  metadata: members,
  publicKey: maybeUntrusted,
  keyAlgorithm: maybeUntrusted,
  keyCreatedAt: maybeTimestamp,
  keyExpiresAt: maybeTimestamp,
  rotationCount: mapped(z.number().nullish(), (count) => count ?? 0),
  createdBy: maybeUntrusted,
  createdByName: maybeUntrusted,
  createdByEmail: maybeUntrusted,
});
export type Agent = z.infer<typeof agent>;

export const agentList = wireObject({ agents: listOf(agent), total: z.number().nullish() });

/** The members of an agent that an operator may change (wire-agents §3.2). */
export const agentChange = z.object({
  displayName: z.string().trim().min(1).max(200).optional(),
  description: z.string().max(4000).optional(),
  agentType: z.enum(agentTypes).optional(),
  version: z.string().max(100).optional(),
  certificateUrl: z.union([z.literal(''), z.url()]).optional(),
  repositoryUrl: z.union([z.literal(''), z.url()]).optional(),
  documentationUrl: z.union([z.literal(''), z.url()]).optional(),
  talksTo: z.array(z.string().min(1)).max(1000).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type AgentChange = z.infer<typeof agentChange>;
