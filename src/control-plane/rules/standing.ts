// A rule that decides in a reviewer's place: whether it fits, and what it may never stand in for.

import { liesWithin } from '../../wire/lies-within.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import type { Requirement } from './quorum.ts';

export type StandingRule = {
  capability: string;
  resource: string | null;
  decision: 'approve' | 'deny';
};
export type Asking = { capability: string; resource: string | null; riskLevel: RiskLevel };

export function fits(rule: StandingRule, { capability, resource }: Asking): boolean {
  // A pattern that is asked for is more than any rule was read for.
  if (capability.includes('*') || rule.capability !== capability) return false;
  if (rule.resource === null || resource === null) return rule.resource === resource;
  return liesWithin(resource, rule.resource) && !resource.includes('*');
}

/** Why no rule may approve this, or null: what needs more than one plain approval is looked at by people each time. */
export function whyNotStanding({ riskLevel }: Pick<Asking, 'riskLevel'>, requirement: Requirement): string | null {
  const policy = requirement.policy === null ? '' : ` (policy ${requirement.policy})`;
  if (riskLevel === 'critical') return 'What is critical is decided by a person each time.';
  if (requirement.approvalsNeeded > 1 || requirement.groups.length > 0)
    return `It needs more than one plain approval${policy}.`;
  return requirement.steps.length > 0 ? `It needs more steps than an approval${policy}.` : null;
}
