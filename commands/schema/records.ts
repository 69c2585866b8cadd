// What the verbs print that read records: of one agent, of security, of use; and tags and saved views.

import { z } from 'zod';
import { alertItem } from './alert-item.ts';
import { count, flag, listOf, maybeText, maybeTime, members, row, text } from './shape.ts';

const violation = row({
  id: text,
  agentId: text,
  agentName: maybeText,
  attemptedCapability: maybeText,
  resource: maybeText,
  severity: maybeText,
  isBlocked: flag,
  reason: maybeText,
  createdAt: maybeTime,
});

const auditEntry = row({
  id: text,
  timestamp: maybeTime,
  userName: maybeText,
  agentName: maybeText,
  action: text,
  resourceType: maybeText,
  resourceId: maybeText,
  metadata: members,
});

const finding = alertItem.extend({
  source: maybeText.optional(),
  targetName: maybeText.optional(),
  isBlocked: flag.optional(),
});

const tag = row({
  id: text,
  organizationId: text,
  key: text,
  value: maybeText,
  category: maybeText,
  description: maybeText,
  color: maybeText,
  createdBy: maybeText,
  createdAt: maybeTime,
});

const done = row({ success: flag, message: text });
const view = z.object({ name: text, line: text, key: maybeText });

export const recordOutputs = {
  'agents.violations': listOf(violation),
  'agents.alerts': listOf(alertItem),
  'agents.audit': listOf(auditEntry),
  'agents.mcp': listOf(row({ id: text, name: text, url: maybeText, status: maybeText })),
  'agents.trust-history': listOf(
    row({
      id: text,
      agentId: text,
      trustScore: z.number(),
      previousScore: z.number().nullable(),
      reason: maybeText,
      changedBy: maybeText,
      timestamp: maybeTime,
    }),
  ),
  'agents.keys': row({ agentId: text, publicKey: maybeText, keyCreatedAt: maybeTime, keyExpiresAt: maybeTime }),
  'agents.recalculate-trust': z.looseObject({}).describe('The score and what it is made of'),
  'agents.set-trust': row({ agentId: text, trustScore: z.number(), message: text }),
  'security.show': row({ securityScore: z.number(), securityGrade: text, securityStatus: text, agentsMonitored: count }),
  'security.threats': listOf(finding),
  'security.anomalies': listOf(finding),
  'security.violations': listOf(violation),
  'analytics.show': z.looseObject({}).describe('The counters of the organisation, as the server names them'),
  'analytics.trends': listOf(row({ date: text, avgScore: z.number(), agentCount: count, verifications: count, denied: count })),
  'analytics.usage': row({ period: text, totalAgents: count, activeAgents: count, apiCalls: count }),
  'analytics.agents': listOf(row({ agentId: text, agentName: maybeText, status: maybeText, apiCalls: count })),
  'tags.ls': listOf(tag),
  'tags.create': tag,
  'tags.edit': tag,
  'tags.delete': done,
  'tags.add': done,
  'tags.remove': done,
  'policies.edit-approvals': z.looseObject({}).describe('The rules that hold now'),
  'users.admit': z.looseObject({}).describe('What the server says of the request'),
  'users.refuse': z.looseObject({}).describe('What the server says of the request'),
  'views.ls': listOf(view),
  'views.save': view,
  'views.delete': z.object({ name: text, deleted: z.literal(true) }),
};
