// What every verb that goes on has in common: where it begins, what it shows, and when it ends.

import { z } from 'zod';
import type { Option } from './action.ts';
import { moment } from './moment.ts';

export const streamOptions = {
  since: {
    summary: 'From then on: 15m, 2026-11-23, or a time in RFC 3339',
    value: 'TIME',
    schema: moment.optional(),
  },
  until: { summary: 'Up to then', value: 'TIME', schema: moment.optional() },
  cursor: { summary: 'After this position of an earlier run', value: 'POSITION', schema: z.string().min(1).optional() },
  limit: { summary: 'End after so many', value: 'N', schema: z.coerce.number().int().min(1).optional() },
  filter: { summary: 'Only what fits, as the / of the dashboard', value: 'TEXT', schema: z.string().optional() },
  follow: { summary: 'End when there is nothing more for now', schema: z.boolean().default(true) },
  exitOn: { summary: 'End after the first that fits this filter', value: 'TEXT', schema: z.string().optional() },
  link: { summary: 'Say also how the link to the server stands', schema: z.boolean().default(false) },
} as const satisfies Record<string, Option>;
