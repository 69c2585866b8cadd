// Counts that are kept as things happen, so that statistics need not count: per hour, agent and outcome, and of all.

import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { CounterTable, VerificationTable } from '../database/tables/verifications.ts';

const HOUR = 60 * 60 * 1000;

export const hourOf = (at: number): number => at - (at % HOUR);

type Counted = Pick<VerificationTable, 'organizationId' | 'agentId' | 'requestedAt' | 'durationMs' | 'trustScore'>;

/** Adds one to an outcome, or with `by` −1 takes one from it. */
export async function count(queries: Queries, row: Counted, status: string, by: 1 | -1 = 1): Promise<void> {
  const { organizationId, durationMs, trustScore } = row;
  for (const [agentId, hour] of placesOf(row)) {
    await queries
      .insertInto('counters')
      .values({ organizationId, hour, agentId, status, count: by, durationMs: by * durationMs, trustSum: by * trustScore })
      .onConflict((existing) =>
        existing.columns(['organizationId', 'hour', 'agentId', 'status']).doUpdateSet((eb) => ({
          count: eb('counters.count', '+', by),
          durationMs: eb('counters.durationMs', '+', by * durationMs),
          trustSum: eb('counters.trustSum', '+', by * trustScore),
        })),
      )
      .execute();
  }
}

/** Of all agents together. */
export const ALL_AGENTS = '';
/** Of all time. */
export const ALL_HOURS = 0;

// One verification counts four times, so that no number on a screen is a sum over agents or over years.
const placesOf = ({ agentId, requestedAt }: Pick<Counted, 'agentId' | 'requestedAt'>): [agentId: string, hour: number][] => [
  [agentId, hourOf(requestedAt)],
  [agentId, ALL_HOURS],
  [ALL_AGENTS, hourOf(requestedAt)],
  [ALL_AGENTS, ALL_HOURS],
];

/** Adds all of them, each to its outcome. */
export function countAll({ statements }: Change, rows: readonly VerificationTable[]): void {
  const sums = new Map<string, CounterTable>();
  for (const row of rows) {
    const { organizationId, status, durationMs, trustScore } = row;
    for (const [agentId, hour] of placesOf(row)) {
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
  }
  statements.postRows('counters', [...sums.values()], { onConflict: ADDED });
}

const ADDED = `("organizationId", "hour", "agentId", "status") do update set ${(['count', 'durationMs', 'trustSum'] as const)
  .map((name) => `"${name}" = "counters"."${name}" + excluded."${name}"`)
  .join(', ')}`;
