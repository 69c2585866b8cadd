// What agents send about each other (wire-mcp-logs-a2a §6.1).

import { z } from 'zod';
import { wireObject } from '../casing.ts';

const id = z.string().trim().min(1).max(200);
// aim-sdk sends empty text for what it leaves out.
const optionalText = (longest: number) =>
  z
    .string()
    .max(longest)
    .nullish()
    .transform((text) => text || null);
const words = (longest: number, most: number) => z.array(z.string().min(1).max(longest)).max(most);
const schema = z.record(z.string(), z.unknown()).nullish();
const page = { limit: z.coerce.number().int().min(1).max(500).catch(100), offset: z.coerce.number().int().min(0).catch(0) };
const fraction = z.coerce.number().min(0).max(1);

export const cardRegistration = wireObject({
  agentId: id.optional(),
  cardUrl: z.string().max(2000).nullish(),
  cardData: z.union([z.string().max(1_000_000), z.record(z.string(), z.unknown())]).nullish(),
});
export const cardChange = wireObject({
  name: z.string().trim().min(1).max(200).optional(),
  description: z.string().max(4000).optional(),
  version: z.string().min(1).max(100).optional(),
  skills: z
    .array(z.looseObject({ id: z.string().min(1).max(200) }))
    .max(500)
    .optional(),
});
export const pageQuery = wireObject(page);

export const signRequest = wireObject({
  agentId: id.optional(),
  method: z.string().min(1).max(20),
  path: z.string().min(1).max(4000),
  body: z.string().max(900_000).nullish(),
});
export const verifyRequest = wireObject({
  agentId: z.string().max(200),
  timestamp: z.number().int(),
  nonce: z.string().max(200),
  signature: z.string().max(200),
  requestHash: z.string().max(200),
});

export const newSkill = wireObject({
  agentId: id,
  name: z.string().trim().min(1).max(200),
  description: z.string().max(4000).default(''),
  inputSchema: schema,
  outputSchema: schema,
  tags: words(100, 50).nullish(),
});
export const skillSearch = wireObject({ ...page, q: z.string().max(500).default('') });
export const discovery = wireObject({
  ...page,
  limit: z.coerce.number().int().min(1).max(100).catch(10),
  intent: z.string().max(1000).optional(),
  skill: z.string().max(200).optional(),
  skillIds: z
    .union([
      words(200, 50),
      z
        .string()
        .max(2000)
        .transform((text) => text.split(',')),
    ])
    .optional(),
  minTrustScore: fraction.catch(0),
});

export const attestationTypes = ['SKILL_VERIFICATION', 'QUALITY', 'SECURITY'] as const;
export const newAttestation = wireObject({
  attestingAgentId: id,
  attestedAgentId: id,
  skillId: id,
  attestationType: z.enum(attestationTypes).default('SKILL_VERIFICATION'),
  confidence: z.number().min(0).max(1).default(1),
  evidence: z.record(z.string(), z.unknown()).nullish(),
});
export const attestationQuery = wireObject({ skillId: id.optional() });
export const withReason = wireObject({ reason: optionalText(1000) });

export const interaction = wireObject({
  agentId: id.optional(),
  success: z.boolean(),
  taskType: optionalText(200),
  durationMs: z.number().min(0).max(1e9).nullish(),
  errorReason: optionalText(1000),
});

export const taskStates = ['SUBMITTED', 'WORKING', 'INPUT_NEEDED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export const newTask = wireObject({
  externalTaskId: id,
  clientAgentId: id,
  remoteAgentId: id,
  skillId: optionalText(200),
  contextId: optionalText(200),
});
export const taskState = wireObject({
  state: z.enum(taskStates),
  errorCode: optionalText(200),
  errorMessage: optionalText(2000),
});
export const taskQuery = wireObject({ ...page, agentId: id.optional() });

export const newConsent = wireObject({
  userId: id,
  grantorAgentId: id,
  recipientAgentId: id,
  scope: words(200, 100).min(1),
  purpose: z.string().trim().min(1).max(2000),
  dataTypes: words(200, 100).nullish(),
  expiresInHours: z.number().positive().max(100_000).nullish(),
  consentMethod: z.preprocess(
    // The newest TypeScript SDK has a word of its own for it.
    (word) => (word === 'explicit_consent' ? 'explicit_click' : word),
    z.enum(['explicit_click', 'api', 'delegated', 'inherited']).default('api'),
  ),
});
export const consentCheck = wireObject({
  userId: id,
  grantorAgentId: id,
  recipientAgentId: id,
  scope: z.string().max(200).optional(),
});
export const consentQuery = wireObject({ ...page, includeRevoked: z.stringbool().catch(false) });

export const securityCheck = wireObject({
  requestingAgentId: id,
  targetAgentId: id,
  skillId: optionalText(200),
  requestSignature: optionalText(200),
  requestNonce: optionalText(200),
});
export const securitySettings = wireObject({
  enforcementMode: z.enum(['monitor', 'strict']).optional(),
  requireSigning: z.boolean().optional(),
  requireSignedRequests: z.boolean().optional(),
  requireVerifiedSkills: z.boolean().optional(),
  minTrustScore: z.number().min(0).max(1).optional(),
  allowedAgents: words(200, 10_000).optional(),
  allowedAgentIds: words(200, 10_000).optional(),
  blockedAgents: words(200, 10_000).optional(),
  blockedAgentIds: words(200, 10_000).optional(),
});
export const policyEvaluation = wireObject({
  event: z.string().trim().min(1).max(200),
  clientAgentId: id,
  remoteAgentId: id,
  skillId: optionalText(200),
  organizationId: z.string().max(200).nullish(),
});
