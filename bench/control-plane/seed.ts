// Fills the database of a stopped control plane: many agents, many events, and what is kept of them, made of one of each that was real.

import { DatabaseSync } from 'node:sqlite';

const [path = '', agentsWanted = '10000', eventsWanted = '1000000'] = process.argv.slice(2);
seed(Number(agentsWanted), Number(eventsWanted));

function seed(agents: number, events: number): void {
  const DAY = 24 * 60 * 60 * 1000;
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -400000');
  const now = Date.now();
  const like = (table: string, set: Record<string, string>): string => {
    const columns = (database.prepare(`pragma table_info("${table}")`).all() as { name: string }[]).map(({ name }) => name);
    return `(${columns.map((name) => `"${name}"`).join(', ')}) select ${columns.map((name) => set[name] ?? `t."${name}"`).join(', ')}`;
  };
  const numbers = (count: number): string =>
    `(with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${count}) select i from n) as n`;
  const agentId = (i: string): string => `printf('%08x-0000-4000-8000-%012x', (${i}) % ${agents}, (${i}) % ${agents})`;
  // Spread over a week, the newest last, as they would have come.
  const at = `${now - 7 * DAY} + n.i * ${(7 * DAY) / events}`;
  const eventId = `printf('%08x-%04x-7000-8000-%012x', (${at}) / 65536, cast(${at} as integer) % 65536, n.i)`;
  // One in a thousand was denied.
  const isDenied = 'n.i % 1000 = 999';

  database.exec('begin');
  database.exec(
    `insert into "agents" ${like('agents', {
      id: agentId('n.i'),
      name: `'agent-' || n.i`,
      displayName: `'Agent ' || n.i`,
      status: `case when n.i % 10 = 0 then 'pending' else 'verified' end`,
      createdAt: `${now - 30 * DAY} + n.i`,
      lastActiveAt: `${now} - n.i`,
      lastCapabilityCheckAt: `${now} - n.i * 60000`,
    })} from (select * from "agents" limit 1) as t, ${numbers(agents)}`,
  );
  database.exec(
    `insert into "capabilities" ${like('capabilities', { id: `'capability-' || n.i`, agentId: agentId('n.i') })}
      from (select * from "capabilities" limit 1) as t, ${numbers(agents)}`,
  );
  database.exec(
    `insert into "verifications" ${like('verifications', {
      id: eventId,
      agentId: agentId('n.i * 7919'),
      agentName: `'agent-' || (n.i * 7919) % ${agents}`,
      capability: `'db:read' || n.i % 20`,
      status: `case when ${isDenied} then 'denied' else 'approved' end`,
      rule: `case when ${isDenied} then 'not-granted' else 'granted' end`,
      actionHash: `printf('%064x', n.i)`,
      requestedAt: `cast(${at} as integer)`,
    })} from (select * from "verifications" where "status" = 'approved' limit 1) as t, ${numbers(events)}`,
  );
  const [first] = database.prepare('select max("sequence") as "last" from "auditEntries"').all() as { last: number }[];
  database.exec(
    `insert into "auditEntries" ${like('auditEntries', {
      sequence: `${first?.last ?? 0} + 1 + n.i`,
      id: `printf('%08x-%04x-7000-9000-%012x', n.i / 65536, n.i % 65536, n.i)`,
      at: `cast(${at} as integer)`,
      agentId: agentId('n.i * 7919'),
      resourceId: eventId,
    })} from (select * from "auditEntries" where "action" = 'verify' limit 1) as t, ${numbers(events)}`,
  );
  database.exec('update "auditHeads" set "sequence" = (select max("sequence") from "auditEntries")');
  const hour = '"requestedAt" - "requestedAt" % 3600000';
  for (const [hours, agent] of [
    [hour, '"agentId"'],
    [hour, `''`],
    ['0', '"agentId"'],
    ['0', `''`],
  ]) {
    database.exec(
      `insert into "counters" select "organizationId", ${hours}, ${agent}, "status", count(*), sum("durationMs"), sum("trustScore")
        from "verifications" where true group by 1, 2, 3, 4
        on conflict do update set "count" = excluded."count", "durationMs" = excluded."durationMs", "trustSum" = excluded."trustSum"`,
    );
  }
  database.exec('commit');
  database.close();
}
