// A moment as people write it: RFC 3339, a date, or so long ago (`15m`).

import { z } from 'zod';
import { secondsOf } from '../src/settings/duration.ts';
import { type Timestamp, timestamp } from '../src/wire/scalars.ts';

export const moment = z.string().transform((text, context): Timestamp => {
  const ago = secondsOf(text);
  // A bare number could be a year, seconds or milliseconds: nobody should have to guess.
  if (ago !== null && !/^[\d.]+$/.test(text)) return timestamp.parse(new Date(Date.now() - ago * 1000).toISOString());
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return timestamp.parse(new Date(time).toISOString());
  context.addIssue({ code: 'custom', message: 'it is no moment, as 15m, 2026-11-23 or 2026-11-23T14:00:00Z' });
  return z.NEVER;
});
