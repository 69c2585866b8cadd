// How outcomes, statuses and scores look on every screen: a glyph, a word and a tone that say the same.

import { ours, type Printable } from '../src/text/brand.ts';
import type { AgentStatus } from '../src/wire/agent.ts';
import type { Outcome } from '../src/wire/event.ts';
import type { Run } from './paint.ts';
import type { Glyphs, Theme, Tone } from './theme.ts';
import { own, words } from './words.ts';

export const outcomeTone: Record<Outcome, Tone> = {
  allowed: 'good',
  denied: 'bad',
  waiting: 'warning',
  expired: 'muted',
  failed: 'bad',
};

export function outcomeText(outcome: Outcome, glyphs: Glyphs): Printable {
  return words`${own_(glyphs[outcome])} ${own(outcome)}`;
}

export const statusTone: Record<AgentStatus, Tone> = {
  verified: 'good',
  pending: 'warning',
  suspended: 'bad',
  revoked: 'muted',
  unknown: 'muted',
};

/** 0 to 1 as `87 %`, `?` where a server has none. */
export function percent(share: number | null): Printable {
  return share === null ? ours('?') : words`${Math.round(share * 100)} %`;
}

export function trustTone(score: number | null): Tone {
  if (score === null) return 'muted';
  return score >= 0.7 ? 'good' : score >= 0.4 ? 'warning' : 'bad';
}

/** A row of bars, as high as the values; one scale for all that are compared. */
export function sparkline(values: readonly number[], highest: number, { glyphs }: Theme): Run {
  const { spark } = glyphs;
  const bars = values.map((value) => {
    if (value <= 0) return ' ';
    return spark[Math.min(spark.length - 1, Math.floor((value / Math.max(1, highest)) * (spark.length - 1)))] ?? ' ';
  });
  return { text: own_(bars.join('')) };
}

const own_ = (glyph: string): Printable => glyph as Printable;
