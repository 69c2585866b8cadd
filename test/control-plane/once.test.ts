// Idempotency-Key on any route that writes: done once, answered alike, and never with a secret that was shown.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());
const post = (path: string, body: object, key: string, by = world.admin) =>
  by.call('POST', path, body, { 'Idempotency-Key': key });

test('the same request again changes nothing and is answered as the first time', async () => {
  const first = await post('/api/v1/agents', { name: 'once' }, 'a');
  const second = await post('/api/v1/agents', { name: 'once' }, 'a');
  expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
  expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
});

test('four at once are one', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => post('/api/v1/tags', { key: 'team', value: 'one' }, 'b')));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
});

test('with another body or on another route the key is refused', async () => {
  await post('/api/v1/tags', { key: 'team', value: 'two' }, 'c');
  expect((await post('/api/v1/tags', { key: 'team', value: 'three' }, 'c')).body.reasonCode).toBe('idempotencyKeyReused');
  expect((await post('/api/v1/agents', { key: 'team', value: 'two' }, 'c')).body.reasonCode).toBe('invalidRequest');
});

test('what was refused may be tried again', async () => {
  await post('/api/v1/agents', { name: 'taken' }, 'd');
  expect((await post('/api/v1/agents', { name: 'taken' }, 'e')).status).toBe(409);
  const { body } = await world.admin.call('GET', '/api/v1/agents?limit=100');
  await world.admin.call('DELETE', `/api/v1/agents/${body.agents.find(({ name }: { name: string }) => name === 'taken').id}`);
  expect((await post('/api/v1/agents', { name: 'taken' }, 'e')).status).toBe(201);
});

test('a key is one caller’s', async () => {
  const other = await world.person('member');
  const first = await post('/api/v1/agents', { name: 'mine' }, 'f');
  const second = await post('/api/v1/agents', { name: 'yours' }, 'f', other);
  expect([first.body.name, second.body.name]).toEqual(['mine', 'yours']);
});

test('a secret that is shown once is not kept for a second time', async () => {
  const first = await post('/api/v1/api-keys', { name: 'x' }, 'g');
  const second = await post('/api/v1/api-keys', { name: 'x' }, 'g');
  expect(first.body.apiKey).toMatch(/^aim_live_/);
  expect([second.body.id, second.body.apiKey]).toEqual([first.body.id, null]);
});
