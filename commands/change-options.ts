// Options of verbs that change something: why, and how to make sure that it happens once and to what was seen.

import { z } from 'zod';
import type { Option } from './action.ts';

/** What every control plane takes. */
const LONGEST_REASON = 4000;

export const reasonOption = {
  summary: 'Why; - reads it from standard input, @FILE from a file',
  value: 'TEXT',
  schema: z.string().trim().min(1, 'it is empty').max(LONGEST_REASON, 'it is longer than 4,000 characters').optional(),
  readable: true,
  env: 'AIM_REASON',
} as const satisfies Option;

export const idempotencyKeyOption = {
  summary: 'Sent with the change; a second one with the same key changes nothing',
  value: 'KEY',
  schema: z.string().min(8, 'it is shorter than 8 characters').max(200).optional(),
} as const satisfies Option;

export const changeOptions = { reason: reasonOption, idempotencyKey: idempotencyKeyOption } as const;
