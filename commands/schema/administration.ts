// What the verbs print that look after the control plane.

import { z } from 'zod';
import { count, flag, listOf, maybeText, maybeTime, members, row, text, texts } from './shape.ts';

const user = row({
  id: text,
  organizationId: text,
  email: text,
  name: maybeText,
  role: text,
  status: text,
  isRegistrationRequest: flag,
  groups: texts,
  reviewKey: maybeText,
  lastLoginAt: maybeTime,
  createdAt: maybeTime,
});

/** A change of a person also says what was done. */
const changedUser = user.extend({ message: text.optional(), success: flag.optional() });

const key = row({
  id: text,
  organizationId: text,
  name: text,
  agentId: maybeText,
  agentName: maybeText,
  userId: maybeText,
  createdBy: maybeText,
  prefix: text,
  isActive: flag,
  expiresAt: maybeTime,
  lastUsedAt: maybeTime,
  createdAt: maybeTime,
});

const registration = row({
  id: text,
  email: text,
  firstName: maybeText,
  lastName: maybeText,
  status: text,
  requestedAt: maybeTime,
});

const invite = row({
  id: text,
  organizationId: text,
  name: text,
  agentName: maybeText,
  status: text.describe('active, used, revoked or expired'),
  createdBy: text,
  createdAt: maybeTime,
  expiresAt: maybeTime,
  usedAt: maybeTime,
  usedByAgentId: maybeText,
  revokedAt: maybeTime,
});

const reviewKey = row({ id: text, publicKey: text, registeredAt: maybeTime, revokedAt: maybeTime, revokedBy: maybeText });

const webhook = row({
  id: text,
  organizationId: text,
  name: text,
  url: text,
  events: texts,
  isActive: flag,
  failureCount: count,
  lastDeliveryAt: maybeTime,
  lastStatus: z.number().nullable(),
  createdBy: maybeText,
  createdAt: maybeTime,
  updatedAt: maybeTime,
});

const policy = row({
  id: text,
  organizationId: text,
  name: text,
  description: maybeText,
  policyType: text,
  enforcementAction: text,
  severityThreshold: maybeText,
  rules: members,
  appliesTo: maybeText,
  isEnabled: flag,
  priority: z.number(),
  createdBy: maybeText,
  createdAt: maybeTime,
  updatedAt: maybeTime,
});

const rule = row({
  id: text,
  name: text,
  agentId: text,
  agentName: text,
  capability: text,
  resource: maybeText,
  decision: text.describe('approve or deny'),
  reason: maybeText,
  reviewer: text,
  createdAt: maybeTime,
  expiresAt: maybeTime,
  endedAt: maybeTime,
  endedBy: maybeText,
  used: z.number(),
  lastUsedAt: maybeTime,
  signed: flag.optional(),
});

const done = row({ success: flag, message: text });
const enforcement = row({
  enforcementMode: text,
  mode: text,
  description: text,
  explanation: text,
  impact: text,
  until: maybeTime.optional(),
});

export const administrationOutputs = {
  'users.ls': listOf(user),
  'users.requests': listOf(registration),
  'users.create': changedUser.extend({ password: text.optional().describe('Shown only now') }),
  'users.role': changedUser,
  'users.groups': changedUser,
  'users.activate': changedUser,
  'users.deactivate': changedUser,
  'users.delete': done,
  'users.remove-key': changedUser,
  'approvals.keys': listOf(reviewKey),
  'approvals.revoke-key': reviewKey,
  'agents.invites.ls': listOf(invite),
  'agents.invites.create': invite.extend({ token: text.optional().describe('Shown only now') }),
  'agents.invites.revoke': invite,
  'keys.ls': listOf(key),
  'keys.create': key.extend({ apiKey: text.optional().describe('Shown only now') }),
  'keys.disable': key.extend(done.shape),
  'keys.delete': done,
  'webhooks.ls': listOf(webhook),
  'webhooks.create': webhook.extend({ secret: text.optional() }),
  'webhooks.enable': webhook,
  'webhooks.disable': webhook,
  'webhooks.test': z.looseObject({}),
  'webhooks.delete': done,
  'rules.ls': listOf(rule),
  'rules.add': rule.extend({ changes: members, dryRun: flag.optional() }),
  'rules.end': rule,
  'policies.ls': listOf(policy),
  'policies.show': policy,
  'policies.create': policy,
  'policies.edit': policy,
  'policies.enable': policy,
  'policies.disable': policy,
  'policies.delete': done,
  'policies.approvals': z.looseObject({}).describe('The rules that were set; what is not there has its default'),
  'enforcement.show': enforcement,
  'enforcement.set': enforcement,
};
