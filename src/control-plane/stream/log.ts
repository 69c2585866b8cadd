// The stream as it is kept: reading on from a position, and where it begins and ends.

import type { Queries } from '../database/open.ts';
import type { StoredEvent } from './hub.ts';

export async function headOfStream(queries: Queries): Promise<number> {
  const { head } = await queries
    .selectFrom('streamEvents')
    .select((eb) => eb.fn.max('position').as('head'))
    .executeTakeFirstOrThrow();
  return Number(head ?? 0);
}

/** Events after a position, in order. */
export function eventsAfter(
  queries: Queries,
  position: number,
  limit: number,
  organizationId?: string,
): Promise<StoredEvent[]> {
  let query = queries.selectFrom('streamEvents').selectAll().where('position', '>', position);
  if (organizationId !== undefined) query = query.where('organizationId', '=', organizationId);
  return query.orderBy('position').limit(limit).execute();
}

/** The first position that is still kept, or null where none is. */
export async function tailOfStream(queries: Queries): Promise<number | null> {
  const { tail } = await queries
    .selectFrom('streamEvents')
    .select((eb) => eb.fn.min('position').as('tail'))
    .executeTakeFirstOrThrow();
  return tail === null || tail === undefined ? null : Number(tail);
}
