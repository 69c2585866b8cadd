// Numbers of rows by kind and state, kept by the database itself.

import type { Queries } from '../database/open.ts';

export type TallyKind = 'agents' | 'alerts' | 'approvals' | 'capabilityRequests' | 'mcpServers' | 'users' | 'violations';
export type Tally = { one: string; two: string; count: number; sum: number };

/** `one` and `two` narrow it: the state and the sub-state of what is counted. */
export async function talliesOf(
  queries: Queries,
  organizationId: string,
  kind: TallyKind,
  narrow: { one?: string | undefined; two?: string | undefined } = {},
): Promise<Tally[]> {
  let query = queries
    .selectFrom('tallies')
    .select(['one', 'two', 'count', 'sum'])
    .where('organizationId', '=', organizationId)
    .where('kind', '=', kind)
    .where('count', '>', 0);
  if (narrow.one !== undefined) query = query.where('one', '=', narrow.one);
  if (narrow.two !== undefined) query = query.where('two', '=', narrow.two);
  return query.execute();
}

export const totalOf = (tallies: readonly Tally[]): number => tallies.reduce((total, { count }) => total + count, 0);

/** By `one`, whatever `two` is. */
export function byOne(tallies: readonly Tally[]): { one: string; count: number }[] {
  return [...Map.groupBy(tallies, ({ one }) => one)].map(([one, all]) => ({ one, count: totalOf(all) }));
}
