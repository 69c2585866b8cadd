// Counts that are kept as things happen, so that statistics need not count: per hour, agent and outcome.

import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { CounterTable, VerificationTable } from '../database/tables/verifications.ts';

const HOUR = 60 * 60 * 1000;

export const hourOf = (at: number): number => at - (at % HOUR);

/** Adds one to an outcome, or with `by` −1 takes one from it. */
export async function count(
  queries: Queries,
  row: Pick<VerificationTable, 'organizationId' | 'agentId' | 'requestedAt' | 'durationMs' | 'trustScore'>,
  status: string,
  by: 1 | -1 = 1,
): Promise<void> {
  await queries
    .insertInto('counters')
    .values({
      organizationId: row.organizationId,
      hour: hourOf(row.requestedAt),
      agentId: row.agentId,
      status,
      count: by,
      durationMs: by * row.durationMs,
      trustSum: by * row.trustScore,
    })
    .onConflict((existing) =>
      existing.columns(['organizationId', 'hour', 'agentId', 'status']).doUpdateSet((eb) => ({
        count: eb('counters.count', '+', by),
        durationMs: eb('counters.durationMs', '+', by * row.durationMs),
        trustSum: eb('counters.trustSum', '+', by * row.trustScore),
      })),
    )
    .execute();
}

/** Adds all of them, each to its outcome. */
export async function countAll({ statements }: Change, rows: readonly VerificationTable[]): Promise<void> {
  const sums = new Map<string, CounterTable>();
  for (const { organizationId, requestedAt, agentId, status, durationMs, trustScore } of rows) {
    const hour = hourOf(requestedAt);
    const key = `${organizationId} ${hour} ${agentId} ${status}`;
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { organizationId, hour, agentId, status, count: 0, durationMs: 0, trustSum: 0 };
      sums.set(key, sum);
    }
    sum.count += 1;
    sum.durationMs += durationMs;
    sum.trustSum += trustScore;
  }
  await statements.insert('counters', [...sums.values()], { onConflict: ADDED });
}

const ADDED = `("organizationId", "hour", "agentId", "status") do update set ${(['count', 'durationMs', 'trustSum'] as const)
  .map((name) => `"${name}" = "counters"."${name}" + excluded."${name}"`)
  .join(', ')}`;
