// Verifications that rules alone decide, recorded many in one transaction: those that arrive while one commits go into the next.

import { CompiledQuery } from 'kysely';
import type { Change } from '../database/change.ts';
import { insertRows } from '../database/insert-rows.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import type { Services } from '../services.ts';
import { hourOf } from '../store/counters.ts';
import { tellVerification } from './tell.ts';

/** `stale`: what the decision rests on has changed meanwhile; it has to be made again. `repeated`: these signed bytes came before. */
export type Recorded = { outcome: 'recorded' | 'repeated'; row: VerificationTable } | { outcome: 'stale' };
export type Intake = { submit(row: VerificationTable, revision: number): Promise<Recorded> };

type Waiting = {
  row: VerificationTable;
  revision: number;
  resolve: (recorded: Recorded) => void;
  reject: (error: unknown) => void;
};

const MOST_AT_ONCE = 256;

export function createIntake(changes: Services['changes']): Intake {
  const waiting: Waiting[] = [];
  let scheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    let batch: Waiting[] | null = null;
    changes
      .record((change) => {
        scheduled = false;
        const mine = waiting.splice(0, MOST_AT_ONCE);
        batch = mine;
        if (waiting.length > 0) schedule();
        return writeAll(change, mine);
      })
      .then(
        (recorded) => {
          for (const [index, each] of (batch ?? []).entries()) each.resolve(recorded[index] ?? { outcome: 'stale' });
        },
        (error) => {
          // It failed before it began: then those who wait are its own.
          if (batch === null) scheduled = false;
          for (const each of batch ?? waiting.splice(0)) each.reject(error);
        },
      );
  }

  return {
    submit: (row, revision) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, revision, resolve, reject });
        schedule();
      }),
  };
}

async function writeAll(change: Change, batch: readonly Waiting[]): Promise<Recorded[]> {
  const { queries, engine, now } = change;
  const organizations = [...new Set(batch.map(({ row }) => row.organizationId))];
  const revisions = new Map(
    (await queries.selectFrom('organizations').select(['id', 'revision']).where('id', 'in', organizations).execute()).map(
      (each) => [each.id, each.revision],
    ),
  );
  const current = batch.filter(({ row, revision }) => revisions.get(row.organizationId) === revision).map(({ row }) => row);
  const inserted = new Set(
    (
      await insertRows<'verifications', { id: string }>(queries, engine, 'verifications', current, {
        onConflict: '("agentId", "actionHash") do nothing',
        returning: '"id"',
      })
    ).map(({ id }) => id),
  );
  const recorded = current.filter(({ id }) => inserted.has(id));
  await countAll(change, recorded);
  await touchAgents(change, [...new Set(recorded.map(({ agentId }) => agentId))], now);
  for (const row of recorded) tellVerification(change, row);
  const answers: Recorded[] = [];
  for (const { row, revision } of batch) {
    if (revisions.get(row.organizationId) !== revision) answers.push({ outcome: 'stale' });
    else if (inserted.has(row.id)) answers.push({ outcome: 'recorded', row });
    else answers.push({ outcome: 'repeated', row: await original(change, row) });
  }
  return answers;
}

function original({ queries }: Change, { agentId, actionHash }: VerificationTable): Promise<VerificationTable> {
  return queries
    .selectFrom('verifications')
    .selectAll()
    .where('agentId', '=', agentId)
    .where('actionHash', '=', actionHash)
    .executeTakeFirstOrThrow();
}

async function countAll({ queries, engine }: Change, rows: readonly VerificationTable[]): Promise<void> {
  const sums = new Map<
    string,
    {
      organizationId: string;
      hour: number;
      agentId: string;
      status: string;
      count: number;
      durationMs: number;
      trustSum: number;
    }
  >();
  for (const row of rows) {
    const hour = hourOf(row.requestedAt);
    const key = `${row.organizationId} ${hour} ${row.agentId} ${row.status}`;
    const sum = sums.get(key) ?? {
      organizationId: row.organizationId,
      hour,
      agentId: row.agentId,
      status: row.status,
      count: 0,
      durationMs: 0,
      trustSum: 0,
    };
    sum.count += 1;
    sum.durationMs += row.durationMs;
    sum.trustSum += row.trustScore;
    sums.set(key, sum);
  }
  const added = (['count', 'durationMs', 'trustSum'] as const)
    .map((name) => `"${name}" = "counters"."${name}" + excluded."${name}"`)
    .join(', ');
  await insertRows(queries, engine, 'counters', [...sums.values()], {
    onConflict: `("organizationId", "hour", "agentId", "status") do update set ${added}`,
  });
}

async function touchAgents({ queries, engine }: Change, ids: readonly string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  const one = engine === 'postgres' ? ['$1', '$2', '= any($3)'] : ['?', '?', 'in (select value from json_each(?))'];
  const text = `update "agents" set "lastActiveAt" = ${one[0]}, "lastCapabilityCheckAt" = ${one[1]} where "id" ${one[2]}`;
  await queries.executeQuery(CompiledQuery.raw(text, [now, now, engine === 'postgres' ? ids : JSON.stringify(ids)]));
}
