// Rules of good order that an organisation can break without noticing, each looked at now, with what breaks it.

import type { Queries } from '../database/open.ts';

export type Finding = {
  name: string;
  passed: boolean;
  count: number;
  details: string;
  affectedItems: { id: string; name: string; issue: string; severity: string }[];
};

const DAY = 24 * 60 * 60 * 1000;
const KEY_DAYS = 90;
const LEAST_TRUST = 0.6;
const WAITS_DAYS = 7;
const SILENT_DAYS = 30;
// Named in the answer; all are counted.
const MOST_NAMED = 100;

export async function inspectOrganization(queries: Queries, organizationId: string, now: number): Promise<Finding[]> {
  const agents = await queries
    .selectFrom('agents')
    .leftJoin('users', 'users.id', 'agents.createdBy')
    .select(['agents.id', 'agents.name', 'agents.status', 'agents.trustScore', 'agents.createdAt', 'agents.lastActiveAt'])
    .select(['agents.keyExpiresAt', 'users.status as ownerStatus'])
    .where('agents.organizationId', '=', organizationId)
    .where('agents.status', 'in', ['pending', 'verified', 'suspended'])
    .execute();
  const keys = await queries
    .selectFrom('apiKeys')
    .select(['id', 'name', 'createdAt'])
    .where('organizationId', '=', organizationId)
    .where('isActive', '=', 1)
    .where('createdAt', '<', now - KEY_DAYS * DAY)
    .execute();
  const administrators = await queries
    .selectFrom('users')
    .select(['id', 'email as name', 'lastLoginAt'])
    .where('organizationId', '=', organizationId)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .execute();
  const since = (at: number | null): number => Math.floor((now - (at ?? 0)) / DAY);
  const verified = agents.filter(({ status }) => status === 'verified');
  return [
    finding(
      'api_key_rotation_needed',
      `API keys older than ${KEY_DAYS} days`,
      'high',
      keys,
      ({ createdAt }) => `Made ${since(createdAt)} days ago`,
    ),
    finding(
      'inactive_agents',
      `verified agents that did nothing for ${SILENT_DAYS} days`,
      'medium',
      verified.filter(({ lastActiveAt, createdAt }) => now - (lastActiveAt ?? createdAt) > SILENT_DAYS * DAY),
      ({ lastActiveAt, createdAt }) => `Silent for ${since(lastActiveAt ?? createdAt)} days`,
    ),
    finding(
      'trust_score_degradation',
      `verified agents with a trust score below ${LEAST_TRUST}`,
      'critical',
      verified.filter(({ trustScore }) => trustScore < LEAST_TRUST),
      ({ trustScore }) => `Trust score ${trustScore.toFixed(2)} is below ${LEAST_TRUST}`,
    ),
    finding(
      'certificate_expiry_warning',
      'agents whose key has expired or does within 30 days',
      'medium',
      agents.filter(({ keyExpiresAt }) => keyExpiresAt < now + 30 * DAY),
      ({ keyExpiresAt }) => `The key ends on ${new Date(keyExpiresAt).toISOString().slice(0, 10)}`,
    ),
    finding(
      'unverified_agent_backlog',
      `agents that wait for more than ${WAITS_DAYS} days to be verified`,
      'high',
      agents.filter(({ status, createdAt }) => status === 'pending' && now - createdAt > WAITS_DAYS * DAY),
      ({ createdAt }) => `Pending verification for ${since(createdAt)} days`,
    ),
    finding(
      'orphaned_resources',
      'agents that nobody with access answers for',
      'high',
      agents.filter(({ ownerStatus }) => ownerStatus !== 'active'),
      () => 'Whoever registered it has no access any more',
    ),
    finding(
      'admin_access_review',
      `administrators who did not sign in for ${KEY_DAYS} days`,
      'high',
      administrators.filter(({ lastLoginAt }) => lastLoginAt !== null && now - lastLoginAt > KEY_DAYS * DAY),
      ({ lastLoginAt }) => `Last signed in ${since(lastLoginAt)} days ago`,
    ),
  ];
}

function finding<Item extends { id: string; name: string }>(
  name: string,
  what: string,
  severity: string,
  items: readonly Item[],
  issue: (item: Item) => string,
): Finding {
  return {
    name,
    passed: items.length === 0,
    count: items.length,
    details: items.length === 0 ? `No ${what}` : `${items.length} ${what}`,
    affectedItems: items.slice(0, MOST_NAMED).map((item) => ({ id: item.id, name: item.name, issue: issue(item), severity })),
  };
}
