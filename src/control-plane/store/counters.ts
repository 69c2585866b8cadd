// Counts that are kept as things happen, so that statistics need not count: per hour, agent and outcome.

import type { Queries } from '../database/open.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';

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
