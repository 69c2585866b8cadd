// Whatever comes to whatever route: an answer in JSON with a sentence and a word, never a 5xx, and nothing stored of what was refused.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../src/control-plane/route.ts';
import { routes } from '../../src/control-plane/routes/table.ts';
import { type Call, databaseOfOwn, openWorld, type TestAgent, type World } from './support/world.ts';

let world: World;
let agent: TestAgent;
let stored: Stored;
const callers: Record<string, Call> = {};

/** What is in the tables, as one text. On SQLite the clerk that looks is a reader of the file, on PostgreSQL one of the database. */
type Stored = { look(): Promise<string>; close(): Promise<unknown> };

// What a refused request may leave: that it was made.
const LEFT = ['nonces', 'rateWindows', 'leases', 'oidcFlows'];
const countsOf = (tables: string[]): string =>
  tables
    .filter((table) => !LEFT.includes(table) && !/^(sqlite|kysely)_/.test(table))
    .map((table) => `select '${table}' as name, count(*) as count from "${table}"`)
    .join(' union all ');

function storedInSqlite(file: string): Stored {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare(`select name from sqlite_schema where type = 'table'`).all() as { name: string }[];
  const counting = database.prepare(countsOf(tables.map(({ name }) => name)));
  // It changes when another connection commits: as long as it does not, nothing can have been stored.
  const version = database.prepare('pragma data_version');
  return remembering(
    async () => version.get()?.['data_version'],
    async () => counting.all(),
    async () => database.close(),
  );
}

async function storedInPostgres(location: string): Promise<Stored> {
  const client = new pg.Client({ connectionString: location });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const counting = countsOf(rows.map(({ name }) => name));
  // The same here: every transaction that changes something takes a number.
  const next = 'select pg_snapshot_xmax(pg_current_snapshot())::text as next';
  return remembering(
    async () => (await client.query(next)).rows[0]?.next,
    async () => (await client.query(counting)).rows,
    () => client.end(),
  );
}

function remembering(version: () => Promise<unknown>, count: () => Promise<unknown>, close: () => Promise<unknown>): Stored {
  let at: unknown;
  let counts = '';
  return {
    async look() {
      const now = await version();
      if (now !== at) counts = JSON.stringify(await count());
      at = now;
      return counts;
    },
    close,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'aim-fuzz-'));
const own = await databaseOfOwn();

beforeAll(async () => {
  world = await openWorld(own === null ? { data: folder } : { database: own.location });
  agent = await world.agent(['db:read']);
  const { apiKey } = (await world.admin.call('POST', '/api/v1/api-keys', { name: 'fuzz' })).body;
  callers['nobody'] = world.call;
  callers['an administrator'] = world.admin.call;
  callers['an agent'] = agent.call;
  callers['an API key'] = (method, path, body, headers = {}) =>
    world.call(method, path, body, { ...headers, 'X-API-Key': apiKey });
  stored = own === null ? storedInSqlite(join(folder, 'aim.db')) : await storedInPostgres(own.location);
});
afterAll(async () => {
  await stored.close();
  await world.stop();
  await own?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const name = ({ method, path }: Route) => `${method} ${path}`;
/** Streams, pages for people, and what ends the caller's own session. */
const APART = new Set([
  'GET /api/v1/events/stream',
  'GET /api/v1/embedded/hold',
  'POST /api/v1/auth/logout',
  'POST /auth/login',
  'POST /device',
]);
const walked = routes.filter((route) => !APART.has(name(route)));

const IDS = [
  '..%2f..%2fadmin',
  '%2e%2e',
  'a%00b',
  'x'.repeat(480),
  "' or 1=1 --",
  '%ff',
  '%f0%9f%92%a5',
  '__proto__',
  'constructor',
  '%2f',
  '0',
  '*',
  '%25s',
  'null',
];
const BODIES: [title: string, text: string][] = [
  ['no JSON', '{"a":'],
  ['a list', '[]'],
  ['a number', '1e999'],
  ['null', 'null'],
  ['a text', '"x"'],
  ['a member twice', '{"name":"a","name":"b"}'],
  ['a member twice, written otherwise', '{"name":"a","n\\u0061me":"b"}'],
  ['a NUL', '{"name":"a\\u0000"}'],
  ['half a character', '{"name":"\\ud800"}'],
  ['members of prototypes', '{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}},"toString":1}'],
  ['deep nesting', `{"metadata":${'['.repeat(2000)}${']'.repeat(2000)}}`],
];

async function refusedOrDone(who: string, route: Route, path: string, body?: unknown): Promise<void> {
  const before = await stored.look();
  const answer = await (callers[who] as Call)(route.method, path, body);
  const isRefused = answer.status >= 400 && !answer.headers.get('content-type')?.startsWith('text/html');
  const good =
    answer.status < 500 &&
    (!isRefused ||
      (typeof answer.body.error === 'string' &&
        // RFC 8628 answers carry a word alone.
        (route.path.startsWith('/api/v1/oauth/') || typeof answer.body.reasonCode === 'string') &&
        (await stored.look()) === before));
  if (good) return;
  // Written only where it is needed: there are thousands of these.
  const asked = `${who}: ${route.method} ${path} ${typeof body === 'string' ? body.slice(0, 200) : JSON.stringify(body)}`;
  const was = isRefused && answer.status < 500 ? ` and ${before} became ${await stored.look()}` : '';
  expect.fail(`${asked} → ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}${was}`);
}

const withId = (route: Route, id: string): string => route.path.replace(/:\w+/g, id);

describe('each route', () => {
  test.each(walked.map((route) => [name(route), route] as const))('%s', async (_, route) => {
    const hasId = route.path.includes(':');
    // Who is refused is refused before a database is asked: on the second one only who gets through is worth the time.
    for (const who of own === null ? Object.keys(callers) : ['an administrator']) {
      // Whoever is let in everywhere tries everything, the others a little of it.
      const some = <Each>(all: readonly Each[]) =>
        who === 'an administrator' ? all : all.filter((_, index) => index % 5 === 0);
      if (hasId)
        for (const id of some(IDS))
          await refusedOrDone(
            who,
            route,
            withId(route, id),
            route.method === 'GET' || route.method === 'DELETE' ? undefined : {},
          );
      if (route.body === null) continue;
      for (const [, text] of some(BODIES)) await refusedOrDone(who, route, withId(route, agent.id), text);
    }
  });
});

// Each member of each body, of each wrong type, with the other members as they should be where that is known.
describe('each member of each body', () => {
  const WRONG = [
    null,
    true,
    -1,
    1.5,
    1e300,
    '',
    ' ',
    'x'.repeat(5000),
    [],
    [null],
    {},
    { a: 1 },
    '\u202e',
    'http://[',
    '../../etc',
  ];
  const GOOD: Record<string, unknown> = {
    name: 'x', reason: 'a reason that is long enough', email: 'x@example.test', url: 'mcp://x', capabilityType: 'a:b', title: 'x',
    policyType: 'trust_score_low', enforcementAction: 'alert_only', key: 'k', value: 'v', method: 'GET', path: '/', userId: 'u', purpose: 'x',
  }; // biome-ignore format: one table
  test.each(walked.filter(({ body }) => body !== null).map((route) => [name(route), route] as const))(
    '%s',
    async (_, route) => {
      const { properties = {}, required = [] } = z.toJSONSchema(route.body as z.ZodType, {
        io: 'input',
        unrepresentable: 'any',
      }) as {
        properties?: Record<string, object>;
        required?: string[];
      };
      const base = Object.fromEntries(required.flatMap((member) => (member in GOOD ? [[member, GOOD[member]]] : [])));
      for (const member of Object.keys(properties)) {
        const bodies = WRONG.map((wrong) => ({ ...base, [member]: wrong }));
        // What the schema refuses is refused in one place for all routes, before anything is done with it: one of those speaks for all.
        const passed = bodies.filter((body) => (route.body as z.ZodType).safeParse(body).success);
        const refused = bodies.find((body) => !passed.includes(body));
        for (const body of refused === undefined ? passed : [refused, ...passed])
          await refusedOrDone('an administrator', route, withId(route, agent.id), body);
      }
    },
  );
});

test('anything at all, anywhere', async () => {
  const value = fc.anything({ withNullPrototype: false, withBigInt: false, maxDepth: 3 });
  const member = fc.constantFrom(
    'name',
    'reason',
    'agentId',
    'agent_id',
    'url',
    'email',
    'capabilityType',
    'publicKey',
    'role',
    'limit',
    'cursor',
    'context',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...walked),
      fc.constantFrom(...Object.keys(callers)),
      fc.oneof(value, fc.dictionary(member, value)),
      fc.string(),
      async (route, who, body, id) => {
        const path = withId(route, encodeURIComponent(['', '.', '..'].includes(id) ? 'x' : id));
        if (route.method === 'GET' || route.method === 'DELETE') {
          const query = new URLSearchParams(
            Object.entries(Object(body) as object).map(([key, each]) => [key, String(JSON.stringify(each))]),
          );
          await refusedOrDone(who, route, `${path}?${query}`);
        } else await refusedOrDone(who, route, path, JSON.stringify(body) ?? 'undefined');
      },
    ),
    { numRuns: 300 },
  );
});

test.each<[title: string, headers: Record<string, string>, status: number]>([
  ['headers without end', Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`x-${n}`, 'x'.repeat(400)])), 431],
  ['a forged address', { 'x-forwarded-for': "'; drop table users; --" }, 200],
  ['a content type of another kind', { 'content-type': 'application/xml' }, 200],
  ['an idempotency key that is too long', { 'idempotency-key': 'x'.repeat(2000) }, 200],
])('%s', async (_, headers, status) => {
  expect((await world.admin.call('GET', '/api/v1/agents', undefined, headers)).status).toBe(status);
});
