// Pages of requests: what waits is worked from its head, escalated first; what is decided is read from the newest.

import type { SelectQueryBuilder } from 'kysely';
import type { Queries } from '../database/open.ts';
import type { Schema } from '../database/schema.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { holdsText } from './holds-text.ts';
import { byOne, talliesOf, totalOf } from './tallies.ts';

export type ApprovalListRequest = {
  page: number;
  pageSize: number;
  status: string;
  risk: string;
  search?: string | undefined;
  agentId?: string | undefined;
  /** Only what needs one of these groups; null for everything. */
  groups: readonly string[] | null;
};

export async function listApprovals(queries: Queries, organizationId: string, request: ApprovalListRequest) {
  // Only what once waited has a requirement: everything else was decided by rules.
  const waited = queries
    .selectFrom('verifications')
    .where('organizationId', '=', organizationId)
    .where('requirement', 'is not', null);
  const { groups } = request;
  const asked =
    groups === null
      ? waited
      : waited.where((eb) => eb.or(groups.map((group) => eb('requirement', 'like', `%"groups":[%${quoted(group)}%]%`))));
  let filtered = request.status === 'all' ? asked : asked.where('status', '=', request.status);
  if (request.risk !== 'all') filtered = filtered.where('riskLevel', '=', request.risk);
  if (request.agentId !== undefined) filtered = filtered.where('agentId', '=', request.agentId);
  if (request.search !== undefined && request.search !== '') {
    filtered = filtered.where(holdsText(request.search, ['agentName', 'capability', 'resource', 'id']));
  }
  const ordered =
    request.status === 'pending'
      ? filtered
          .orderBy((eb) => eb.case().when('escalatedAt', 'is not', null).then(0).else(1).end())
          .orderBy('requestedAt', 'asc')
          .orderBy('id', 'asc')
      : filtered.orderBy('requestedAt', 'desc').orderBy('id', 'desc');
  const rows: VerificationTable[] = await ordered
    .selectAll()
    .limit(request.pageSize)
    .offset((request.page - 1) * request.pageSize)
    .execute();
  const isKept = groups === null && request.agentId === undefined && (request.search ?? '') === '';
  const kept = isKept ? await talliesOf(queries, organizationId, 'approvals') : [];
  const inStatus = kept.filter(({ one }) => request.status === 'all' || one === request.status);
  const total = isKept
    ? totalOf(inStatus.filter(({ two }) => request.risk === 'all' || two === request.risk))
    : Number((await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()).total);
  const statusCounts = { pending: 0, approved: 0, denied: 0, expired: 0, cancelled: 0 };
  for (const { status, count } of isKept
    ? byOne(kept).map(({ one, count }) => ({ status: one, count }))
    : await byStatus(asked))
    if (status in statusCounts) statusCounts[status as keyof typeof statusCounts] = Number(count);
  return { rows, total, statusCounts };
}

const byStatus = (asked: SelectQueryBuilder<Schema, 'verifications', object>) =>
  asked
    .select('status')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .groupBy('status')
    .execute();

/** As it stands in the JSON, with the wildcards of LIKE as single characters. */
const quoted = (group: string): string => JSON.stringify(group).replaceAll(/[%\\]/g, '_');
