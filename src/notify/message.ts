// What is told to people outside the program: words of ours, ids and times. Nothing that an agent wrote ever leaves this way.

import type { RiskLevel } from '../wire/scalars.ts';

export type Occasion = 'requested' | 'expiring' | 'escalated' | 'nudged' | 'many' | 'approved' | 'denied' | 'expired';

export type Message = {
  /** Made of what it is about: the same message twice has the same id. */
  id: string;
  occasion: Occasion | 'alert';
  title: string;
  lines: string[];
  /** What to type next. */
  command: string;
  /** A page that names the command, where the server has an address. */
  link: string | null;
  urgent: boolean;
  /** Milliseconds since 1970. */
  at: number;
};

export type Told = {
  id: string;
  occasion: Occasion;
  /** The request that it is about; null for several. */
  verificationId: string | null;
  riskLevel: RiskLevel | null;
  waitsUntil: number | null;
  /** How many wait, for `many`. */
  waiting?: number;
  publicUrl: string;
  at: number;
};

export function messageOf({ id, occasion, verificationId, riskLevel, waitsUntil, waiting, publicUrl, at }: Told): Message {
  const about = verificationId === null ? null : idWord(verificationId);
  const risk = riskLevel === null ? '' : ` (risk ${riskLevel})`;
  const until =
    waitsUntil === null ? [] : [`It waits until ${new Date(waitsUntil).toISOString().slice(11, 16)} UTC, then it is denied.`];
  return {
    id,
    occasion,
    title: `${TITLES[occasion]}${occasion === 'many' ? `: ${waiting ?? 0}` : risk}`,
    lines: ASKS.has(occasion) ? until : [],
    command: about === null ? 'aim approvals ls' : `aim approvals show ${about}`,
    link: about === null ? null : `${publicUrl}/approvals/${about}`,
    urgent: URGENT.has(occasion) || riskLevel === 'critical',
    at,
  };
}

const TITLES: Record<Occasion, string> = {
  requested: 'An agent waits for an approval',
  expiring: 'A request ends soon',
  escalated: 'A request needs more eyes',
  nudged: 'A reviewer is still missing',
  many: 'Many requests wait for an approval',
  approved: 'What your agent asked for was approved',
  denied: 'What your agent asked for was denied',
  expired: 'Nobody decided in time what your agent asked for',
};
const ASKS: ReadonlySet<Occasion> = new Set(['requested', 'expiring', 'escalated', 'nudged']);
const URGENT: ReadonlySet<Occasion> = new Set(['expiring', 'escalated', 'many']);

/** Ids are made by the server; one that looks otherwise is not passed on. */
const idWord = (text: string): string => (/^[\w-]{1,100}$/.test(text) ? text : 'ID');
