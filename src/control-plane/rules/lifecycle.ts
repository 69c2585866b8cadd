// What an operator may do with an agent in each state (wire-agents §3.3). Revoked is the end.

import type { AgentStatus } from '../../wire/agent.ts';

export type LifecycleAction = 'verify' | 'suspend' | 'reactivate' | 'revoke';
export type Transition = { to: AgentStatus; changed: boolean } | { refused: string };

export function transition(from: string, action: LifecycleAction): Transition {
  const to = TABLE[from as Live]?.[action] ?? 'refuse';
  if (to !== 'refuse') return { to, changed: to !== from };
  if (from === 'revoked') return { refused: `A revoked agent cannot be ${PAST[action]}: revocation is final.` };
  if (from === 'pending') return { refused: 'A pending agent was never suspended: verify it instead.' };
  return { refused: `A ${from} agent cannot be ${PAST[action]}: reactivate it instead.` };
}

type Live = 'pending' | 'verified' | 'suspended' | 'revoked';
type Cell = Exclude<AgentStatus, 'unknown'> | 'refuse';

const TABLE: Record<Live, Record<LifecycleAction, Cell>> = {
  pending: { verify: 'verified', suspend: 'suspended', reactivate: 'refuse', revoke: 'revoked' },
  verified: { verify: 'verified', suspend: 'suspended', reactivate: 'verified', revoke: 'revoked' },
  suspended: { verify: 'refuse', suspend: 'suspended', reactivate: 'verified', revoke: 'revoked' },
  revoked: { verify: 'refuse', suspend: 'refuse', reactivate: 'refuse', revoke: 'revoked' },
};

const PAST: Record<LifecycleAction, string> = {
  verify: 'verified',
  suspend: 'suspended',
  reactivate: 'reactivated',
  revoke: 'revoked',
};
