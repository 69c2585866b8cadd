// PostgreSQL: many connections to read on, and one on which this instance makes its changes, several statements to a round trip.

import type { Socket } from 'node:net';
import { Kysely, PostgresDialect, type PostgresPoolClient, type Transaction } from 'kysely';
import type { PoolClient } from 'pg';
import type { Schema } from './schema.ts';
import { endOf, type InsertOptions, type Statements } from './statements.ts';
import type { Writing } from './writing.ts';

export type Postgres = {
  dialect: PostgresDialect;
  write<Result>(work: (writing: Writing) => Promise<Result>): Promise<Result>;
  /** Ends what the dialect does not. */
  end(): Promise<void>;
};

export async function connectPostgres(location: string, connections: number): Promise<Postgres> {
  const { default: pg } = await import('pg');
  pg.types.setTypeParser(pg.types.builtins.INT8, Number); // times and counts, all far below 2^53
  const open = (max: number, pipeline: boolean) => {
    const pool = new pg.Pool({ connectionString: location, max, pipeline, application_name: 'aim' });
    // An idle connection that breaks would otherwise end the process; the next query gets a new one.
    pool.on('error', () => undefined);
    // So would one that breaks between two queries of a transaction: its next query fails, and says so.
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  };
  const writers = open(1, true);
  return {
    dialect: new PostgresDialect({ pool: open(connections, false) }),
    write: async (work) => transact(await writers.connect(), work),
    end: () => writers.end(),
  };
}

async function transact<Result>(client: PoolClient, work: (writing: Writing) => Promise<Result>): Promise<Result> {
  const posted: Promise<unknown>[] = [];
  let isBroken = false;
  try {
    // Not waited for: what the work asks first goes along with it, and fails with it.
    const begun = together(client).query(BEGIN);
    begun.catch(() => undefined);
    posted.push(begun);
    const result = await work({ queries: queriesOn(client), statements: statementsOn(client, posted) });
    const [{ command }] = await Promise.all([together(client).query('commit'), ...posted]);
    if (command !== 'COMMIT') throw new Error('The transaction was not committed.');
    return result;
  } catch (error) {
    // What failed first says why; what came after it says only that the transaction was over.
    const first = (await Promise.allSettled(posted)).find(({ status }) => status === 'rejected');
    await together(client)
      .query('rollback')
      .catch(() => {
        isBroken = true;
      });
    throw first?.status === 'rejected' ? first.reason : error;
  } finally {
    client.release(isBroken);
  }
}

/** The number only has to be ours. */
const WRITER_LOCK = 0x61696d31;
// One writer at a time, over all instances: positions and chain are serial, and no two can wait for each other's rows.
// Each statement sees what was committed before it, not before the lock was waited for, whatever the database’s own default is.
const BEGIN = `begin isolation level read committed; select pg_advisory_xact_lock(${WRITER_LOCK})`;

/** Queries of one turn leave in one piece: each piece wakes the database, which costs both sides more than most queries do. */
function together(client: PoolClient): PoolClient {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
  return client;
}

const builders = new WeakMap<PoolClient, Kysely<Schema>>();

/** Built queries on the very connection of the transaction. */
function queriesOn(client: PoolClient): Transaction<Schema> {
  let known = builders.get(client);
  if (known === undefined) {
    const query = (...asked: [string, unknown[]]) => together(client).query(...asked);
    const same = { query, release: () => undefined } as unknown as PostgresPoolClient;
    const pool = { connect: async () => same, end: async () => undefined, options: {} };
    known = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
    builders.set(client, known);
  }
  return known as Transaction<Schema>;
}

function statementsOn(client: PoolClient, posted: Promise<unknown>[]): Statements {
  // Prepared once on each connection: planning one of these costs more than running it.
  const send = async <Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    (await together(client).query({ name: nameOf(text), text, values: [...values] })).rows as Row[];
  const insert = <Row>(table: keyof Schema, rows: readonly object[], options: InsertOptions = {}) =>
    send<Row>(insertText(table, rows[0] ?? {}, options), [JSON.stringify(rows)]);
  function post<Answer>(answer: Promise<Answer>): Promise<Answer> {
    // It is looked at with the commit; until then its failure is nobody's.
    answer.catch(() => undefined);
    posted.push(answer);
    return answer;
  }
  return {
    run: send,
    insert: async <Row>(table: keyof Schema, rows: readonly object[], options?: InsertOptions) =>
      rows.length === 0 ? [] : insert<Row>(table, rows, options),
    newOf: async (table, rows, [one, two]) => {
      const keyOf = (row: object): string => JSON.stringify([row[one as never], row[two as never]]);
      const ones = rows.map((row) => row[one]);
      const twos = rows.map((row) => row[two]);
      // Nobody adds any until the end of the transaction: there is one writer at a time.
      const there = new Set((await send<object>(thereText(table, one, two), [ones, twos])).map(keyOf));
      return (wanted) => {
        const fresh = wanted.filter((row) => !there.has(keyOf(row)) && there.add(keyOf(row)));
        if (fresh.length > 0) void post(insert(table, fresh));
        return new Set(fresh.map(({ id }) => id));
      };
    },
    post: (text, values) => void post(send(text, values)),
    postRows: (table, rows, options) => {
      if (rows.length > 0) void post(insert(table, rows, options));
    },
    postEvents: (rows) => {
      if (rows.length === 0) return Promise.resolve([]);
      const text = `with "made" as (${insertText('streamEvents', rows[0] ?? {}, { returning: '"position"' })})
        select "position", (select pg_notify('aim_events', max("position")::text) from "made") from "made"`;
      const made = send<{ position: number }>(text, [JSON.stringify(rows)]);
      return post(made.then((all) => all.map(({ position }) => position).sort((left, right) => left - right)));
    },
  };
}

/** Which pairs are there. Looked up one by one: whatever the database knows of the table, it never reads all of it. */
const thereText = (table: string, one: string, two: string): string =>
  `select "${one}", "${two}" from unnest($1::text[], $2::text[]) as "asked" ("${one}", "${two}")
    where (select 1 from "${table}" as "kept" where "kept"."${one}" = "asked"."${one}" and "kept"."${two}" = "asked"."${two}" limit 1) = 1`;

/** Its text never changes, however many rows there are. */
function insertText(table: string, first: object, options: InsertOptions): string {
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(', ');
  return `insert into "${table}" (${columns}) select ${columns} from json_populate_recordset(null::"${table}", $1)${endOf(options)}`;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text) ?? `aim_${names.size + 1}`;
  names.set(text, known);
  return known;
}
