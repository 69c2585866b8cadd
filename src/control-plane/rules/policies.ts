// Security policies (wire-agents §8.4): each type really evaluated over what is known of agent and request.

import { type RiskLevel, riskLevels } from '../../wire/scalars.ts';
import { covers } from './capability-match.ts';
import { reaches } from './resource-match.ts';

export type Policy = {
  id: string;
  name: string;
  policyType: string;
  enforcementAction: string;
  severityThreshold: string;
  rules: Record<string, unknown>;
  appliesTo: string;
  priority: number;
  updatedAt: number;
};

export type PolicySubject = {
  agentId: string;
  agentName: string;
  agentType: string;
  tags: readonly string[];
  trustScore: number;
  capability: string;
  resource: string | null;
  /** What it is by name, where the agent calls it less. */
  riskLevel: RiskLevel;
  isGranted: boolean;
  /** What this agent asked for in the last minute and hour. */
  askedLastMinute: number;
  askedLastHour: number;
  /** It was seen with MCP servers or capabilities that nobody registered. */
  hasDrift: boolean;
  hour: number;
  mcpServer: { name: string; isVerified: boolean } | null;
};

export type PolicyFinding = {
  policyId: string;
  policyName: string;
  policyType: string;
  /** When the policy was last changed. */
  changedAt: number;
  reason: string;
  blocks: boolean;
  alerts: boolean;
};

/** In order of priority, lowest number first. A policy that allows ends the walk. */
export function evaluatePolicies(policies: readonly Policy[], subject: PolicySubject): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  for (const policy of [...policies].sort((left, right) => left.priority - right.priority)) {
    if (!concerns(policy, subject)) continue;
    const reason = CHECKS[policy.policyType]?.(policy.rules, subject, policy) ?? null;
    if (reason === null) continue;
    if (policy.enforcementAction === 'allow') break;
    findings.push({
      policyId: policy.id,
      policyName: policy.name,
      policyType: policy.policyType,
      changedAt: policy.updatedAt,
      reason: `${reason} (policy ${policy.name})`,
      blocks: policy.enforcementAction === 'block_and_alert',
      alerts: true,
    });
  }
  return findings;
}

// `all`, `agent:NAME-OR-ID`, `type:AGENT-TYPE`, `tag:KEY`, or a list of them with commas.
function concerns({ appliesTo }: Policy, subject: PolicySubject): boolean {
  return appliesTo.split(',').some((part) => {
    const [kind, name = ''] = part.trim().split(/:(.*)/s);
    if (kind === 'all' || kind === 'agents' || kind === '') return true;
    if (kind === 'agent') return name === subject.agentId || name === subject.agentName;
    if (kind === 'type') return name === subject.agentType;
    return kind === 'tag' && subject.tags.includes(name);
  });
}

type Check = (rules: Record<string, unknown>, subject: PolicySubject, policy: Policy) => string | null;

const CHECKS: Record<string, Check> = {
  capability_violation: (_rules, { isGranted, capability }) => (isGranted ? null : `Capability ${capability} is not granted`),
  trust_score_low: (rules, { trustScore }) => {
    const least = share(
      numberOf(rules, ['trust_threshold', 'trustThreshold', 'threshold', 'min_trust_score', 'minTrustScore'], 0.5),
    );
    return trustScore < least ? `Trust score ${trustScore.toFixed(2)} is below ${least.toFixed(2)}` : null;
  },
  unusual_activity: (rules, subject) => {
    const perMinute = numberOf(rules, ['max_per_minute', 'maxPerMinute', 'rate_threshold', 'rateThreshold'], 600);
    const perHour = numberOf(rules, ['max_per_hour', 'maxPerHour'], Number.POSITIVE_INFINITY);
    if (subject.askedLastMinute > perMinute) return `${subject.askedLastMinute} requests in a minute, more than ${perMinute}`;
    if (subject.askedLastHour > perHour) return `${subject.askedLastHour} requests in an hour, more than ${perHour}`;
    const [from, to] = [numberOf(rules, ['quiet_from', 'quietFrom'], -1), numberOf(rules, ['quiet_to', 'quietTo'], -1)];
    return from >= 0 && to >= 0 && isBetween(subject.hour, from, to) ? `Activity between ${from}:00 and ${to}:00 UTC` : null;
  },
  unauthorized_access: (rules, { capability, resource }) => {
    const forbidden = [...textsOf(rules, 'denied_resources'), ...textsOf(rules, 'deniedResources')];
    const hit = resource === null ? undefined : forbidden.find((pattern) => reaches(resource, pattern));
    if (hit !== undefined) return `Resource ${resource} is closed to agents`;
    const capabilities = [...textsOf(rules, 'denied_capabilities'), ...textsOf(rules, 'deniedCapabilities')];
    // What is asked for as a pattern holds what is closed.
    return capabilities.some((denied) => covers(denied, capability) || covers(capability, denied))
      ? `Capability ${capability} is closed to agents`
      : null;
  },
  data_exfiltration: (rules, { capability, resource, riskLevel }, { severityThreshold }) => {
    const words = textsOf(rules, 'patterns');
    const leaves = /(^|:)(export|upload|send|transfer|download|external)/i.test(capability);
    const patterned = words.some((word) => `${capability} ${resource ?? ''}`.toLowerCase().includes(word.toLowerCase()));
    if (!leaves && !patterned) return null;
    return riskLevels.indexOf(riskLevel) >= thresholdOf(severityThreshold) ? `${capability} may carry data out` : null;
  },
  config_drift: (_rules, { hasDrift }) => (hasDrift ? 'The agent differs from what was registered' : null),
  mcp_allowlist: (rules, { mcpServer }) =>
    mcpServer !== null && !textsOf(rules, 'servers').some((pattern) => fits(pattern, mcpServer.name))
      ? `MCP server ${mcpServer.name} is not on the list`
      : null,
  mcp_blocklist: (rules, { mcpServer }) =>
    mcpServer !== null && textsOf(rules, 'servers').some((pattern) => fits(pattern, mcpServer.name))
      ? `MCP server ${mcpServer.name} is blocked`
      : null,
  mcp_capabilities: (rules, { mcpServer, capability }) =>
    mcpServer !== null && textsOf(rules, 'denied').some((denied) => covers(denied, capability) || covers(capability, denied))
      ? `${capability} is not allowed with MCP servers`
      : null,
  mcp_unverified: (_rules, { mcpServer }) =>
    mcpServer !== null && !mcpServer.isVerified ? `MCP server ${mcpServer.name} is not verified` : null,
};

const thresholdOf = (word: string): number =>
  Math.max(0, (riskLevels as readonly string[]).indexOf(word === 'warning' ? 'medium' : word === 'info' ? 'low' : word));
const fits = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
const share = (value: number): number => (value > 1 ? value / 100 : value);
const isBetween = (hour: number, from: number, to: number): boolean =>
  from <= to ? hour >= from && hour < to : hour >= from || hour < to;

function numberOf(rules: Record<string, unknown>, names: readonly string[], otherwise: number): number {
  for (const name of names) if (typeof rules[name] === 'number') return rules[name];
  return otherwise;
}

function textsOf(rules: Record<string, unknown>, name: string): string[] {
  const value = rules[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
