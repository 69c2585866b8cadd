// Old events of the stream are forgotten: a reader that resumes before the first that is kept is told so, and one at the end is not.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/control-plane/database/open.ts';
import { forget } from '../../src/control-plane/jobs.ts';
import { databaseOfOwn, openWorld, type World } from './support/world.ts';

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
});
