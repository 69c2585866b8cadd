// What happened, and the proof of it: the live stream resumes without loss or repeat, the audit chain shows every tampering.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryHash } from '../../src/control-plane/audit/chain.ts';
import { verifyChain } from '../../src/control-plane/audit/verify.ts';
import { openDatabase } from '../../src/control-plane/database/open.ts';
import type { AuditEntryTable } from '../../src/control-plane/database/tables/records.ts';
import { databaseOfOwn, onPostgres, openWorld, type Person, until, type World } from './support/world.ts';

type Message = {
  id: string | undefined;
  event: string | undefined;
  data: { change: string; subject: Record<string, unknown>; missed?: number };
};

async function follow(world: World, person: Person, query = '', after?: string) {
  const stop = new AbortController();
  const messages: Message[] = [];
  const response = await fetch(`${world.url}/api/v1/events/stream${query}`, {
    signal: stop.signal,
    headers: { authorization: `Bearer ${person.accessToken}`, ...(after === undefined ? {} : { 'last-event-id': after }) },
  });
  const parser = createParser({ onEvent: ({ id, event, data }) => messages.push({ id, event, data: JSON.parse(data) }) });
  const decoder = new TextDecoder();
  const ended = (async () => {
    try {
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch {
      // stopped by us
    }
  })();
  const events = () => messages.filter(({ event }) => event !== 'heartbeat');
  return {
    response,
    messages,
    events,
    stop: async () => {
      stop.abort();
      await ended;
    },
    ended,
    count: (number: number) => until(async () => events().length >= number && events()),
  };
}

/** A reader whose connection stays open and takes nothing. */
async function openAndStall(world: World, query: string) {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  let hasStalled = false;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    // The head of the answer may come alone: what is waited for has to be read first.
    if (hasStalled || !text.includes('heartbeat')) return;
    hasStalled = true;
    socket.pause();
  });
  socket.write(
    `GET /api/v1/events/stream${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${world.admin.accessToken}\r\n\r\n`,
  );
  await until(async () => hasStalled);
  return { socket, text: () => text };
}

describe('the stream', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.stop());

  test('tells verifications, requests and changes of agents as they happen', async () => {
    const stream = await follow(world, world.admin);
    const agent = await world.agent(['db:read']);
    await agent.ask('db:read');
    await agent.ask('db:drop');
    await agent.ask('db:drop', { context: { jit_access: true } });
    await until(async () => stream.events().some(({ event }) => event === 'approval'));
    const types = stream.events().map(({ event, data }) => `${event} ${data.change}`);
    expect(types).toEqual(
      expect.arrayContaining([
        'agent created',
        'agent updated',
        'verification created',
        'approval created',
        'audit created',
        'alert created',
      ]),
    );
    await stream.stop();
  });

  test('resumes after any position without loss or repeat', async () => {
    const agent = await world.agent(['db:read']);
    const first = await follow(world, world.admin, '?types=verification');
    for (let index = 0; index < 5; index += 1) await agent.ask('db:read', { context: { index } });
    const seen = await first.count(5);
    await first.stop();
    for (let index = 5; index < 10; index += 1) await agent.ask('db:read', { context: { index } });
    const second = await follow(world, world.admin, '?types=verification', seen[2]?.id);
    await Promise.all(Array.from({ length: 5 }, (_, index) => agent.ask('db:read', { context: { index: index + 10 } })));
    const rest = await second.count(12);
    await second.stop();
    const ids = [...seen.slice(0, 3), ...rest].map(({ data }) => data.subject['id']);
    expect(ids).toHaveLength(15);
    expect(new Set(ids).size).toBe(15);
  });

  test('filters by type and by agent', async () => {
    const [one, other] = [await world.agent(['db:read']), await world.agent(['db:read'])];
    const stream = await follow(world, world.admin, `?types=verification,approval&agentId=${one.id}`);
    await other.ask('db:read');
    await one.ask('db:read');
    const [event] = await stream.count(1);
    await stream.stop();
    expect(stream.events()).toHaveLength(1);
    expect(event?.data.subject['agentId']).toBe(one.id);
  });

  test('begins with the latest where a backlog is asked for', async () => {
    const agent = await world.agent(['db:read']);
    for (let index = 0; index < 4; index += 1) await agent.ask('db:read', { context: { index } });
    const stream = await follow(world, world.admin, `?types=verification&backlog=3&agentId=${agent.id}`);
    expect(await stream.count(3)).toHaveLength(3);
    await stream.stop();
  });

  test('gives each of many readers each event once, those who resume in the middle too', async () => {
    const agent = await world.agent(['db:read']);
    const query = `?types=verification&agentId=${agent.id}`;
    const readers = await Promise.all(Array.from({ length: 30 }, () => follow(world, world.admin, query)));
    const asks = Array.from({ length: 10 }, (_, index) => agent.ask('db:read', { context: { index } }));
    const [seen] = await (readers[0] as (typeof readers)[0]).count(1);
    readers.push(await follow(world, world.admin, query, seen?.id));
    await Promise.all(asks);
    const counts = await Promise.all(
      readers.map(async (reader, index) => new Set((await reader.count(index === 30 ? 9 : 10)).map(({ id }) => id)).size),
    );
    await Promise.all(readers.map((reader) => reader.stop()));
    expect(counts).toEqual([...Array.from({ length: 30 }, () => 10), 9]);
    expect(readers.map((reader) => reader.events().length)).toEqual(counts);
  });

  test('tells a reader that does not read how many events it missed', async () => {
    const agent = await world.agent(['db:read']);
    const { socket, text } = await openAndStall(world, `?types=verification&agentId=${agent.id}`);
    const padding = 'x'.repeat(60_000);
    const total = 200;
    for (let index = 0; index < total; index += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, each) => agent.ask('db:read', { context: { n: index + each, padding } })),
      );
    socket.resume();
    const missed = await until(async () => Number(/"missed":(\d+)/.exec(text())?.[1] ?? 0));
    const told = text().match(/^event: verification$/gm)?.length ?? 0;
    socket.destroy();
    expect(told + missed).toBe(total);
  });

  test('says so where a position is not of this server', async () => {
    const stream = await follow(world, world.admin, '', 'ffffffff-12');
    const [gap] = await stream.count(1);
    await stream.stop();
    expect(gap?.event).toBe('gap');
  });

  test('the audit log is for administrators', async () => {
    const viewer = await world.person('viewer');
    expect((await follow(world, viewer, '?types=audit')).response.status).toBe(403);
    const stream = await follow(world, viewer);
    const agent = await world.agent(['db:read']);
    await agent.ask('db:read');
    await until(async () => stream.events().some(({ event }) => event === 'verification'));
    await stream.stop();
    expect(stream.events().some(({ event }) => event === 'audit')).toBe(false);
  });

  test('an unknown type is refused by name', async () => {
    const { status, body } = await world.admin.call('GET', '/api/v1/events/stream?types=weather');
    expect([status, body.error]).toEqual([400, expect.stringContaining('weather')]);
  });

  test('a stop is told', async () => {
    const short = await openWorld();
    const stream = await follow(short, short.admin);
    await short.stop();
    await stream.ended;
    expect(stream.messages.at(-1)?.event).toBe('closing');
  });
});

describe('the audit chain', () => {
  const directory = mkdtempSync(join(tmpdir(), 'aim-audit-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  type Tampering = (run: (sql: string) => Promise<Record<string, unknown>[]>) => Promise<unknown>;

  /** What the chain says before and after somebody was at the database while the control plane was away; and after one more entry. */
  async function tampered(by: Tampering) {
    const own = await databaseOfOwn();
    const admin = { adminEmail: 'a@example.test', adminPassword: 'correct horse battery staple' };
    const data = mkdtempSync(join(directory, 'data-'));
    const options = { ...admin, ...(own === null ? { data } : { database: own.location }) };
    const verified = async (world: World) => (await world.admin.call('GET', '/api/v1/admin/audit-logs/verify?sequence=3')).body;
    const first = await openWorld(options);
    await (await first.agent(['db:read'])).ask('db:read');
    const before = await verified(first);
    await first.stop();
    if (own === null) {
      const database = new DatabaseSync(join(data, 'aim.db'));
      await by(async (sql) => database.prepare(sql).all() as Record<string, unknown>[]);
      database.close();
      // On a port of its own: sockets that are kept to the old one are dead.
      rmSync(join(data, 'port'));
    } else await onPostgres(own.location, (client) => by(async (sql) => (await client.query(sql)).rows));
    const second = await openWorld(options);
    const after = await verified(second);
    await second.agent();
    const later = await verified(second);
    await second.stop();
    await own?.drop();
    return { before, after, later };
  }

  test.each<[title: string, by: Tampering, expected: object]>([
    [
      'a changed entry',
      (run) => run(`update "auditEntries" set "metadata" = '{}' where "sequence" = 3`),
      { fault: 'changed', sequence: 3 },
    ],
    [
      'a changed entry whose hash was made anew',
      async (run) => {
        const [entry] = await run(`select * from "auditEntries" where "sequence" = 3`);
        const hash = entryHash({ ...(entry as AuditEntryTable), action: 'nothing' });
        await run(`update "auditEntries" set "action" = 'nothing', "hash" = '${hash}' where "sequence" = 3`);
      },
      { fault: 'reordered', sequence: 4 },
    ],
    ['a removed entry', (run) => run(`delete from "auditEntries" where "sequence" = 3`), { fault: 'missing', sequence: 3 }],
    [
      'a removed entry whose place the next one took',
      async (run) => {
        await run(`delete from "auditEntries" where "sequence" = 3`);
        await run(`update "auditEntries" set "sequence" = 3 where "sequence" = 4`);
      },
      { fault: 'changed', sequence: 3 },
    ],
    [
      'two entries that changed places',
      async (run) => {
        for (const [from, to] of [[2, -1], [3, 2], [-1, 3]]) // biome-ignore format: one move
          await run(`update "auditEntries" set "sequence" = ${to} where "sequence" = ${from}`);
      },
      { fault: 'changed', sequence: 2 },
    ],
    [
      'entries cut off at the end',
      (run) => run(`delete from "auditEntries" where "sequence" = (select max("sequence") from "auditEntries")`),
      { fault: 'missing' },
    ],
  ])('%s is found, also when more is written after it', async (_, by, expected) => {
    const { before, after, later } = await tampered(by);
    expect(before).toMatchObject({ valid: true, checked: expect.any(Number) });
    expect(after).toMatchObject({ valid: false, ...expected });
    expect(later).toMatchObject({ valid: false, ...expected });
  });

  test('all of it written anew, head included, holds; whoever noted what stood at a place sees another entry there', async () => {
    const { before, after, later } = await tampered(async (run) => {
      const entries = (await run('select * from "auditEntries" order by "sequence"')) as AuditEntryTable[];
      let previousHash = entries[0]?.previousHash ?? '';
      for (const entry of entries) {
        const metadata = entry.sequence === 2 ? '{"nothing":"happened"}' : entry.metadata;
        const hash = entryHash({ ...entry, metadata, previousHash });
        await run(
          `update "auditEntries" set "metadata" = '${metadata}', "previousHash" = '${previousHash}', "hash" = '${hash}' where "sequence" = ${entry.sequence}`,
        );
        previousHash = hash;
      }
      await run(`update "auditHeads" set "hash" = '${previousHash}'`);
    });
    for (const outcome of [before, after, later])
      expect(outcome).toMatchObject({ valid: true, entry: { sequence: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(after.entry.hash).not.toBe(before.entry.hash);
    expect(later.entry.hash).toBe(after.entry.hash);
  });

  test('what stands beyond the end of the chain is nothing', async () => {
    const world = await openWorld();
    expect((await world.admin.call('GET', '/api/v1/admin/audit-logs/verify?sequence=100000')).body).toMatchObject({
      valid: true,
      entry: null,
    });
    await world.stop();
  });

  test('a head that was put back to an earlier entry is found', async () => {
    const own = await databaseOfOwn();
    const data = mkdtempSync(join(directory, 'data-'));
    const world = await openWorld(own === null ? { data } : { database: own.location });
    await world.agent();
    await world.stop();
    const { queries, close } = await openDatabase({ location: own?.location ?? join(data, 'aim.db') });
    const { id } = await queries.selectFrom('organizations').select('id').executeTakeFirstOrThrow();
    expect(await verifyChain(queries, id)).toMatchObject({ valid: true });
    const { hash } = await queries
      .selectFrom('auditEntries')
      .select('hash')
      .where('sequence', '=', 2)
      .executeTakeFirstOrThrow();
    await queries.updateTable('auditHeads').set({ sequence: 2, hash }).execute();
    expect(await verifyChain(queries, id)).toMatchObject({ valid: false, sequence: 3 });
    await close();
    await own?.drop();
  });

  test('where the head was put back, whoever writes is told what holds and what to do', async () => {
    const own = await databaseOfOwn();
    const data = mkdtempSync(join(directory, 'data-'));
    const world = await openWorld(own === null ? { data } : { database: own.location });
    const agent = await world.agent(['db:read']);
    const { queries, close } = await openDatabase({ location: own?.location ?? join(data, 'aim.db') });
    const { hash } = await queries
      .selectFrom('auditEntries')
      .select('hash')
      .where('sequence', '=', 2)
      .executeTakeFirstOrThrow();
    await queries.updateTable('auditHeads').set({ sequence: 2, hash }).execute();
    await close();
    for (const { status, body } of [
      await world.admin.call('POST', '/api/v1/tags', { key: 'a', value: 'b' }),
      await agent.ask('db:read'),
      await world.call('POST', '/api/v1/auth/login/local', world.admin),
    ]) {
      expect([status, body.reasonCode]).toEqual([500, 'auditChainBroken']);
      expect(body.error).toMatch(/Nothing was written.*aim audit verify.*aim serve restore/);
    }
    expect((await world.admin.call('GET', '/api/v1/admin/audit-logs/verify')).body).toMatchObject({
      valid: false,
      sequence: 3,
    });
    await world.stop();
    await own?.drop();
  });

  test('every change is there, with who made it', async () => {
    const world = await openWorld();
    const agent = await world.agent(['db:read']);
    const { body } = await world.admin.call('GET', `/api/v1/admin/audit-logs?entity_id=${agent.id}`);
    expect(body.logs.map(({ action, userName }: { action: string; userName: string }) => [action, userName])).toEqual([
      ['grant-capability', world.admin.email],
      ['verify', world.admin.email],
      ['create', world.admin.email],
    ]);
    const csv = await world.admin.call('GET', '/api/v1/admin/audit-logs/export?format=csv');
    await world.stop();
    expect(csv.body.split('\r\n')[0]).toBe(
      'ID,Timestamp,Action,ResourceType,ResourceID,UserID,IPAddress,UserAgent,Metadata,ActorType',
    );
  });
});
