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
  permission: Permission | null;
  /** What the policies found, strictest first. */
  findings: readonly PolicyFinding[];
  /** `context.requires_approval`, `context.jit_access`. */
  requiresApproval: boolean;
  jitAccess: boolean;
};

/** What a person allowed, and the policy that they overruled by it, as it then was. */
export type Permission = { policyId: string | null; givenAt: number };

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
  const { agent, capability, resource, granted, permission, requiresApproval, jitAccess } = question;
  if (agent.status === 'suspended' || agent.status === 'revoked') {
    return deny('agent-status', `Agent status is ${agent.status}, cannot perform actions`);
  }
  // Nobody approves for an agent whose key may be in other hands.
  if (agent.isCompromised) return deny('compromised', 'Agent is marked as compromised');
  const grant = grantFor(granted, capability, resource);
  // A trap closes before anything the agent says of itself: asking a person first would show it that it is one.
  if (grant?.isHoneytoken) return { ...deny('honeytoken', 'This capability is not to be used'), isViolation: true };
  const blocking = question.findings.find((finding) => finding.blocks && !isOverruled(finding, permission));
  if (permission !== null && blocking === undefined) return { ...ALLOWED, rule: 'grant' };

  const refusal = refusalOf(question, grant, blocking);
  if (requiresApproval) return wait('requires-approval', refusal);
  if (refusal === null) return ALLOWED;
  if (refusal.status !== 'denied') return refusal;
  // In monitoring too: what blocks there was set up to block, and the agent’s own word does not lift it.
  return jitAccess ? wait('jit-access', refusal) : refusal;
}

const ALLOWED: Decision = { status: 'approved', rule: 'granted', reason: null, isViolation: false, policyId: null };

// Whoever approved saw the policy that stood in the way. Another one, or the same made stricter since, nobody overruled.
function isOverruled({ policyId, changedAt }: PolicyFinding, permission: Permission | null): boolean {
  return permission !== null && permission.policyId === policyId && changedAt <= permission.givenAt;
}

function refusalOf(
  { agent, mode, capability }: Question,
  grant: Granted | null,
  blocking: PolicyFinding | undefined,
): Decision | null {
  if (mode === 'strict' && agent.status !== 'verified')
    return deny('agent-not-verified', 'Agent not verified - all actions denied');
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
