// What the verbs about agents print.

import { z } from 'zod';
import type { AgentCard } from '../../src/a2a/read-agent-card.ts';
import { type Agent, agentStatuses } from '../../src/wire/agent.ts';
import {
  count,
  flag,
  listOf,
  maybeNumber,
  maybeText,
  maybeTime,
  members,
  oneOf,
  row,
  shapeOf,
  share,
  text,
  texts,
  time,
} from './shape.ts';

const tag = z.object({
  id: text,
  key: text,
  value: maybeText,
  category: maybeText.optional(),
  color: maybeText.optional(),
});

export const agent = shapeOf<Agent>()(
  z.object({
    id: text,
    organizationId: maybeText,
    name: text,
    displayName: maybeText,
    description: maybeText,
    agentType: maybeText,
    status: oneOf(...agentStatuses, 'unknown'),
    version: maybeText,
    trustScore: share,
    capabilityViolationCount: z.number(),
    isCompromised: flag,
    createdAt: maybeTime,
    updatedAt: maybeTime,
    verifiedAt: maybeTime,
    lastActive: maybeTime,
    lastHeartbeat: maybeTime,
    certificateUrl: maybeText,
    repositoryUrl: maybeText,
    documentationUrl: maybeText,
    talksTo: texts,
    capabilities: texts,
    tags: z.array(tag),
    metadata: members,
    publicKey: maybeText,
    keyAlgorithm: maybeText,
    keyCreatedAt: maybeTime,
    keyExpiresAt: maybeTime,
    rotationCount: z.number(),
    createdBy: maybeText,
    createdByName: maybeText,
    createdByEmail: maybeText,
  }),
);

const heldCapability = row({
  id: text,
  agentId: text,
  capabilityType: text,
  capabilityScope: members.nullable(),
  executionMode: text,
  isHoneytoken: flag,
  grantedBy: maybeText,
  grantedAt: maybeTime,
  expiresAt: maybeTime,
  revokedAt: maybeTime,
  createdAt: maybeTime,
  updatedAt: maybeTime,
});

const parts = z.record(z.string(), z.number());

const card = shapeOf<AgentCard>()(
  z.looseObject({
    name: text,
    description: text,
    supportedInterfaces: z.array(z.looseObject({ url: text, protocolBinding: text, protocolVersion: text })),
    version: text,
    capabilities: z.looseObject({ extensions: z.array(z.looseObject({ uri: text })).optional() }),
    defaultInputModes: texts,
    defaultOutputModes: texts,
    skills: z.array(z.looseObject({ id: text })),
    signatures: z.array(z.looseObject({})).optional(),
  }),
);

export const agentOutputs = {
  'agents.ls': listOf(agent),
  'agents.show': agent,
  'agents.create': agent.extend({ privateKey: text.optional() }),
  'agents.edit': agent,
  'agents.suspend': agent,
  'agents.reactivate': agent,
  'agents.verify': agent,
  'agents.revoke': agent,
  'agents.delete': z.object({ id: text, name: text, deleted: z.literal(true) }),
  'agents.rotate-key': row({
    success: flag,
    message: text,
    agentId: text,
    publicKey: text,
    previousPublicKey: maybeText,
    privateKey: text.describe('Shown only now; absent where the pair was made elsewhere'),
    warning: text,
    keyCreatedAt: maybeTime,
    keyExpiresAt: maybeTime,
    keyRotationGraceUntil: maybeTime,
    rotationCount: count,
  }),
  'agents.capabilities.ls': listOf(heldCapability),
  'agents.capabilities.grant': heldCapability,
  'agents.capabilities.edit': heldCapability,
  'agents.capabilities.revoke': row({ success: flag, message: text }),
  'agents.trust': row({
    agentId: text,
    agentName: text,
    overall: z.number(),
    trustScore: z.number(),
    factors: parts,
    weights: parts,
    contributions: parts,
    confidence: z.number(),
    calculatedAt: time,
  }),
  'agents.history': listOf(
    row({
      id: text,
      action: text,
      resourceType: maybeText,
      resourceId: maybeText,
      timestamp: time,
      ipAddress: maybeText,
      userAgent: maybeText,
      metadata: members,
      agentName: maybeText,
    }),
  ),
  'a2a.card': card,
  'a2a.discover': card,
  'a2a.verify': z.object({ valid: z.literal(true), name: text, verified: texts, isKeyKnown: flag }),
  'a2a.trust': row({ a2aTrustScore: maybeNumber, peerTrustAverage: maybeNumber, uniquePeersCount: count }),
};
