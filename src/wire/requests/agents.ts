// What clients send about agents, in either casing (wire-agents §2.2, §3).

import { z } from 'zod';
import { agentStatuses, agentTypes } from '../agent.ts';
import { wireObject } from '../casing.ts';

const text = (longest: number) => z.string().max(longest);
const optionalText = (longest: number) => z.string().max(longest).nullish();
const words = z.array(z.string().min(1).max(300)).max(1000).nullish();

/** A capability's name. Older SDKs send names without a namespace; a grant may end in `:*`. */
export const capabilityType = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200)
  .regex(/^[\p{L}\p{N}_.-]+(:([\p{L}\p{N}_./-]+|\*))?$/u, 'must look like namespace:action');

export const registration = wireObject({
  name: z.string().trim().min(1, 'must not be empty').max(200),
  displayName: optionalText(200),
  description: optionalText(4000),
  agentType: z.enum([...agentTypes, 'mcp_server']).nullish(),
  version: optionalText(100),
  publicKey: optionalText(100),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  repositoryUrl: optionalText(2000),
  documentationUrl: optionalText(2000),
  certificateUrl: optionalText(2000),
  organizationDomain: optionalText(300),
  talksTo: words,
  capabilities: z.array(capabilityType).max(1000).nullish(),
  tagIds: words,
  tags: words,
  declaredPurpose: optionalText(4000),
});
export type Registration = z.output<typeof registration>;

/** Empty and absent members leave what is there, except that an empty text clears a link or a description. */
export const agentUpdate = wireObject({
  displayName: text(200).nullish(),
  description: text(4000).nullish(),
  agentType: z.enum([...agentTypes, 'mcp_server']).nullish(),
  version: text(100).nullish(),
  certificateUrl: text(2000).nullish(),
  repositoryUrl: text(2000).nullish(),
  documentationUrl: text(2000).nullish(),
  talksTo: words,
  metadata: z.record(z.string(), z.unknown()).nullish(),
  capabilities: z.array(capabilityType).max(1000).nullish(),
});

export const agentListQuery = wireObject({
  limit: z.coerce.number().int().min(1).max(1000).catch(50),
  offset: z.coerce.number().int().min(0).catch(0),
  cursor: z.string().max(300).optional(),
  status: z.enum(agentStatuses).optional().catch(undefined),
  agentType: z.string().max(100).optional(),
  search: z.string().max(200).optional(),
});

export const newKey = wireObject({ publicKey: z.string().max(100) });
const mlDsaKey = z.string().max(4000);
const mlDsaName = z.string().max(40);
/** Published SDKs write the longer names, newer servers and SDKs the shorter ones. */
export const newPostQuantumKey = wireObject({
  publicKey: mlDsaKey.nullish(),
  pqcPublicKey: mlDsaKey.nullish(),
  algorithm: mlDsaName.default('ML-DSA-65'),
  enableHybrid: z.boolean().nullish(),
  enableHybridMode: z.boolean().nullish(),
});
export const nextPostQuantumKey = wireObject({
  newPublicKey: mlDsaKey.nullish(),
  newPqcPublicKey: mlDsaKey.nullish(),
  algorithm: mlDsaName.default('ML-DSA-65'),
});
export const hybridSwitch = wireObject({ enable: z.boolean().nullish(), enabled: z.boolean().nullish() });
export const bulkStatus = wireObject({ agentIds: z.array(z.string().max(100)).max(100) });
export const tagIds = wireObject({ tagIds: z.array(z.string().min(1).max(300)).max(200) });
export const newGrant = wireObject({
  capabilityType,
  scope: z.record(z.string(), z.unknown()).nullish(),
  executionMode: z.enum(['auto', 'notify', 'review']).nullish(),
});
export const selfRegistration = wireObject({
  capabilityType,
  description: optionalText(4000),
  riskLevel: optionalText(50),
  scope: z.record(z.string(), z.unknown()).nullish(),
});
export const capabilityRequest = wireObject({
  capabilityType,
  reason: z.string().trim().min(10, 'must have at least 10 characters').max(4000),
  metadata: z.unknown().optional(),
});
export const newTag = wireObject({
  key: z.string().trim().min(1).max(100),
  value: z.string().trim().max(200).default(''),
  category: z.enum(['resource_type', 'environment', 'agent_type', 'data_classification', 'custom']).default('custom'),
  description: z.string().max(1000).default(''),
  color: z.union([z.literal(''), z.string().regex(/^#[0-9a-f]{6}$/i, 'must look like #rrggbb')]).default(''),
});
/** What is left out stays. */
export const tagChange = wireObject({
  key: z.string().trim().min(1).max(100).optional(),
  value: z.string().trim().max(200).optional(),
  category: z.enum(['resource_type', 'environment', 'agent_type', 'data_classification', 'custom']).optional(),
  description: z.string().max(1000).optional(),
  color: z.union([z.literal(''), z.string().regex(/^#[0-9a-f]{6}$/i, 'must look like #rrggbb')]).optional(),
});
export const scoreChange = wireObject({ score: z.number().min(0).max(100), reason: optionalText(1000) });
export const reasonOnly = z.preprocess((body) => body ?? {}, wireObject({ reason: optionalText(4000) }));
