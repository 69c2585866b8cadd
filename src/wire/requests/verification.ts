// What agents send to be allowed something, and what they report afterwards (wire-agents §4).

import { z } from 'zod';
import { wireObject } from '../casing.ts';
import { capabilityType } from './agents.ts';

/** `context` is checked for its shape only: its numbers stay as they were written (see `parseExact`). */
export const actionRequest = wireObject({
  agentId: z.string().min(1, 'must not be empty').max(100),
  capability: z.string().min(1).max(200).optional(),
  actionType: z.string().min(1).max(200).optional(),
  resource: z.string().max(4000).nullish(),
  context: z
    .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'must be an object')
    .nullish(),
  timestamp: z.string().min(1).max(64),
  signature: z.string().min(1).max(200),
  publicKey: z.string().min(1).max(100),
  riskLevel: z.enum(['low', 'medium', 'high', 'critical']).nullish().catch(null),
  nonce: z.undefined({ error: 'belongs into a signed statement' }).optional(),
  delegationDigests: z.undefined({ error: 'belongs into a signed statement' }).optional(),
});

export const signedStatement = z.strictObject({
  signedBytes: z.string().min(1).max(120_000),
  signature: z.string().min(1).max(200),
  publicKey: z.string().min(1).max(100),
});

export const statementPayload = z.looseObject({
  action_type: z.string().min(1).max(200),
  agent_id: z.string().length(36),
  resource: z.string().max(4000).nullable(),
  timestamp: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/, 'must be RFC 3339 with Z'),
  nonce: z.string(),
  context: z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)).optional(),
  delegation_digests: z.array(z.string()).optional(),
  risk_level: z.enum(['low', 'medium', 'high', 'critical']).nullish().catch(null),
});

export const resultReport = wireObject({
  result: z.string().max(100).nullish(),
  success: z.boolean().nullish(),
  resultSummary: z.string().nullish(),
  errorMessage: z.string().nullish(),
  reason: z.string().nullish(),
  timestamp: z.string().nullish(),
});

export const executionReport = wireObject({
  executed: z.boolean(),
  strictMode: z.boolean().nullish(),
  executedAt: z.string().nullish(),
  executionError: z.string().nullish(),
});

export const capabilityCheck = wireObject({
  capability: capabilityType.optional(),
  actionType: capabilityType.optional(),
  resource: z.string().max(4000).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  riskLevel: z.string().max(50).nullish(),
});

const narrowing = wireObject({
  resource: z.string().max(4000).nullish(),
  durationSeconds: z.number().int().min(1).nullish(),
  uses: z.number().int().min(1).nullish(),
  startsAt: z.iso.datetime({ offset: true }).nullish(),
});

const decision = {
  actionHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits')
    .nullish(),
  narrow: narrowing.nullish(),
  matchingCode: z.string().max(20).nullish(),
  /** The resource once more, as the reviewer typed it. */
  confirmResource: z.string().max(4000).nullish(),
  receipt: z.unknown().optional(),
  interactive: z.boolean().nullish(),
};
export const approval = z.preprocess(
  (body) => body ?? {},
  wireObject({ reason: z.string().trim().max(4000).nullish(), ...decision }),
);
export const denial = z.preprocess(
  (body) => body ?? {},
  wireObject({ reason: z.string({ error: 'is required' }).trim().min(1, 'is required').max(4000), ...decision }),
);
export type DecisionRequest = z.output<typeof approval>;

export const approvalQuery = wireObject({
  page: z.coerce.number().int().min(1).catch(1),
  pageSize: z.coerce.number().int().min(1).max(100).catch(10),
  status: z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled', 'all']).catch('pending'),
  risk: z.enum(['low', 'medium', 'high', 'critical', 'all']).catch('all'),
  search: z.string().max(200).optional(),
  searchField: z.string().max(50).optional(),
  agentId: z.string().max(100).optional(),
  cursor: z.string().max(300).optional(),
});
/** A rule that decides in a reviewer's place. Its name is shown wherever it decides; it always ends. */
export const newStandingRule = wireObject({
  name: z.string().regex(/^[\w][\w .-]{0,59}$/, 'has at most 60 letters, digits, blanks, dots, _ and -'),
  agentId: z.string().min(1).max(100),
  capability: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !text.includes('*'), 'names one action; a pattern would be many that nobody reads'),
  resource: z.string().min(1).max(4000).nullish(),
  decision: z.enum(['approve', 'deny']),
  reason: z.string().trim().max(4000).nullish(),
  forSeconds: z
    .number()
    .int()
    .min(60)
    .max(90 * 24 * 3600, 'is 90 days at the most')
    .default(7 * 24 * 3600),
  dryRun: z.boolean().nullish(),
  /** The reviewer's signature over the rule. */
  receipt: z.unknown().optional(),
});

/** `on-call` asks who is; null gives it back to everybody. */
export const assignment = wireObject({ to: z.string().trim().min(1).max(320).nullable() });
export const newComment = wireObject({ text: z.string().trim().min(1).max(4000) });
export const pollQuery = wireObject({ wait: z.coerce.number().min(0).max(60).optional().catch(undefined) });
