// What decisions rest on, kept per agent and good for as long as its organisation's revision stands: checked at commit, so never stale.

import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import type { ApprovalSettings } from '../rules/approval-policy.ts';
import type { Granted } from '../rules/capability-match.ts';
import type { Policy } from '../rules/policies.ts';

export type Prepared = {
  agent: AgentTable;
  revision: number;
  mode: 'strict' | 'monitoring';
  approvals: ApprovalSettings;
  granted: readonly Granted[];
  policies: readonly Policy[];
  /** Live or future permissions: their uses are counted, which a memory must not do. */
  hasGrants: boolean;
  tags: readonly string[];
};

export type Preparations = {
  of(queries: Queries, agentId: string, now: number): Promise<Prepared | null>;
  forget(agentId: string): void;
};

const KEPT = 20_000;

export function createPreparations(): Preparations {
  const kept = new Map<string, Prepared>();
  return {
    async of(queries, agentId, now) {
      const known = kept.get(agentId);
      if (known !== undefined) return known;
      const prepared = await prepare(queries, agentId, now);
      if (prepared === null) return null;
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
      kept.set(agentId, prepared);
      return prepared;
    },
    forget: (agentId) => void kept.delete(agentId),
  };
}

async function prepare(queries: Queries, agentId: string, now: number): Promise<Prepared | null> {
  const owner = await queries.selectFrom('agents').select('organizationId').where('id', '=', agentId).executeTakeFirst();
  if (owner === undefined) return null;
  // The revision first: what changes while we read then shows as a higher one at commit.
  const organization = await queries
    .selectFrom('organizations')
    .select(['id', 'enforcementMode', 'settings', 'revision'])
    .where('id', '=', owner.organizationId)
    .executeTakeFirstOrThrow();
  const agent = await queries.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
  if (agent === undefined) return null;
  const capabilities = await queries
    .selectFrom('capabilities')
    .select(['capabilityType', 'capabilityScope', 'executionMode', 'isHoneytoken'])
    .where('agentId', '=', agentId)
    .where('organizationId', '=', organization.id)
    .where('revokedAt', 'is', null)
    .execute();
  const policies = await queries
    .selectFrom('policies')
    .selectAll()
    .where('organizationId', '=', organization.id)
    .where('isEnabled', '=', 1)
    .orderBy('priority')
    .execute();
  const grant = await queries
    .selectFrom('grants')
    .select('id')
    .where('agentId', '=', agentId)
    .where('organizationId', '=', organization.id)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', now)
    .limit(1)
    .executeTakeFirst();
  const tags = await queries
    .selectFrom('agentTags')
    .innerJoin('tags', 'tags.id', 'agentTags.tagId')
    .select('tags.key')
    .where('agentTags.agentId', '=', agentId)
    .execute();
  return {
    agent,
    revision: organization.revision,
    mode: organization.enforcementMode,
    approvals: (JSON.parse(organization.settings) as { approvals?: ApprovalSettings }).approvals ?? {},
    granted: capabilities.map(({ capabilityType, capabilityScope, executionMode, isHoneytoken }) => ({
      capabilityType,
      scope: capabilityScope === null ? null : (JSON.parse(capabilityScope) as Record<string, unknown>),
      executionMode,
      isHoneytoken: isHoneytoken === 1,
    })),
    policies: policies.map((row) => ({ ...row, rules: JSON.parse(row.rules) as Record<string, unknown> })),
    hasGrants: grant !== undefined,
    tags: tags.map(({ key }) => key),
  };
}
