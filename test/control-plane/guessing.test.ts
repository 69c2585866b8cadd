// How fast somebody can try passwords, whatever they try it with.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accountByPassword } from '../../src/control-plane/auth/by-password.ts';
import { createRateLimits, networkOf } from '../../src/control-plane/auth/rate-limits.ts';
import { startSession } from '../../src/control-plane/auth/sessions.ts';
import { Refusal } from '../../src/control-plane/refusal.ts';
import type { Services } from '../../src/control-plane/services.ts';
import { cheapHash, openStore, type Store } from './support/store.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-11-23T12:00:00Z');
let store: Store;
let services: Services;
beforeAll(async () => {
  store = await openStore();
  await store.queries
    .updateTable('users')
    .set({ passwordHash: cheapHash(store.admin.password) })
    .execute();
});
beforeEach(() => {
  services = { queries: store.queries, limits: createRateLimits() } as unknown as Services;
});
afterAll(() => store.close());

const tried = (password: string, from = '192.0.2.7', email = store.admin.email): Promise<number> =>
  accountByPassword(services, { email, password }, from, NOW).then(
    () => 200,
    (error: unknown) => (error instanceof Refusal ? error.status : 500),
  );
const manyWrong = (howMany: number, from: (index: number) => string): Promise<number[]> =>
  Promise.all(Array.from({ length: howMany }, (_, index) => tried(`wrong ${index}`, from(index))));
const counted = (statuses: number[], wanted: number): number => statuses.filter((status) => status === wanted).length;

test('all at once are no more than one after the other', async () => {
  const guesses = [manyWrong(40, () => '192.0.2.7'), tried(store.admin.password)] as const;
  const [wrong, right] = await Promise.all(guesses);
  expect([counted(wrong, 401), counted(wrong, 429), right]).toEqual([10, 30, 429]);
});

test('another spelling of the name is the same account', async () => {
  await manyWrong(10, () => '192.0.2.7');
  for (const email of ['ADMIN@example.test', ' admin@example.test ', 'admin\uff20example.test'])
    expect(await tried('x', '192.0.2.7', email)).toBe(429);
});

test('from everywhere together they are bounded too', async () => {
  const wrong = await manyWrong(60, (index) => `198.51.100.${index}`);
  expect(counted(wrong, 429)).toBeGreaterThan(0);
  expect(await tried(store.admin.password, '203.0.113.9')).toBe(429);
});

test('but keep nobody out where they have signed in of late', async () => {
  const user = await store.queries.selectFrom('users').selectAll().executeTakeFirstOrThrow();
  const signedIn = (ip: string, at: number) =>
    store.changes.run((change) => startSession({ ...change, now: at }, user, { ip, userAgent: null }));
  await signedIn('203.0.113.77', NOW - 29 * DAY);
  await signedIn('203.0.113.78', NOW - 31 * DAY);
  await manyWrong(60, (index) => `198.51.100.${index}`);
  expect(await tried(store.admin.password, '203.0.113.77')).toBe(200);
  expect(await tried(store.admin.password, '203.0.113.78')).toBe(429);
  const wrong = await manyWrong(12, () => '203.0.113.77');
  expect(counted(wrong, 429)).toBe(12);
});

test('all addresses of one network of IPv6 are one', async () => {
  const wrong = await manyWrong(12, (index) => `2001:db8:0:7::${(index + 1).toString(16)}`);
  expect(counted(wrong, 401)).toBe(10);
});

test('right ones are never counted, and wrong ones of others do not stand in the way', async () => {
  await manyWrong(12, () => '192.0.2.66');
  const right = await Promise.all(Array.from({ length: 30 }, () => tried(store.admin.password)));
  expect(new Set(right)).toEqual(new Set([200]));
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:7::1', '2001:db8:0:7'],
  ['2001:db8:0:7:8:9:a:b', '2001:db8:0:7'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['2001:db8::', '2001:db8:0:0'],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
])('%s is of %s', (address, network) => expect(networkOf(address)).toBe(network));
