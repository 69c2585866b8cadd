// Pages of verification events, newest first, by cursor: the millionth page costs what the first does.

import { sql } from 'kysely';
import type { Queries } from '../database/open.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { countOf, outcomesEver } from './statistics.ts';

export type EventListRequest = {
  limit: number;
  offset: number;
  cursor?: string | undefined;
  agentId?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  status?: string | undefined;
  capability?: string | undefined;
};

const STATUSES = new Map([
  ['success', ['approved']],
  ['failed', ['denied', 'cancelled']],
  ['pending', ['pending']],
  ['timeout', ['expired']],
]);

export async function listEvents(queries: Queries, organizationId: string, request: EventListRequest) {
  const statuses = request.status === undefined ? [null] : (STATUSES.get(request.status) ?? [request.status]);
  // One status after the other, each in the order of its index: together they would have to be sorted.
  const found: VerificationTable[] = [];
  for (const status of statuses) found.push(...(await newest(queries, organizationId, request, status, statuses.length > 1)));
  if (statuses.length > 1) {
    found.sort((left, right) => right.requestedAt - left.requestedAt || (left.id < right.id ? 1 : -1));
    if (request.cursor === undefined) found.splice(0, request.offset);
  }
  const rows = found.slice(0, request.limit);
  const last = rows.at(-1);
  return {
    rows,
    // Kept counts know organisation, agent and outcome; a total of anything finer would have to be counted.
    total: isFiner(request)
      ? null
      : countOf(
          await outcomesEver(queries, organizationId, request.agentId),
          ...(request.status === undefined ? [] : (STATUSES.get(request.status) ?? [request.status])),
        ),
    nextCursor: found.length > request.limit && last !== undefined ? writeCursor(last.requestedAt, last.id) : null,
  };
}

function newest(
  queries: Queries,
  organizationId: string,
  request: EventListRequest,
  status: string | null,
  isOneOfMany: boolean,
): Promise<VerificationTable[]> {
  let page = queries.selectFrom('verifications').selectAll().where('organizationId', '=', organizationId);
  if (request.agentId !== undefined) page = page.where('agentId', '=', request.agentId);
  if (request.since !== undefined) page = page.where('requestedAt', '>=', Date.parse(request.since));
  if (request.until !== undefined) page = page.where('requestedAt', '<=', Date.parse(request.until));
  if (request.capability !== undefined) page = page.where('capability', '=', request.capability);
  if (status !== null) page = page.where('status', '=', status);
  if (status !== null && status !== 'approved') page = page.where(NOT_APPROVED);
  const skipped = request.cursor === undefined ? request.offset : 0;
  if (request.cursor !== undefined) {
    const after = readCursor(request.cursor);
    page = page.where((eb) => eb(eb.refTuple('requestedAt', 'id'), '<', eb.tuple(after.at, after.id)));
  } else if (skipped > 0 && !isOneOfMany) {
    page = page.offset(skipped);
  }
  return page
    .orderBy('requestedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(request.limit + 1 + (isOneOfMany ? skipped : 0))
    .execute();
}

/** The words of the index that holds them. */
export const NOT_APPROVED = sql<boolean>`"status" <> 'approved'`;

const isFiner = ({ since, until, capability }: EventListRequest): boolean =>
  since !== undefined || until !== undefined || capability !== undefined;
