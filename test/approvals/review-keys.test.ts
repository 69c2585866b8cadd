// The keys that sign decisions: one for each machine, added with proof, revoked for good, and never one for two people.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReviewerKey } from '../../src/credentials/reviewer-key.ts';
import { generateSigningKey, type SigningKey } from '../../src/crypto/ed25519.ts';
import { openWorld, type Person, type TestAgent, type World } from '../control-plane/support/world.ts';
import { reviewerReceipt } from './reviewer-receipt.ts';

let world: World;
let agent: TestAgent;
let me: Person;
let clock = Date.now();
const MINUTE = 60_000;

beforeAll(async () => {
  world = await openWorld({ clock: () => clock });
  agent = await world.agent([], { by: await world.person('member') });
});
afterAll(() => world.stop());

const register = ({ publicKey }: SigningKey, by = me) => by.call('PUT', '/api/v1/users/me/review-key', { publicKey });
const keys = async (by = me) => (await by.call('GET', '/api/v1/users/me/review-keys')).body.keys as Listed[];
type Listed = { id: string; publicKey: string; revokedAt: string | null };
const idOf = async (key: SigningKey) => (await keys()).find(({ publicKey }) => publicKey === key.publicKey)?.id;
const revoke = async (key: SigningKey) => me.call('POST', `/api/v1/users/me/review-keys/${await idOf(key)}/revoke`);

/** Approves something new with a receipt that this key signed. */
async function approve(key: SigningKey, by = me) {
  const asked = await agent.ask('file:write', {
    resource: '/srv/x',
    context: { requires_approval: true, nonce: randomUUID() },
    timestamp: new Date(clock).toISOString(),
  });
  const { id, actionHash } = asked.body;
  const receipt = reviewerReceipt({ id, actionHash, agent, by, at: clock }, key);
  const answer = await by.call('POST', `/api/v1/admin/verifications/${id}/approve`, { actionHash, receipt, interactive: true });
  return { ...answer, id };
}

describe('a reviewer with several machines', () => {
  const [laptop, desk, lost] = [generateSigningKey(), generateSigningKey(), generateSigningKey()];

  test('signs with each of them, once it was added with a fresh sign-in', async () => {
    me = await world.person('admin');
    expect((await register(laptop)).status).toBe(200);
    expect((await register(desk)).status).toBe(200);
    expect((await approve(laptop)).body.status).toBe('approved');
    expect((await approve(desk)).body.status).toBe('approved');
    expect((await keys()).map(({ publicKey }) => publicKey)).toEqual([laptop.publicKey, desk.publicKey]);
    const { body } = await agent.call('GET', '/api/v1/reviewers/keys');
    expect(body.reviewers.filter(({ userId }: { userId: string }) => userId === me.id)).toHaveLength(2);
  });

  test('a session of this morning, or a stolen one, would have added a key of its own', async () => {
    clock += 16 * MINUTE;
    const stolen = generateSigningKey();
    expect(await register(stolen)).toMatchObject({ status: 403, body: { reasonCode: 'freshSignInRequired' } });
    expect(await approve(stolen)).toMatchObject({ status: 403, body: { reasonCode: 'freshSignInRequired' } });
    expect((await approve(laptop)).status).toBe(200);
    me = await world.signIn(me.email, me.password);
    expect((await register(lost)).status).toBe(200);
  });

  test('a machine that was lost would have gone on signing, and what it had signed would have been handed on', async () => {
    const { id } = await approve(lost);
    const poll = async () => (await world.call('GET', `/api/v1/sdk-api/verifications/${id}`)).body.receipts;
    expect(await poll()).toHaveLength(1);
    expect((await revoke(lost)).status).toBe(200);
    expect(await poll()).toEqual([]);
    expect(await approve(lost)).toMatchObject({ status: 409, body: { reasonCode: 'reviewKeyRevoked' } });
    expect(await register(lost)).toMatchObject({ status: 409, body: { reasonCode: 'reviewKeyRevoked' } });
    expect((await approve(desk)).status).toBe(200);
    const { body } = await me.call('GET', '/api/v1/reviewers/keys');
    expect(body.former).toMatchObject([{ userId: me.id, publicKey: lost.publicKey }]);
  });

  test('who revokes all of their own would have begun anew without proof', async () => {
    await revoke(laptop);
    await revoke(desk);
    clock += 16 * MINUTE;
    expect((await register(generateSigningKey())).status).toBe(403);
    await world.admin.call('DELETE', `/api/v1/admin/users/${me.id}/review-key`);
    expect((await register(generateSigningKey())).status).toBe(200);
  });
});

test('one key would have signed for two people', async () => {
  const [first, second] = [await world.person('admin'), await world.person('admin')];
  const key = generateSigningKey();
  expect((await register(key, first)).status).toBe(200);
  expect(await register(key, second)).toMatchObject({ status: 409, body: { reasonCode: 'reviewKeyTaken' } });
  expect(await approve(key, second)).toMatchObject({ status: 409, body: { reasonCode: 'reviewKeyTaken' } });
});

test('one key in another spelling would have signed for two people', async () => {
  const [first, second] = [await world.person('admin'), await world.person('admin')];
  const key = generateSigningKey();
  expect((await register(key, first)).status).toBe(200);
  // The bits behind the last byte say nothing: base64 readers commonly forget them.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = alphabet.indexOf(key.publicKey.at(-2) ?? '');
  const spelled = { ...key, publicKey: `${key.publicKey.slice(0, -2)}${alphabet[last + 1]}=` };
  expect(Buffer.from(spelled.publicKey, 'base64')).toEqual(Buffer.from(key.publicKey, 'base64'));
  expect((await register(spelled, second)).status).toBe(400);
  expect((await approve(spelled, second)).status).toBe(400);
});

test('a machine whose key was revoked makes another, in the same place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aim-'));
  const open = (renew = false) => openReviewerKey({ folder, server: 's', userId: 'u', store: 'file', renew });
  const before = await open();
  const after = await open(true);
  expect(after.publicKey).not.toBe(before.publicKey);
  expect((await open()).publicKey).toBe(after.publicKey);
  await rm(folder, { recursive: true });
});
