// Counts that the database keeps itself, by triggers: whoever changes a row, its count is right in the same transaction.

import type { Engine } from '../../open.ts';

type Tally = {
  kind: string;
  table: string;
  /** Expressions over a row called `row`. */
  one: string;
  two: string;
  sum?: string;
  /** Which rows count; it must not change with them. */
  where?: string;
  /** The columns whose change moves a row from one count to another; none for what never changes. */
  columns: readonly string[];
};

const tallies: readonly Tally[] = [
  { kind: 'agents', table: 'agents', one: 'row."status"', two: 'row."agentType"', sum: 'row."trustScore"', columns: ['status', 'agentType', 'trustScore'] },
  {
    kind: 'alerts',
    table: 'alerts',
    one: 'row."severity"',
    two: `case when row."resolvedAt" is not null then 'resolved' when row."acknowledgedAt" is not null then 'acknowledged' else 'open' end`,
    columns: ['severity', 'resolvedAt', 'acknowledgedAt'],
  },
  { kind: 'users', table: 'users', one: 'row."status"', two: 'row."role"', columns: ['status', 'role'] },
  { kind: 'mcpServers', table: 'mcpServers', one: 'row."status"', two: `''`, columns: ['status'] },
  { kind: 'capabilityRequests', table: 'capabilityRequests', one: 'row."status"', two: `''`, columns: ['status'] },
  { kind: 'approvals', table: 'verifications', one: 'row."status"', two: 'row."riskLevel"', where: 'row."requirement" is not null', columns: ['status', 'riskLevel'] },
  { kind: 'violations', table: 'verifications', one: 'row."agentId"', two: `''`, where: `row."rule" in ('not-granted', 'monitoring', 'honeytoken', 'capability_violation')`, columns: [] },
]; // biome-ignore format: one table

export const tallyTable = `create table "tallies" (
  "organizationId" text not null, "kind" text not null, "one" text not null, "two" text not null,
  "count" bigint not null, "sum" double precision not null, primary key ("organizationId", "kind", "one", "two"))`;

/** Counts what is there, and goes on counting. */
export const tallyStatements = (engine: Engine): string[] =>
  tallies.flatMap((tally) => [countOnce(tally), ...(engine === 'sqlite' ? onSqlite(tally) : onPostgres(tally))]);

function countOnce({ kind, table, one, two, sum = '0', where = 'true' }: Tally): string {
  return `insert into "tallies" select row."organizationId", '${kind}', ${one}, ${two}, count(*), coalesce(sum(${sum}), 0)
    from "${table}" as row where ${where} group by 1, 3, 4`
    .replaceAll('row.', 't.')
    .replace('as row', 'as t');
}

function add({ kind, one, two, sum = '0' }: Tally, row: 'new' | 'old'): string {
  const sign = row === 'new' ? '' : '-';
  return `insert into "tallies" values (row."organizationId", '${kind}', ${one}, ${two}, ${sign}1, ${sign}(${sum}))
    on conflict ("organizationId", "kind", "one", "two") do update
    set "count" = "tallies"."count" + excluded."count", "sum" = "tallies"."sum" + excluded."sum";`.replaceAll(
    'row.',
    `${row}.`,
  );
}

const when = (tally: Tally, row: 'new' | 'old'): string => (tally.where ?? '1 = 1').replaceAll('row.', `${row}.`);

function onSqlite(tally: Tally): string[] {
  const { kind, table, columns } = tally;
  const named = columns.map((column) => `"${column}"`).join(', ');
  return [
    `create trigger "${kind}Added" after insert on "${table}" when ${when(tally, 'new')} begin ${add(tally, 'new')} end`,
    `create trigger "${kind}Removed" after delete on "${table}" when ${when(tally, 'old')} begin ${add(tally, 'old')} end`,
    ...(columns.length === 0
      ? []
      : [
          `create trigger "${kind}Changed" after update of ${named} on "${table}" when ${when(tally, 'new')}
            begin ${add(tally, 'old')} ${add(tally, 'new')} end`,
        ]),
  ];
}

function onPostgres(tally: Tally): string[] {
  const { kind, table, columns } = tally;
  const name = `"tally_${kind}"`;
  const named = columns.map((column) => `"${column}"`).join(', ');
  return [
    // `old` and `new` exist only where there was or is a row, so whether it counts is looked at after that.
    `create function ${name}() returns trigger language plpgsql as $$ begin
      if tg_op <> 'INSERT' then if ${when(tally, 'old')} then ${add(tally, 'old')} end if; end if;
      if tg_op <> 'DELETE' then if ${when(tally, 'new')} then ${add(tally, 'new')} end if; end if;
      return null; end $$`,
    `create trigger "${kind}Counted" after insert or delete${columns.length === 0 ? '' : ` or update of ${named}`} on "${table}"
      for each row execute function ${name}()`,
  ];
}
