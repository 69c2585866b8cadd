// What happened, and the proof of it: the live stream resumes without loss or repeat, the audit chain shows every tampering.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type Person, until, type World } from './support/world.ts';

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
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (text.length < 2000) socket.pause();
  });
  socket.write(
    `GET /api/v1/events/stream${query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.admin.accessToken}\r\n\r\n`,
  );
  await until(async () => text.includes('heartbeat'));
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

  async function tamper(sql: string) {
    const data = mkdtempSync(join(directory, 'data-'));
    const admin = { adminEmail: 'a@example.test', adminPassword: 'correct horse battery staple' };
    const first = await openWorld({ data, ...admin });
    const agent = await first.agent(['db:read']);
    await agent.ask('db:read');
    const before = (await first.admin.call('GET', '/api/v1/admin/audit-logs/verify')).body;
    await first.stop();
    const database = new DatabaseSync(join(data, 'aim.db'));
    database.exec(sql);
    database.close();
    // On a port of its own: sockets that are kept to the old one are dead.
    rmSync(join(data, 'port'));
    const second = await openWorld({ data, ...admin });
    const after = (await second.admin.call('GET', '/api/v1/admin/audit-logs/verify')).body;
    await second.stop();
    return { before, after };
  }

  test.each([
    [
      'a changed entry',
      `update "auditEntries" set "metadata" = '{}' where "sequence" = 3`,
      { valid: false, fault: 'changed', sequence: 3 },
    ],
    ['a removed entry', `delete from "auditEntries" where "sequence" = 3`, { valid: false, fault: 'missing', sequence: 3 }],
    [
      'two entries that changed places',
      `update "auditEntries" set "sequence" = -1 where "sequence" = 2; update "auditEntries" set "sequence" = 2 where "sequence" = 3; update "auditEntries" set "sequence" = 3 where "sequence" = -1`,
      { valid: false, fault: 'changed', sequence: 2 },
    ],
  ])('%s is found', async (_, sql, expected) => {
    const { before, after } = await tamper(sql);
    expect(before).toMatchObject({ valid: true, checked: expect.any(Number) });
    expect(after).toMatchObject(expected);
  });

  test('entries cut off at the end are found while nothing follows', async () => {
    const data = mkdtempSync(join(directory, 'data-'));
    const world = await openWorld({ data });
    const other = new DatabaseSync(join(data, 'aim.db'));
    other.exec(`delete from "auditEntries" where "sequence" = (select max("sequence") from "auditEntries")`);
    other.close();
    const { body } = await world.admin.call('GET', '/api/v1/admin/audit-logs/verify');
    await world.stop();
    expect(body).toMatchObject({ valid: false, fault: 'missing' });
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
