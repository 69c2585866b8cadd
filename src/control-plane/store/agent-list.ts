// Pages of agents, newest first: by cursor, whose cost does not grow with depth, or by offset, as older clients ask.

import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { holdsText } from './holds-text.ts';
import { talliesOf, totalOf } from './tallies.ts';

export type AgentListRequest = {
  limit: number;
  offset: number;
  cursor?: string | undefined;
  status?: string | undefined;
  agentType?: string | undefined;
  search?: string | undefined;
};

export async function listAgents(queries: Queries, organizationId: string, request: AgentListRequest) {
  let page = matching(queries, organizationId, request)
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(request.limit + 1);
  if (request.cursor !== undefined) {
    const after = readCursor(request.cursor);
    page = page.where((eb) => eb(eb.refTuple('createdAt', 'id'), '<', eb.tuple(after.at, after.id)));
  } else if (request.offset > 0) {
    page = page.offset(request.offset);
  }
  const found: AgentTable[] = await page.execute();
  const rows = found.slice(0, request.limit);
  const last = rows.at(-1);
  return {
    rows,
    total: await totalFor(queries, organizationId, request),
    nextCursor: found.length > request.limit && last !== undefined ? writeCursor(last.createdAt, last.id) : null,
  };
}

// Kept, except for a search: that reads the names of all agents of the organisation in any case.
async function totalFor(
  queries: Queries,
  organizationId: string,
  { status, agentType, search }: AgentListRequest,
): Promise<number> {
  if (search === undefined) return totalOf(await talliesOf(queries, organizationId, 'agents', { one: status, two: agentType }));
  const { total } = await matching(queries, organizationId, { status, agentType, search })
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function matching(
  queries: Queries,
  organizationId: string,
  { status, agentType, search }: Pick<AgentListRequest, 'status' | 'agentType' | 'search'>,
) {
  let filtered = queries.selectFrom('agents').where('organizationId', '=', organizationId);
  if (status !== undefined) filtered = filtered.where('status', '=', status);
  if (agentType !== undefined) filtered = filtered.where('agentType', '=', agentType);
  return search === undefined ? filtered : filtered.where(holdsText(search, ['name', 'displayName']));
}
