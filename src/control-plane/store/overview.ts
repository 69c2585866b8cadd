// Counts and lists that several screens share.

import { sql } from 'kysely';
import type { Queries } from '../database/open.ts';
import { timeView } from '../views/time.ts';
import type { eventView } from '../views/verification.ts';
import { byOne, talliesOf, totalOf } from './tallies.ts';

export async function agentCounts(queries: Queries, organizationId: string) {
  const tallies = await talliesOf(queries, organizationId, 'agents');
  const of = (status: string): number => totalOf(tallies.filter(({ one }) => one === status));
  const total = totalOf(tallies);
  return {
    total,
    verified: of('verified'),
    pending: of('pending'),
    suspended: of('suspended'),
    revoked: of('revoked'),
    averageTrust: total === 0 ? 0 : Math.round((tallies.reduce((all, { sum }) => all + sum, 0) / total) * 1000) / 1000,
  };
}

/** Those that nobody has acknowledged, by severity. */
export async function openAlerts(queries: Queries, organizationId: string): Promise<{ severity: string; count: number }[]> {
  const open = await talliesOf(queries, organizationId, 'alerts', { two: 'open' });
  return byOne(open).map(({ one, count }) => ({ severity: one, count }));
}

/** What went beyond what was granted. The condition is that of its index, word for word. */
export const violationsOf = (queries: Queries, organizationId: string) =>
  queries
    .selectFrom('verifications')
    .where('organizationId', '=', organizationId)
    .where(sql<boolean>`"rule" in ('not-granted', 'monitoring', 'honeytoken', 'capability_violation')`);

type Violation = Parameters<typeof eventView>[0];
export const violationView = (row: Violation) => ({
  id: row.id,
  agentId: row.agentId,
  agentName: row.agentName,
  attemptedCapability: row.capability,
  resource: row.resource,
  severity: row.riskLevel,
  isBlocked: row.status !== 'approved',
  reason: row.denialReason,
  createdAt: timeView(row.requestedAt),
});
