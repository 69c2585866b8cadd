// A length of time on the command line, as 30s, 15m or 2h, in seconds.

import { z } from 'zod';
import { secondsOf } from '../../src/settings/duration.ts';

export const seconds = z.string().transform((text, context) => {
  const found = secondsOf(text);
  if (found !== null && found > 0) return Math.round(found);
  context.addIssue({ code: 'custom', message: 'it is no length of time, as 30s, 15m or 2h' });
  return z.NEVER;
});
