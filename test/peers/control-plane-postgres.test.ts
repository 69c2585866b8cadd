// The control plane on a real PostgreSQL: the whole suite again, and two instances that act as one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { createParser } from 'eventsource-parser';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate, migrationNames } from '../../src/control-plane/database/migrate.ts';
import { openDatabase } from '../../src/control-plane/database/open.ts';
import { connectPostgres } from '../../src/control-plane/database/postgres.ts';
import type { Schema } from '../../src/control-plane/database/schema.ts';
import { startControlPlane } from '../../src/control-plane/start.ts';
import { asAgent, caller, onPostgres, openWorld, until, type World } from '../control-plane/support/world.ts';
import { type Postgres, startPostgres } from './support-postgres.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres({ durable: false });
}, 60_000);
afterAll(() => postgres.stop());

async function newDatabase(name: string): Promise<string> {
  await onPostgres(postgres.url, (client) => client.query(`create database ${name}`));
  return new URL(`/${name}`, postgres.url).toString();
}

/** What the control plane holds about approvals. */
const APPROVALS = ['quorum', 'standing', 'notify', 'server-model'].map((name) => `test/approvals/${name}.test.ts`);

/** These open files of their own, or look at what only SQLite has. */
const OF_SQLITE = ['list-plans', 'start'].map((name) => `test/control-plane/${name}.test.ts`);

// Named one by one: a project of vitest that excludes files of its own does not hear of `--exclude`.
const SUITE = globSync('test/control-plane/**/*.test.ts').filter((path) => !OF_SQLITE.includes(path));

test('the suite that runs on SQLite passes on PostgreSQL, every other request at another instance', async () => {
  const form = await newDatabase(`form_${Date.now()}`);
  await (await openDatabase({ location: form })).close();
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...SUITE, ...APPROVALS], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, AIM_TEST_DATABASE: form, AIM_TEST_INSTANCES: '2' },
  });
  // Waited for, not blocked on: who runs these tests asks this process now and then whether it lives.
  const [status, said, complained] = await Promise.all([
    once(child, 'exit').then(([code]) => code as number | null),
    text(child.stdout),
    text(child.stderr),
  ]);
  expect(status, `${said.slice(-4000)}\n${complained.slice(-8000)}`).toBe(0);
}, 1_200_000);

test.each([migrationNames[0], migrationNames[9], migrationNames.at(-2)])(
  'three that start at once on tables of the form %s all come up, and one has migrated',
  async (form = '') => {
    const location = await newDatabase(`old_${migrationNames.indexOf(form)}`);
    const { dialect, end } = await connectPostgres(location, 1);
    const queries = new Kysely<Schema>({ dialect });
    await migrate(queries, 'postgres', form);
    await Promise.all([queries.destroy(), end()]);
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase({ location, connections: 2 })));
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      (opened[0] as (typeof opened)[0]).queries,
    );
    expect(rows.map(({ name }) => name)).toEqual(migrationNames);
    await Promise.all(opened.map(({ close }) => close()));
  },
  60_000,
);

type Seen = { id: string; subject: string };
const placeOf = ({ id }: Seen): number => Number(id.split('-')[1]);

/** Reads the stream of one instance, as a client does that was told where it had come to. */
async function follow(url: string, token: string, query: string, after?: string) {
  const stop = new AbortController();
  const response = await fetch(`${url}/api/v1/events/stream${query}`, {
    headers: { authorization: `Bearer ${token}`, ...(after === undefined ? {} : { 'last-event-id': after }) },
    signal: stop.signal,
  });
  const seen: Seen[] = [];
  const gaps: string[] = [];
  const parser = createParser({
    onEvent: ({ id = '', event, data }) => {
      if (event === 'verification') seen.push({ id, subject: JSON.parse(data).subject.id });
      if (event === 'gap') gaps.push(data);
    },
  });
  const decoder = new TextDecoder();
  const reading = (async () => {
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  })().catch(() => undefined);
  return {
    seen,
    gaps,
    stop: async () => {
      stop.abort();
      await reading;
    },
  };
}

describe('two instances', () => {
  let world: World;
  let second: { url: string; stop(): Promise<void> };
  let database: string;
  const admin = { adminEmail: 'a@example.test', adminPassword: 'correct horse battery staple' };
  beforeAll(async () => {
    database = await newDatabase('two');
    // Both start at once on an empty database: one migrates, the other waits.
    const [first, other] = await Promise.all([
      openWorld({ database, ...admin }),
      until(async () => startControlPlane({ database, ...admin }).catch(() => null), 30_000),
    ]);
    world = first;
    second = other;
  }, 60_000);
  afterAll(async () => {
    await second.stop();
    await world.stop();
  });
  const onSecond = () => caller(second.url, { authorization: `Bearer ${world.admin.accessToken}` });

  test('read each other’s tokens and agents', async () => {
    const agent = await world.agent(['db:read']);
    expect((await onSecond()('GET', `/api/v1/agents/${agent.id}`)).body.name).toBe(agent.name);
    expect((await asAgent(second.url, agent.id, agent.name, agent.key).ask('db:read')).body.status).toBe('approved');
  });

  test('a decision on one wakes whoever waits on the other', async () => {
    const agent = await world.agent();
    const { body } = await agent.ask('db:drop', { context: { jit_access: true } });
    const waiting = caller(second.url, {})('GET', `/api/v1/sdk-api/verifications/${body.id}?wait=20`);
    await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, {});
    expect((await waiting).body.status).toBe('approved');
  });

  test('a change on one holds for the very next request on the other', async () => {
    const agent = await world.agent(['db:read']);
    const there = asAgent(second.url, agent.id, agent.name, agent.key);
    for (let round = 0; round < 10; round += 1) {
      await onSecond()('GET', '/healthz');
      expect((await there.ask('db:read', { context: { round } })).body.status).toBe('approved');
      await world.admin.call('POST', `/api/v1/agents/${agent.id}/suspend`);
      expect((await there.ask('db:read', { context: { round, again: true } })).status).toBe(403);
      await world.admin.call('POST', `/api/v1/agents/${agent.id}/reactivate`);
    }
  });

  test('two reviewers at two instances: one decides', async () => {
    for (let round = 0; round < 5; round += 1) {
      const agent = await world.agent();
      const { body } = await agent.ask('db:drop', { context: { jit_access: true } });
      const path = `/api/v1/admin/verifications/${body.id}`;
      const answers = await Promise.all([
        world.admin.call('POST', `${path}/approve`, {}),
        onSecond()('POST', `${path}/deny`, { reason: 'no' }),
      ]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    }
  });

  test('the last use of a permission is given once, over both', async () => {
    const agent = await world.agent();
    const there = asAgent(second.url, agent.id, agent.name, agent.key);
    const { body } = await agent.ask('mail:send', { context: { jit_access: true } });
    await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, {
      narrow: { durationSeconds: 60, uses: 3 },
    });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? agent : there).ask('mail:send', { context: { n } })),
    );
    expect(answers.filter(({ body: { status } }) => status === 'approved')).toHaveLength(2);
  });

  test('a stream on one tells what both commit, each once and in order, also while LISTEN is cut', async () => {
    const agent = await world.agent(['db:read']);
    const there = asAgent(second.url, agent.id, agent.name, agent.key);
    const stream = await follow(second.url, world.admin.accessToken, `?types=verification&agentId=${agent.id}`);
    const asked: string[] = [];
    const load = async (from: number): Promise<void> => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? agent : there).ask('db:read', { context: { n: from + n } })),
      );
      asked.push(...answers.map(({ body }) => body.id));
    };
    await load(0);
    await onPostgres(database, (client) =>
      client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'aim-listener'`),
    );
    await load(100);
    await until(async () => stream.seen.length >= asked.length, 20_000);
    await stream.stop();
    expect(stream.seen.map(({ subject }) => subject).toSorted()).toEqual(asked.toSorted());
    expect(stream.seen.map(placeOf)).toEqual(stream.seen.map(placeOf).toSorted((left, right) => left - right));
  });

  test('a reader that a balancer sends from one to the other misses nothing and gets nothing twice', async () => {
    const agent = await world.agent(['db:read']);
    const there = asAgent(second.url, agent.id, agent.name, agent.key);
    let isOver = false;
    const asked: string[] = [];
    const load = Promise.all(
      [agent, there].map(async (asker) => {
        for (let n = 0; !isOver; n += 1) asked.push((await asker.ask('db:read', { context: { n } })).body.id);
      }),
    );
    const seen: Seen[] = [];
    // What was committed a moment ago at one of them, the other one may not have told yet.
    for (let turn = 0; turn < 12; turn += 1) {
      const { url } = turn % 2 === 0 ? world : second;
      const after = seen.at(-1)?.id;
      const stream = await follow(url, world.admin.accessToken, `?types=verification&agentId=${agent.id}`, after);
      await until(async () => stream.seen.length >= 3, 20_000);
      await stream.stop();
      expect(stream.gaps).toEqual([]);
      seen.push(...stream.seen);
    }
    isOver = true;
    await load;
    const rest = await follow(world.url, world.admin.accessToken, `?types=verification&agentId=${agent.id}`, seen.at(-1)?.id);
    // What came before the first of these streams was never theirs to tell.
    const owed = asked.slice(asked.length / 2);
    const told = (): Set<string> => new Set([...seen, ...rest.seen].map(({ subject }) => subject));
    await until(async () => owed.every((id) => told().has(id)), 20_000);
    await rest.stop();
    const all = [...seen, ...rest.seen];
    expect(new Set(all.map(({ subject }) => subject)).size).toBe(all.length);
    expect(all.map(placeOf)).toEqual(all.map(placeOf).toSorted((left, right) => left - right));
  });

  test('the chain is whole after all that', async () => {
    expect((await world.admin.call('GET', '/api/v1/admin/audit-logs/verify')).body).toMatchObject({ valid: true });
  });

  test('both go on after the database was away', async () => {
    postgres.restart();
    const agent = await until(async () => world.agent(['db:read']).catch(() => null), 20_000);
    expect((await asAgent(second.url, agent.id, agent.name, agent.key).ask('db:read')).body.status).toBe('approved');
  });
});
