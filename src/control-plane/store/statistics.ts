// Numbers for screens, from the kept counters: never by counting rows of history.

import { sql } from 'kysely';
import type { Queries } from '../database/open.ts';
import { ALL_AGENTS, ALL_HOURS, hourOf } from './counters.ts';

export type CountedOutcome = { status: string; count: number; durationMs: number; trustSum: number };

/** Of all agents, by outcome, to the hour. */
export async function outcomesSince(
  queries: Queries,
  organizationId: string,
  from: number,
  to: number,
): Promise<CountedOutcome[]> {
  const rows = await queries
    .selectFrom('counters')
    .select(['status', 'count', 'durationMs', 'trustSum'])
    .where('organizationId', '=', organizationId)
    .where('hour', '>=', Math.max(1, hourOf(from)))
    .where('hour', '<=', to)
    .where(OF_ALL_AGENTS)
    .execute();
  return [...Map.groupBy(rows, ({ status }) => status)].map(([status, hours]) => ({
    status,
    count: sumOf(hours, 'count'),
    durationMs: sumOf(hours, 'durationMs'),
    trustSum: sumOf(hours, 'trustSum'),
  }));
}

/** The words of the index that holds them. */
export const OF_ALL_AGENTS = sql<boolean>`"agentId" = ''`;

/** Of all time, by outcome; of one agent, or of all. */
export function outcomesEver(
  queries: Queries,
  organizationId: string,
  agentId: string = ALL_AGENTS,
): Promise<CountedOutcome[]> {
  return queries
    .selectFrom('counters')
    .select(['status', 'count', 'durationMs', 'trustSum'])
    .where('organizationId', '=', organizationId)
    .where('hour', '=', ALL_HOURS)
    .where('agentId', '=', agentId)
    .execute();
}

export function sumOf<Name extends string>(rows: readonly Record<Name, number>[], name: Name): number {
  return rows.reduce((sum, row) => sum + Number(row[name]), 0);
}

export const countOf = (rows: readonly CountedOutcome[], ...statuses: string[]): number =>
  sumOf(statuses.length === 0 ? rows : rows.filter(({ status }) => statuses.includes(status)), 'count');

/** How many agents asked for something since then, and until now. */
export async function agentsThatAskedSince(queries: Queries, organizationId: string, from: number): Promise<number> {
  const { agents } = await queries
    .selectFrom('agents')
    .select((eb) => eb.fn.countAll<number>().as('agents'))
    .where('organizationId', '=', organizationId)
    .where('lastCapabilityCheckAt', '>=', from)
    .executeTakeFirstOrThrow();
  return Number(agents);
}

/** Over all organisations, for those who run the server. */
export async function countWaiting(queries: Queries): Promise<number> {
  const { waiting } = await queries
    .selectFrom('tallies')
    .select((eb) => eb.fn.sum<number>('count').as('waiting'))
    .where('kind', '=', 'approvals')
    .where('one', '=', 'pending')
    .executeTakeFirstOrThrow();
  return Number(waiting ?? 0);
}
