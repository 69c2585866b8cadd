// Lets a standing rule answer what would wait for a person. It names itself in what it decides, and whoever made it must still be allowed to.

import { role as roleWord } from '../../wire/session.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { StandingRuleTable, VerificationTable } from '../database/tables/verifications.ts';
import { type ApprovalSettings, requirementFor } from '../rules/approval-policy.ts';
import type { Decision } from '../rules/decide.ts';
import { mayReview } from '../rules/may-review.ts';
import type { Requirement } from '../rules/quorum.ts';
import { type Asking, fits, whyNotStanding } from '../rules/standing.ts';
import { countReviewers, reviewersOf } from './reviews.ts';

export type Ruled = { decision: Decision; by: Partial<VerificationTable> };

/** What a rule decides in the place of waiting, or null. A denial goes before an approval. */
export async function byStandingRule(
  change: Change,
  agent: AgentTable,
  asking: Asking,
  approvals: ApprovalSettings,
  decision: Decision,
): Promise<Ruled | null> {
  if (decision.status !== 'pending') return null;
  const { queries, now } = change;
  const rules = await queries
    .selectFrom('standingRules')
    .selectAll()
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', now)
    .execute();
  if (rules.length === 0) return null;
  const about = { capability: asking.capability, riskLevel: asking.riskLevel, agentId: agent.id, agentName: agent.name };
  const requirement = requirementFor(approvals, about);
  const fitting = rules.filter((rule) => fits(rule, asking)).sort((one, other) => other.decision.localeCompare(one.decision));
  for (const rule of fitting) {
    if (rule.decision === 'approve' && whyNotStanding(asking, requirement) !== null) continue;
    if (!(await stillMay(change, rule, agent, requirement))) continue;
    await queries
      .updateTable('standingRules')
      .set((eb) => ({ used: eb('used', '+', 1), lastUsedAt: now }))
      .where('id', '=', rule.id)
      .execute();
    return ruledBy(rule, decision);
  }
  return null;
}

async function stillMay(
  { queries }: Change,
  rule: StandingRuleTable,
  agent: AgentTable,
  requirement: Requirement,
): Promise<boolean> {
  const person = await queries
    .selectFrom('users')
    .select(['id', 'role', 'groups'])
    .where('id', '=', rule.createdBy)
    .where('organizationId', '=', rule.organizationId)
    .where('status', '=', 'active')
    .executeTakeFirst();
  if (person === undefined) return false;
  const reviewer = { id: person.id, role: roleWord.parse(person.role), groups: JSON.parse(person.groups) as string[] };
  const reviewers = countReviewers(await reviewersOf(queries, rule.organizationId), requirement);
  return mayReview(reviewer, { ownerId: agent.createdBy, reviews: [], requirement, reviewers }).allowed;
}

function ruledBy(rule: StandingRuleTable, waiting: Decision): Ruled {
  const name = `rule ${rule.name} of ${rule.createdByName}`;
  const status = rule.decision === 'approve' ? 'approved' : 'denied';
  const reason = status === 'denied' ? (rule.reason ?? `Denied by the ${name}`) : null;
  return {
    decision: { ...waiting, status, rule: `${BY_RULE}${rule.name}`, reason },
    by: { decidedBy: rule.createdBy, decidedByName: name },
  };
}

const BY_RULE = 'standing-rule:';

/** The name of the standing rule in the word for what decided, or null. */
export const ruleOf = (rule: string): string | null => (rule.startsWith(BY_RULE) ? rule.slice(BY_RULE.length) : null);
