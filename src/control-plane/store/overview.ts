// Counts and lists that several screens share.

import type { Call } from '../route.ts';
import { timeView } from '../views/time.ts';
import type { eventView } from '../views/verification.ts';

type Queries = Call<unknown, unknown>['services']['queries'];

export async function agentCounts(queries: Queries, organizationId: string) {
  const rows = await queries
    .selectFrom('agents')
    .select('status')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.sum('trustScore').as('trust')])
    .where('organizationId', '=', organizationId)
    .groupBy('status')
    .execute();
  const of = (status: string): number => Number(rows.find((row) => row.status === status)?.count ?? 0);
  const total = rows.reduce((sum, row) => sum + Number(row.count), 0);
  return {
    total,
    verified: of('verified'),
    pending: of('pending'),
    suspended: of('suspended'),
    revoked: of('revoked'),
    averageTrust: total === 0 ? 0 : Math.round((rows.reduce((sum, row) => sum + Number(row.trust), 0) / total) * 1000) / 1000,
  };
}

export async function openAlerts(queries: Queries, organizationId: string): Promise<{ severity: string; count: number }[]> {
  const rows = await queries
    .selectFrom('alerts')
    .select('severity')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizationId', '=', organizationId)
    .where('acknowledgedAt', 'is', null)
    .groupBy('severity')
    .execute();
  return rows.map(({ severity, count }) => ({ severity, count: Number(count) }));
}

export const violationsOf = (queries: Queries, organizationId: string) =>
  queries
    .selectFrom('verifications')
    .where('organizationId', '=', organizationId)
    .where('rule', 'in', ['not-granted', 'monitoring', 'honeytoken', 'capability_violation']);

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
