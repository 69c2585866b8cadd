// May this agent do this, now? The order of wire-agents §4.5, over plain data.

import type { RiskLevel } from '../../wire/scalars.ts';
import { type Granted, grantFor } from './capability-match.ts';
import type { PolicyFinding } from './policies.ts';

export type Question = {
  agent: { status: string; isCompromised: boolean };
  mode: 'strict' | 'monitoring';
  capability: string;
  resource: string | null;
  riskLevel: RiskLevel;
  granted: readonly Granted[];
  /** A live permission from an earlier approval fits. */
  hasGrant: boolean;
  /** What the policies found, strictest first. */
  findings: readonly PolicyFinding[];
  /** `context.requires_approval`, `context.jit_access`. */
  requiresApproval: boolean;
  jitAccess: boolean;
};

export type Decision = {
  status: 'approved' | 'denied' | 'pending';
  /** The rule that decided, as a stable word. */
  rule: string;
  reason: string | null;
  /** It went beyond what was granted, whether it was stopped or only watched. */
  isViolation: boolean;
  policyId: string | null;
};

export function decide(question: Question): Decision {
  const { agent, mode, requiresApproval, jitAccess } = question;
  if (agent.status === 'suspended' || agent.status === 'revoked') {
    return deny('agent-status', `Agent status is ${agent.status}, cannot perform actions`);
  }
  // Nobody approves for an agent whose key may be in other hands.
  if (agent.isCompromised) return deny('compromised', 'Agent is marked as compromised');
  if (question.hasGrant) return { ...ALLOWED, rule: 'grant' };

  const refusal = refusalOf(question);
  if (requiresApproval) return wait('requires-approval', refusal);
  if (refusal === null) return ALLOWED;
  if (refusal.status === 'pending' || refusal.status === 'approved') return refusal;
  if (!jitAccess) return refusal;
  return mode === 'strict' ? wait('jit-access', refusal) : { ...ALLOWED, rule: 'monitoring', isViolation: refusal.isViolation };
}

const ALLOWED: Decision = { status: 'approved', rule: 'granted', reason: null, isViolation: false, policyId: null };

function refusalOf({ agent, mode, capability, resource, granted, findings }: Question): Decision | null {
  if (mode === 'strict' && agent.status !== 'verified')
    return deny('agent-not-verified', 'Agent not verified - all actions denied');
  const grant = grantFor(granted, capability, resource);
  if (grant?.isHoneytoken) return { ...deny('honeytoken', 'This capability is not to be used'), isViolation: true };
  const blocking = findings.find(({ blocks }) => blocks);
  if (blocking !== undefined)
    return { ...deny(blocking.policyType, blocking.reason), policyId: blocking.policyId, isViolation: grant === null };
  if (grant === null) {
    if (mode === 'strict')
      return { ...deny('not-granted', `Capability ${capability} is not granted to this agent`), isViolation: true };
    return { ...ALLOWED, rule: 'monitoring', isViolation: true };
  }
  return grant.executionMode === 'review' ? wait('review-mode', null) : null;
}

const deny = (rule: string, reason: string): Decision => ({
  status: 'denied',
  rule,
  reason,
  isViolation: false,
  policyId: null,
});

const wait = (rule: string, refusal: Decision | null): Decision => ({
  status: 'pending',
  rule,
  reason: refusal?.reason ?? null,
  // Asking first is no violation.
  isViolation: false,
  policyId: refusal?.policyId ?? null,
});
