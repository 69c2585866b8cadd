// What a waiting request needs before it may go on, by the organisation's settings: the first rule that fits wins.

import type { RiskLevel } from '../../wire/scalars.ts';
import { covers } from './capability-match.ts';
import type { Requirement } from './quorum.ts';
import type { RequesterRule, RequesterWord } from './requester.ts';

/** `settings.approvals` of an organisation. Everything has a default; rules come first to last. */
export type ApprovalSettings = Partial<ApprovalRule> & { rules?: readonly Partial<ApprovalRule>[] };

export type ApprovalRule = {
  name: string;
  capability: string;
  risk: RiskLevel[];
  agent: string;
  approvalsNeeded: number;
  denialsNeeded: number;
  groups: string[];
  ownerMayReview: Requirement['ownerMayReview'];
  steps: string[];
  /** How recent the sign-in must be where a fresh one is asked for. */
  freshSignInSeconds: number;
  /** How long a request waits before it is denied. */
  waitSeconds: number;
  maxDurationSeconds: number;
  maxUses: number | null;
  /** How many requests of one agent may wait at once. */
  waitingPerAgent: number;
  /** What whoever asks must say, or nobody is asked. */
  requesterGives: RequesterWord[];
  /** What it is to be, in words for whoever asks. */
  requesterPrompt: string | null;
};

export type Waiting = { capability: string; riskLevel: RiskLevel; agentId: string; agentName: string };

const HOUR = 3600;
const DEFAULTS: Omit<ApprovalRule, 'name' | 'capability' | 'risk' | 'agent'> = {
  approvalsNeeded: 1,
  denialsNeeded: 1,
  groups: [],
  ownerMayReview: 'single',
  steps: [],
  freshSignInSeconds: 15 * 60,
  waitSeconds: HOUR,
  maxDurationSeconds: 8 * HOUR,
  maxUses: null,
  waitingPerAgent: 50, // more wait for one agent at once only when it is out of hand
  requesterGives: [],
  requesterPrompt: null,
};

/** What whoever asks must say, by the same rule. */
export function requesterRuleFor(settings: ApprovalSettings, waiting: Waiting): RequesterRule {
  const { requesterGives, requesterPrompt } = ruleFor(settings, waiting);
  return { gives: requesterGives, prompt: requesterPrompt };
}

/** How many requests of the agent may wait before this one is denied, by the same rule. */
export const waitingLimitFor = (settings: ApprovalSettings, waiting: Waiting): number =>
  ruleFor(settings, waiting).waitingPerAgent;

export function requirementFor(settings: ApprovalSettings, waiting: Waiting): Requirement & { waitSeconds: number } {
  const merged = ruleFor(settings, waiting);
  return {
    approvalsNeeded: Math.max(
      1,
      merged.approvalsNeeded,
      merged.groups.length,
      merged.steps.includes('second-approver') ? 2 : 1,
    ),
    denialsNeeded: Math.max(1, merged.denialsNeeded),
    groups: merged.groups,
    policy: merged.name ?? null,
    ownerMayReview: merged.ownerMayReview,
    steps: merged.steps,
    ...(merged.steps.includes('fresh-sign-in') ? { freshSignInSeconds: merged.freshSignInSeconds } : {}),
    waitSeconds: merged.waitSeconds,
    allowed: {
      durationSeconds: merged.maxDurationSeconds,
      uses: merged.maxUses,
      suggestedDurationSeconds: Math.min(15 * 60, merged.maxDurationSeconds),
      suggestedUses: 1,
    },
  };
}

function ruleFor({ rules = [], ...base }: ApprovalSettings, waiting: Waiting) {
  const rule = rules.find((each) => appliesTo(each, waiting));
  return { ...DEFAULTS, ...base, ...rule, name: rule?.name };
}

function appliesTo(rule: Partial<ApprovalRule>, { capability, riskLevel, agentId, agentName }: Waiting): boolean {
  // Asked for as a pattern, it asks for what the rule names too.
  if (rule.capability !== undefined && !covers(rule.capability, capability) && !covers(capability, rule.capability))
    return false;
  if (rule.risk !== undefined && !rule.risk.includes(riskLevel)) return false;
  return rule.agent === undefined || rule.agent === agentId || rule.agent === agentName;
}
