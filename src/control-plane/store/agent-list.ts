// Pages of agents, newest first: by cursor, whose cost does not grow with depth, or by offset, as older clients ask.

import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { readCursor, writeCursor } from './cursor.ts';

export type AgentListRequest = {
  limit: number;
  offset: number;
  cursor?: string | undefined;
  status?: string | undefined;
  agentType?: string | undefined;
  search?: string | undefined;
};

export async function listAgents(queries: Queries, organizationId: string, request: AgentListRequest) {
  let filtered = queries.selectFrom('agents').where('organizationId', '=', organizationId);
  if (request.status !== undefined) filtered = filtered.where('status', '=', request.status);
  if (request.agentType !== undefined) filtered = filtered.where('agentType', '=', request.agentType);
  if (request.search !== undefined) {
    const like = `%${request.search.toLowerCase().replace(/[%_\\]/g, '\\$&')}%`;
    filtered = filtered.where((eb) =>
      eb.or([eb(eb.fn('lower', ['name']), 'like', like), eb(eb.fn('lower', ['displayName']), 'like', like)]),
    );
  }
  let page = filtered
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
  const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return {
    rows,
    total: Number(total),
    nextCursor: found.length > request.limit && last !== undefined ? writeCursor(last.createdAt, last.id) : null,
  };
}
