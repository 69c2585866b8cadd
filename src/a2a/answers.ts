// What the A2A routes answer, in one spelling.

import { z } from 'zod';
import { camelMembers } from '../wire/member-names.ts';

export const answer = z.preprocess(camelMembers, z.looseObject({}));
export const verifiedAnswer = z.object({
  valid: z.boolean(),
  agentId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
  agentName: z
    .string()
    .nullish()
    .transform((name) => name ?? null),
  trustScore: z
    .number()
    .nullish()
    .transform((score) => score ?? null),
});

export const anything = z.unknown();
