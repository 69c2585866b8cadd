// Numbers for screens, from the kept counters: never by counting rows of history.

import type { Queries } from '../database/open.ts';
import { hourOf } from './counters.ts';

export type CountedOutcome = { agentId: string; status: string; count: number; durationMs: number; trustSum: number };

/** Per agent and outcome, to the hour. */
export async function countersSince(
  queries: Queries,
  organizationId: string,
  from: number,
  to: number,
): Promise<CountedOutcome[]> {
  const rows = await queries
    .selectFrom('counters')
    .select(['agentId', 'status'])
    .select((eb) => [
      eb.fn.sum('count').as('count'),
      eb.fn.sum('durationMs').as('durationMs'),
      eb.fn.sum('trustSum').as('trustSum'),
    ])
    .where('organizationId', '=', organizationId)
    .where('hour', '>=', hourOf(from))
    .where('hour', '<=', to)
    .groupBy(['agentId', 'status'])
    .execute();
  return rows.map((row) => ({
    ...row,
    count: Number(row.count),
    durationMs: Number(row.durationMs),
    trustSum: Number(row.trustSum),
  }));
}

export async function countVerifications(
  queries: Queries,
  organizationId: string,
  agentId?: string | undefined,
): Promise<number> {
  let query = queries
    .selectFrom('counters')
    .select((eb) => eb.fn.sum('count').as('total'))
    .where('organizationId', '=', organizationId);
  if (agentId !== undefined) query = query.where('agentId', '=', agentId);
  const { total } = await query.executeTakeFirstOrThrow();
  return Number(total ?? 0);
}

/** Over all organisations, for those who run the server. */
export async function countWaiting(queries: Queries): Promise<number> {
  const { waiting } = await queries
    .selectFrom('verifications')
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  return Number(waiting);
}
