// What holds for an agent at a moment: mode, capabilities, live permissions, policies.

import { liesWithin } from '../../wire/lies-within.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { GrantTable } from '../database/tables/verifications.ts';
import type { ApprovalSettings } from '../rules/approval-policy.ts';
import { covers, type Granted, grantFor } from '../rules/capability-match.ts';
import type { Permission } from '../rules/decide.ts';
import { evaluatePolicies, type Policy, type PolicyFinding } from '../rules/policies.ts';
import type { AskedAction } from './read-request.ts';

export type Circumstances = {
  mode: 'strict' | 'monitoring';
  approvals: ApprovalSettings;
  granted: Granted[];
  /** Live permissions that cover the action, the one that ends first first. */
  permissions: (GrantTable & Permission)[];
  findings: PolicyFinding[];
};

/** What circumstances depend on: of an action that is asked now, or was. */
export type Asking = Pick<AskedAction, 'capability' | 'resource' | 'plainContext'>;
export type Moment = { queries: Queries; now: number };

export async function circumstancesOf(
  moment: Moment,
  agent: AgentTable,
  action: Asking,
  riskLevel: RiskLevel,
): Promise<Circumstances> {
  const { queries, now } = moment;
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
  const live = await queries
    .selectFrom('grants')
    .leftJoin('verifications', 'verifications.id', 'grants.verificationId')
    .selectAll('grants')
    .select('verifications.policyId')
    .where('grants.agentId', '=', agent.id)
    .where('grants.organizationId', '=', agent.organizationId)
    .where('grants.revokedAt', 'is', null)
    .where('grants.expiresAt', '>', now)
    .where('grants.startsAt', '<=', now)
    .orderBy('grants.expiresAt')
    .execute();
  const permissions = live
    .filter((grant) => grant.usesLeft !== 0 && coversAction(grant, action))
    .map((grant) => ({ ...grant, givenAt: grant.createdAt }));
  const settings = JSON.parse(organization.settings) as { approvals?: ApprovalSettings };
  return {
    mode: organization.enforcementMode,
    approvals: settings.approvals ?? {},
    granted,
    permissions,
    findings: await findingsOf(
      moment,
      agent,
      action,
      riskLevel,
      permissions.length > 0 || grantFor(granted, action.capability, action.resource) !== null,
    ),
  };
}

/** Uses up one use. Counted in the database, so that two at once cannot share the last; null where none was left. */
export async function spendPermission(queries: Queries, grant: GrantTable): Promise<GrantTable | null> {
  if (grant.usesLeft === null) return grant;
  const { numUpdatedRows } = await queries
    .updateTable('grants')
    .set((eb) => ({ usesLeft: eb('usesLeft', '-', 1) }))
    .where('id', '=', grant.id)
    .where('usesLeft', '>', 0)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ...grant, usesLeft: grant.usesLeft - 1 } : null;
}

function coversAction(grant: GrantTable, { capability, resource }: Asking): boolean {
  if (!covers(grant.capability, capability)) return false;
  // One that names no resource was given for an action that named none, not for every resource there is.
  if (grant.resource === null) return resource === null;
  return resource !== null && liesWithin(resource, grant.resource);
}

async function findingsOf(
  { queries, now }: Moment,
  agent: AgentTable,
  action: Asking,
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
    mcpServer: await mcpServerOf({ queries, now }, agent, action),
  });
}

async function mcpServerOf(
  { queries }: Moment,
  agent: AgentTable,
  { plainContext }: Asking,
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
