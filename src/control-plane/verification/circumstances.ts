// What holds for an agent at the moment it asks: mode, capabilities, live permissions, policies.

import type { RiskLevel } from '../../wire/scalars.ts';
import type { Change } from '../database/change.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { GrantTable } from '../database/tables/verifications.ts';
import type { ApprovalSettings } from '../rules/approval-policy.ts';
import { covers, type Granted, grantFor } from '../rules/capability-match.ts';
import { evaluatePolicies, type Policy, type PolicyFinding } from '../rules/policies.ts';
import { liesWithin } from '../rules/resource-match.ts';
import type { AskedAction } from './read-request.ts';

export type Circumstances = {
  mode: 'strict' | 'monitoring';
  approvals: ApprovalSettings;
  granted: Granted[];
  grants: GrantTable[];
  findings: PolicyFinding[];
};

export async function circumstancesOf(
  change: Change,
  agent: AgentTable,
  action: AskedAction,
  riskLevel: RiskLevel,
): Promise<Circumstances> {
  const { queries, now } = change;
  const organization = await queries
    .selectFrom('organizations')
    .select(['enforcementMode', 'settings'])
    .where('id', '=', agent.organizationId)
    .executeTakeFirstOrThrow();
  const capabilities = await queries
    .selectFrom('capabilities')
    .select(['capabilityType', 'capabilityScope', 'executionMode', 'isHoneytoken'])
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('revokedAt', 'is', null)
    .execute();
  const granted = capabilities.map(({ capabilityType, capabilityScope, executionMode, isHoneytoken }) => ({
    capabilityType,
    scope: capabilityScope === null ? null : (JSON.parse(capabilityScope) as Record<string, unknown>),
    executionMode,
    isHoneytoken: isHoneytoken === 1,
  }));
  const grants = await queries
    .selectFrom('grants')
    .selectAll()
    .where('agentId', '=', agent.id)
    .where('organizationId', '=', agent.organizationId)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', now)
    .where('startsAt', '<=', now)
    .orderBy('expiresAt')
    .execute();
  const settings = JSON.parse(organization.settings) as { approvals?: ApprovalSettings };
  return {
    mode: organization.enforcementMode,
    approvals: settings.approvals ?? {},
    granted,
    grants,
    findings: await findingsOf(
      change,
      agent,
      action,
      riskLevel,
      grantFor(granted, action.capability, action.resource) !== null,
    ),
  };
}

/** Uses up one use of a fitting permission, if there is one. Counted in the database, so that two at once cannot share the last. */
export async function takeGrant(
  { queries }: Change,
  grants: readonly GrantTable[],
  { capability, resource }: AskedAction,
): Promise<GrantTable | null> {
  for (const grant of grants) {
    if (
      !covers(grant.capability, capability) ||
      // One that names no resource was given for an action that named none, not for every resource there is.
      (grant.resource === null ? resource !== null : resource === null || !liesWithin(resource, grant.resource))
    )
      continue;
    if (grant.usesLeft === null) return grant;
    const { numUpdatedRows } = await queries
      .updateTable('grants')
      .set((eb) => ({ usesLeft: eb('usesLeft', '-', 1) }))
      .where('id', '=', grant.id)
      .where('usesLeft', '>', 0)
      .executeTakeFirst();
    if (numUpdatedRows === 1n) return { ...grant, usesLeft: grant.usesLeft - 1 };
  }
  return null;
}

async function findingsOf(
  { queries, now }: Change,
  agent: AgentTable,
  action: AskedAction,
  riskLevel: RiskLevel,
  isGranted: boolean,
): Promise<PolicyFinding[]> {
  const rows = await queries
    .selectFrom('policies')
    .selectAll()
    .where('organizationId', '=', agent.organizationId)
    .where('isEnabled', '=', 1)
    .orderBy('priority')
    .execute();
  if (rows.length === 0) return [];
  const policies: Policy[] = rows.map((row) => ({ ...row, rules: JSON.parse(row.rules) as Record<string, unknown> }));
  const counts = policies.some(({ policyType }) => policyType === 'unusual_activity');
  const askedSince = async (since: number): Promise<number> => {
    const { asked } = await queries
      .selectFrom('verifications')
      .select((eb) => eb.fn.countAll<number>().as('asked'))
      .where('agentId', '=', agent.id)
      .where('requestedAt', '>', since)
      .executeTakeFirstOrThrow();
    return Number(asked) + 1;
  };
  const drift = policies.some(({ policyType }) => policyType === 'config_drift')
    ? await queries
        .selectFrom('alerts')
        .select('id')
        .where('agentId', '=', agent.id)
        .where('alertType', '=', 'configuration_drift')
        .where('resolvedAt', 'is', null)
        .limit(1)
        .executeTakeFirst()
    : undefined;
  const tags = policies.some(({ appliesTo }) => appliesTo.includes('tag:'))
    ? await queries
        .selectFrom('agentTags')
        .innerJoin('tags', 'tags.id', 'agentTags.tagId')
        .select('tags.key')
        .where('agentTags.agentId', '=', agent.id)
        .execute()
    : [];
  return evaluatePolicies(policies, {
    agentId: agent.id,
    agentName: agent.name,
    agentType: agent.agentType,
    tags: tags.map(({ key }) => key),
    trustScore: agent.trustScore,
    capability: action.capability,
    resource: action.resource,
    riskLevel,
    isGranted,
    askedLastMinute: counts ? await askedSince(now - 60_000) : 0,
    askedLastHour: counts ? await askedSince(now - 3_600_000) : 0,
    hasDrift: drift !== undefined,
    hour: new Date(now).getUTCHours(),
    mcpServer: await mcpServerOf({ queries }, agent, action),
  });
}

async function mcpServerOf(
  { queries }: Pick<Change, 'queries'>,
  agent: AgentTable,
  { plainContext }: AskedAction,
): Promise<{ name: string; isVerified: boolean } | null> {
  const name = plainContext['mcp_server'] ?? plainContext['mcpServer'];
  if (typeof name !== 'string') return null;
  const row = await queries
    .selectFrom('mcpServers')
    .select('status')
    .where('organizationId', '=', agent.organizationId)
    .where('name', '=', name)
    .limit(1)
    .executeTakeFirst();
  return { name, isVerified: row?.status === 'verified' };
}
