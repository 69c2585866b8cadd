// Pages of verification events, newest first, by cursor: the millionth page costs what the first does.

import type { Queries } from '../database/open.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { countVerifications } from './statistics.ts';

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

const STATUSES: Record<string, string[]> = {
  success: ['approved'],
  failed: ['denied', 'cancelled'],
  pending: ['pending'],
  timeout: ['expired'],
};

export async function listEvents(queries: Queries, organizationId: string, request: EventListRequest) {
  let page = queries.selectFrom('verifications').selectAll().where('organizationId', '=', organizationId);
  if (request.agentId !== undefined) page = page.where('agentId', '=', request.agentId);
  if (request.since !== undefined) page = page.where('requestedAt', '>=', Date.parse(request.since));
  if (request.until !== undefined) page = page.where('requestedAt', '<=', Date.parse(request.until));
  if (request.capability !== undefined) page = page.where('capability', '=', request.capability);
  if (request.status !== undefined) page = page.where('status', 'in', STATUSES[request.status] ?? [request.status]);
  if (request.cursor !== undefined) {
    const after = readCursor(request.cursor);
    page = page.where((eb) => eb(eb.refTuple('requestedAt', 'id'), '<', eb.tuple(after.at, after.id)));
  } else if (request.offset > 0) {
    page = page.offset(request.offset);
  }
  const found: VerificationTable[] = await page
    .orderBy('requestedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  const rows = found.slice(0, request.limit);
  const last = rows.at(-1);
  return {
    rows,
    // Kept counts know organisation, agent and outcome; a total of anything finer would have to be counted.
    total:
      request.since === undefined &&
      request.until === undefined &&
      request.capability === undefined &&
      request.status === undefined
        ? await countVerifications(queries, organizationId, request.agentId)
        : null,
    nextCursor: found.length > request.limit && last !== undefined ? writeCursor(last.requestedAt, last.id) : null,
  };
}
