// Old events of the stream are forgotten: a reader that resumes before the first that is kept is told so, and one at the end is not.

import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/control-plane/database/open.ts';
import { forget } from '../../src/control-plane/jobs.ts';
import { databaseOfOwn, openWorld, until, type World } from './support/world.ts';

const DAY = 24 * 60 * 60 * 1000;
const folder = mkdtempSync(join(tmpdir(), 'aim-forgotten-'));
let own: Awaited<ReturnType<typeof databaseOfOwn>>;
let database: Database;
let world: World;
beforeAll(async () => {
  own = await databaseOfOwn();
  world = await openWorld(own === null ? { data: folder } : { database: own.location });
  database = await openDatabase({ location: own?.location ?? join(folder, 'aim.db') });
});
afterAll(async () => {
  await database.close();
  await world.stop();
  await own?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const positions = async (): Promise<number[]> =>
  (await database.queries.selectFrom('streamEvents').select('position').orderBy('position').execute()).map(({ position }) =>
    Number(position),
  );
const forgetAll = () => forget({ queries: database.queries, clock: () => Date.now() + 8 * DAY });

/** The first message that is no heartbeat, to somebody who resumes after a position. */
async function resumed(after: string): Promise<{ event: string | undefined; data: Record<string, unknown> }> {
  const stop = new AbortController();
  const response = await fetch(`${world.url}/api/v1/events/stream`, {
    signal: stop.signal,
    headers: { authorization: `Bearer ${world.admin.accessToken}`, 'last-event-id': after },
  });
  const first = Promise.withResolvers<{ event: string | undefined; data: Record<string, unknown> }>();
  const parser = createParser({
    onEvent: ({ event, data }) => event !== 'heartbeat' && first.resolve({ event, data: JSON.parse(data) }),
  });
  const decoder = new TextDecoder();
  void (async () => {
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  })().catch(() => undefined);
  // Where nothing was missed, what happens next is the first that is told.
  await world.admin.call('POST', '/api/v1/tags', { key: `k${Math.random()}`, value: 'v' });
  return first.promise.finally(() => stop.abort());
}

/** Rows as an event of some weight is kept, from a position on. */
async function fill(from: number, count: number, at: number): Promise<void> {
  const { organizationId } = await database.queries.selectFrom('agents').select('organizationId').executeTakeFirstOrThrow();
  const subject = JSON.stringify({ kind: 'tag', id: 'x', text: 'x'.repeat(50_000) });
  for (let index = 0; index < count; index += 1)
    await database.queries
      .insertInto('streamEvents')
      .values({ position: from + index, organizationId, type: 'tag', change: 'created', agentId: null, at, subject })
      .execute();
}

async function epoch(): Promise<string> {
  const row = await database.queries
    .selectFrom('instance')
    .select('value')
    .where('key', '=', 'stream-epoch')
    .executeTakeFirstOrThrow();
  return row.value;
}

describe('what the stream has forgotten', () => {
  test('is not its last event, which says how far it has come', async () => {
    const last = (await positions()).at(-1);
    await forgetAll();
    expect(await positions()).toEqual([last]);
  });

  test('is told to a reader that was before it, and nothing is told to one at the end', async () => {
    await world.agent();
    const [first = 0] = await positions();
    await forgetAll();
    const [last = 0] = await positions();
    expect(last).toBeGreaterThan(first + 1);
    expect(await resumed(`${await epoch()}-${first}`)).toMatchObject({
      event: 'gap',
      data: { to: `${await epoch()}-${last - 1}` },
    });
    const end = (await positions()).at(-1);
    expect((await resumed(`${await epoch()}-${end}`)).event).not.toBe('gap');
  });

  test('is told also where an older version has forgotten all of it', async () => {
    await world.agent();
    const [first = 0] = await positions();
    const last = (await positions()).at(-1) ?? 0;
    await database.queries.deleteFrom('streamEvents').execute();
    expect(await resumed(`${await epoch()}-${first}`)).toMatchObject({
      event: 'gap',
      data: { to: `${await epoch()}-${last}` },
    });
  });

  test('is told also to a reader that was still catching up', async () => {
    await world.agent();
    const last = (await positions()).at(-1) ?? 0;
    await fill(last + 1, 1100, Date.now());
    const { port } = new URL(world.url);
    const headers = { authorization: `Bearer ${world.admin.accessToken}`, 'last-event-id': `${await epoch()}-${last}` };
    const response = await new Promise<IncomingMessage>((resolve) => {
      get({ port, path: '/api/v1/events/stream', headers }, resolve);
    });
    // It has a first piece, and takes no more: the server waits for it in the midst of the first page or of the second.
    const first = await new Promise((resolve) => response.once('data', resolve));
    response.pause();
    expect(first).toBeDefined();
    await forgetAll();
    const told: { id: number; event: string | undefined; to: string }[] = [];
    const parser = createParser({
      onEvent: ({ id, event, data }) => told.push({ id: Number(id?.split('-')[1]), event, to: JSON.parse(data).to }),
    });
    response.setEncoding('utf8').on('data', (text) => parser.feed(text));
    response.resume();
    await until(async () => told.some(({ id }) => id >= last + 1100));
    response.destroy();
    const gap = told.findIndex(({ event }) => event === 'gap');
    expect(told[gap]).toMatchObject({ to: `${await epoch()}-${last + 1099}` });
    expect(told.slice(gap + 1).map(({ id }) => id)).toEqual([last + 1100]);
  });

  test('is its beginning and never its midst, also where the clock was set back', async () => {
    await forgetAll();
    const [last = 0] = await positions();
    await database.queries.deleteFrom('streamEvents').execute();
    const now = Date.now();
    await fill(last + 1, 2, now - 2 * DAY);
    await fill(last + 3, 2, now - 9 * DAY);
    await fill(last + 5, 2, now);
    await forget({ queries: database.queries, clock: () => now });
    expect(await positions()).toEqual([1, 2, 3, 4, 5, 6].map((step) => last + step));
    await forget({ queries: database.queries, clock: () => now + 6 * DAY });
    expect(await positions()).toEqual([last + 5, last + 6]);
  });

  test('goes on being forgotten after a clock that ran ahead', async () => {
    await forgetAll();
    const [last = 0] = await positions();
    await database.queries.deleteFrom('streamEvents').execute();
    const now = Date.now();
    await fill(last + 1, 1, now + 1000 * DAY);
    await fill(last + 2, 2, now);
    await forget({ queries: database.queries, clock: () => now });
    expect(await positions()).toEqual([last + 2, last + 3]);
  });
});
