// One thing that a reviewer must know: a label of ours, a value, and whose word it is.

import type { Printable } from '../../text/brand.ts';

export type FactTone = 'normal' | 'strong' | 'muted' | 'good' | 'warning' | 'bad';

/** Whose word a fact is: the agent's signature, the server, a rule, or this machine. */
export type FactOrigin = 'signed' | 'server' | 'here';

export type Fact = {
  /** Stable, for finding what changed between two looks. */
  id: string;
  label: Printable;
  /** May have several lines; never cut. */
  value: Printable;
  tone: FactTone;
  origin: FactOrigin;
  /** It changes by itself as time passes (a countdown), which is no change of the request. */
  isLive?: boolean;
};

/** Other people's own words: shown below the facts, in a gutter, as claims. */
export type Claim = { id: string; label: Printable; text: Printable };
