// A message of more than one row, in the one row there is: part after part, because what to do next stands at its end.

import { wrap } from '../../src/text/wrap.ts';
import type { Run } from '../paint.ts';
import type { Tone } from '../theme.ts';
import { words } from '../words.ts';
import type { Toast } from './shell.ts';

/** What of it is shown at a time (milliseconds, as the toast’s), or null when it has left: never before each part was shown once. */
export function partOf({ text, tone, since, until }: Toast, columns: number, now: number): { tone: Tone; runs: Run[] } | null {
  const whole = wrap(text, columns);
  const parts = whole.length === 1 ? whole : wrap(text, columns - COUNTED);
  const turn = Math.floor(Math.max(0, now - since) / EACH);
  if (now >= until && turn >= parts.length) return null;
  const at = turn % parts.length;
  const run = { text: parts[at] ?? text, tone };
  return { tone, runs: parts.length === 1 ? [run] : [run, { text: words` (${at + 1}/${parts.length})`, tone: 'muted' }] };
}

const EACH = 4000;
const COUNTED = ' (1/2)'.length;
