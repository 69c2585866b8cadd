// One agent wants to turn to another: what the settings and the organisation's policies say, kept, and told to somebody where they say no.

import { randomUUID } from 'node:crypto';
import { detectRisk } from '../../detect/risk.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { Call } from '../route.ts';
import type { PolicyFinding } from '../rules/policies.ts';
import { agentById } from '../store/agents.ts';
import { raiseAlert } from '../store/alerts.ts';
import { circumstancesOf } from '../verification/circumstances.ts';
import { actingAgent } from './acting.ts';
import { isSkillVerified } from './consensus.ts';
import { RULES, readSettings, whyNot } from './security.ts';

export type Judged = { requestingAgentId: string; targetAgentId: string; skillId: string | null; isSigned: boolean };

export async function judge(call: Call<unknown, unknown>, { requestingAgentId, targetAgentId, skillId, isSigned }: Judged) {
  const { services, principal, now } = call;
  const { queries } = services;
  const requesting = await actingAgent(queries, principal, requestingAgentId);
  const target = await agentById(queries, principal.organizationId, targetAgentId);
  const settings = await readSettings(queries, principal.organizationId);
  const verified = skillId === null ? null : await isSkillVerified(queries, principal.organizationId, target.id, skillId);
  const against = whyNot({ requesting, target, isSigned, isSkillVerified: verified }, settings);
  const findings = await findingsOn({ queries, now }, requesting, target, skillId);
  const reasons = [...against, ...findings.map(({ reason }) => reason)];
  // Watching lets pass what the settings say, never what a policy was set up to block.
  const isDenied = (against.length > 0 && settings.enforcementMode === 'strict') || findings.some(({ blocks }) => blocks);
  if (reasons.length > 0)
    await services.changes.record((change) => tell(change, call, { requesting, target, skillId, reasons, isDenied }));
  return {
    decision: isDenied ? ('DENY' as const) : ('ALLOW' as const),
    reasons,
    violations: reasons,
    policies: findings.map(({ policyId, policyName, policyType, blocks }) => ({ policyId, policyName, policyType, blocks })),
    policiesEvaluated: RULES + (await countPolicies(call)),
    enforcementMode: settings.enforcementMode,
    requestingAgentId: requesting.id,
    targetAgentId: target.id,
    trustScore: requesting.trustScore,
  };
}

/** Policies that can be asked about this: not those of grants and MCP servers, which another agent's skill is neither of. */
async function findingsOn(
  moment: Parameters<typeof circumstancesOf>[0],
  requesting: AgentTable,
  target: AgentTable,
  skillId: string | null,
): Promise<PolicyFinding[]> {
  const capability = `a2a:${skillId ?? 'request'}`;
  const asking = { capability, resource: target.name, plainContext: {} };
  const { findings } = await circumstancesOf(moment, requesting, asking, detectRisk(capability).level);
  return findings.filter(({ policyType }) => policyType !== 'capability_violation' && !policyType.startsWith('mcp_'));
}

async function countPolicies({ services, principal }: Call<unknown, unknown>): Promise<number> {
  const { count } = await services.queries
    .selectFrom('policies')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizationId', '=', principal.organizationId)
    .where('isEnabled', '=', 1)
    .where('policyType', '!=', 'capability_violation')
    .where('policyType', 'not like', 'mcp%')
    .executeTakeFirstOrThrow();
  return Number(count);
}

type Found = { requesting: AgentTable; target: AgentTable; skillId: string | null; reasons: string[]; isDenied: boolean };

async function tell(change: Change, call: Call<unknown, unknown>, found: Found): Promise<void> {
  const { requesting, target, skillId, reasons, isDenied } = found;
  const { organizationId } = requesting;
  await change.queries
    .insertInto('a2aViolations')
    .values({
      id: randomUUID(),
      organizationId,
      requestingAgentId: requesting.id,
      targetAgentId: target.id,
      skillId,
      reasons: JSON.stringify(reasons),
      enforcementMode: isDenied ? 'strict' : 'monitor',
      at: change.now,
    })
    .execute();
  change.audit(actorOf(call.principal, call.origin), {
    organizationId,
    action: isDenied ? 'deny' : 'note',
    resourceType: 'a2a-request',
    resourceId: target.id,
    agentId: requesting.id,
    agentName: requesting.name,
    metadata: { targetAgentId: target.id, skillId, reasons },
  });
  await raiseAlert(change, {
    organizationId,
    alertType: isDenied ? 'security_breach' : 'unusual_activity',
    severity: isDenied ? 'high' : 'warning',
    title: `${requesting.displayName}: turning to ${target.displayName} ${isDenied ? 'was denied' : 'is against the settings'}`,
    description: reasons.join('; '),
    resourceType: 'agent',
    resourceId: requesting.id,
    agentId: requesting.id,
    agentName: requesting.name,
    metadata: { targetAgentId: target.id, skillId, reasons },
  });
}
