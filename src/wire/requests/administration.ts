// What administrators send: people, policies, approval rules, webhooks (wire-agents §8.4, feature `approvals.quorum`).

import { z } from 'zod';
import { strictWireObject, wireObject } from '../casing.ts';
import { emailAddress } from '../email.ts';
import { roles } from '../session.ts';

const roleWord = z.enum(roles);
const groups = z.array(z.string().trim().min(1).max(100)).max(50);

export const newUser = wireObject({
  email: emailAddress,
  name: z.string().trim().max(200).nullish(),
  role: roleWord.default('viewer'),
  password: z.string().min(8, 'must have at least 8 characters').max(1024).nullish(),
  groups: groups.nullish(),
});
export const roleChange = wireObject({ role: roleWord });
export const groupChange = wireObject({ groups });

export const policyTypes = [
  'capability_violation', 'trust_score_low', 'unusual_activity', 'unauthorized_access', 'data_exfiltration', 'config_drift',
  'mcp_allowlist', 'mcp_blocklist', 'mcp_capabilities', 'mcp_unverified',
] as const; // biome-ignore format: one table

const policyMembers = {
  description: z.string().max(4000).nullish(),
  rules: z.record(z.string(), z.unknown()).nullish(),
  isEnabled: z.boolean().nullish(),
};
export const newPolicy = wireObject({
  name: z.string().trim().min(1).max(200),
  policyType: z.enum(policyTypes),
  enforcementAction: z.enum(['alert_only', 'block_and_alert', 'allow']),
  severityThreshold: z.enum(['info', 'low', 'warning', 'medium', 'high', 'critical']).default('low'),
  appliesTo: z.string().trim().min(1).max(1000).default('all'),
  priority: z.number().int().min(0).max(100_000).default(100),
  ...policyMembers,
});
export const policyChange = wireObject({
  name: z.string().trim().min(1).max(200).optional(),
  policyType: z.enum(policyTypes).optional(),
  enforcementAction: z.enum(['alert_only', 'block_and_alert', 'allow']).optional(),
  severityThreshold: z.enum(['info', 'low', 'warning', 'medium', 'high', 'critical']).optional(),
  appliesTo: z.string().trim().min(1).max(1000).optional(),
  priority: z.number().int().min(0).max(100_000).optional(),
  ...policyMembers,
});
export const toggle = wireObject({ isEnabled: z.boolean() });

const approvalMembers = {
  approvalsNeeded: z.number().int().min(1).max(20).optional(),
  denialsNeeded: z.number().int().min(1).max(20).optional(),
  groups: groups.optional(),
  ownerMayReview: z.enum(['yes', 'no', 'single']).optional(),
  steps: z
    .array(z.enum(['matching-code', 'type-resource', 'fresh-sign-in', 'second-approver', 'interactive', 'reason']))
    .max(6)
    .optional(),
  /** How recent the sign-in must be for `fresh-sign-in`. */
  freshSignInSeconds: z.number().int().min(30).max(86_400).optional(),
  waitSeconds: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 3600)
    .optional(),
  maxDurationSeconds: z
    .number()
    .int()
    .min(1)
    .max(30 * 24 * 3600)
    .optional(),
  maxUses: z.number().int().min(1).max(1_000_000).nullable().optional(),
  /** How many requests of one agent may wait at once; the next ones are denied. */
  waitingPerAgent: z.number().int().min(1).max(1000).optional(),
  /** What whoever asks must say in the context, or nobody is asked; and in which words that is asked for. */
  requesterGives: z
    .array(z.enum(['reason', 'ticket']))
    .max(2)
    .optional(),
  requesterPrompt: z.string().trim().min(1).max(300).nullable().optional(),
};
export const approvalSettings = strictWireObject({
  ...approvalMembers,
  rules: z
    .array(
      strictWireObject({
        name: z.string().trim().min(1).max(200),
        capability: z.string().trim().min(1).max(200).optional(),
        risk: z.array(z.enum(['low', 'medium', 'high', 'critical'])).optional(),
        agent: z.string().max(200).optional(),
        ...approvalMembers,
      }),
    )
    .max(200)
    .optional(),
});

export const newWebhook = wireObject({
  name: z.string().trim().min(1).max(200),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  events: z.array(z.string().max(100)).max(50).nullish(),
  secret: z.string().min(16, 'must have at least 16 characters').max(200).nullish(),
  isActive: z.boolean().nullish(),
});
export const webhookChange = wireObject({
  name: z.string().trim().min(1).max(200).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  events: z.array(z.string().max(100)).max(50).optional(),
  isActive: z.boolean().optional(),
});
export const reviewKey = wireObject({ publicKey: z.string().max(100) });
