// People who ask to be let in, what they may do before somebody looked, and what an auditor sees of all.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, signIn, type World } from './support/world.ts';

let world: World;
let later = 0;
const DAY = 24 * 60 * 60 * 1000;
beforeAll(async () => {
  world = await openWorld({ clock: () => Date.now() + later });
});
afterAll(() => world.stop());

const password = 'a long enough word';
const someone = () => ({ email: `new-${randomUUID().slice(0, 8)}@example.test`, firstName: 'Ada', lastName: 'L', password });
const register = (person = someone()) => world.call('POST', '/api/v1/public/register', person);
const decide = (id: string, verb: string, body: object = {}) =>
  world.admin.call('POST', `/api/v1/admin/registration-requests/${id}/${verb}`, body);

describe('somebody who asks for an account', () => {
  test('waits, and can do nothing until then', async () => {
    const person = someone();
    const { status, body } = await register(person);
    expect([status, body.registrationRequest]).toEqual([
      201,
      expect.objectContaining({ status: 'pending', email: person.email, oauthEmailVerified: false, id: body.requestId }),
    ]);
    expect((await world.call('POST', '/api/v1/auth/login/local', person)).status).toBe(403);
    const older = await world.call('POST', '/api/v1/public/login', person);
    expect([older.status, older.body.isApproved, older.body.accessToken]).toEqual([200, false, undefined]);
    expect((await world.call('GET', `/api/v1/public/register/${body.requestId}/status`)).body).toMatchObject({
      status: 'pending',
    });
    const { body: listed } = await world.admin.call('GET', '/api/v1/admin/registration-requests');
    expect(listed.requests).toContainEqual(expect.objectContaining({ id: body.requestId, firstName: 'Ada' }));
    expect(JSON.stringify([body, listed])).not.toContain('passwordHash');
  });

  test('is let in as a viewer', async () => {
    const person = someone();
    const { requestId } = (await register(person)).body;
    expect((await decide(requestId, 'approve')).body.user).toMatchObject({ id: requestId, role: 'viewer', status: 'active' });
    const { call } = await signIn(world.url, person.email, password);
    expect((await call('GET', '/api/v1/auth/me')).body).toMatchObject({ role: 'viewer' });
    expect((await world.call('GET', `/api/v1/public/register/${requestId}/status`)).body.status).toBe('approved');
    const { body } = await world.admin.call('GET', `/api/v1/admin/audit-logs?entity_id=${requestId}`);
    expect(body.logs.map(({ action }: { action: string }) => action)).toEqual(expect.arrayContaining(['register', 'approve']));
  });

  test('is turned away with a reason', async () => {
    const person = someone();
    const { requestId } = (await register(person)).body;
    expect((await decide(requestId, 'reject', { reason: 'not known here' })).status).toBe(200);
    expect((await world.call('GET', `/api/v1/public/register/${requestId}/status`)).body).toMatchObject({
      status: 'rejected',
      message: expect.stringContaining('not known here'),
    });
    expect((await world.call('POST', '/api/v1/auth/login/local', person)).status).toBe(403);
    for (const verb of ['approve', 'reject'])
      expect((await decide(requestId, verb)).body.reasonCode).toBe('registrationDecided');
  });

  test.each<[title: string, act: () => ReturnType<typeof register>, status: number]>([
    [
      'twice',
      async () => {
        const person = someone();
        await register(person);
        return register({ ...person, email: person.email.toUpperCase() });
      },
      409,
    ],
    ['with the address of somebody', () => register({ ...someone(), email: world.admin.email }), 409],
    ['with a short password', () => register({ ...someone(), password: 'short' }), 400],
    ['with nothing else', () => register({ email: 'x@example.test' } as never), 400],
  ])('%s is refused', async (_, act, status) => {
    expect((await act()).status).toBe(status);
  });

  test('is told nothing of accounts that never were a request', async () => {
    expect((await world.call('GET', `/api/v1/public/register/${world.admin.id}/status`)).status).toBe(404);
    expect((await decide(world.admin.id, 'reject')).status).toBe(409);
  });

  test('finds no place beside a hundred others who wait', async () => {
    const other = await openWorld();
    const ask = () => other.call('POST', '/api/v1/public/register', someone());
    const answers = await Promise.all(Array.from({ length: 104 }, ask));
    await other.stop();
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(100);
    expect(answers.find(({ status }) => status !== 201)?.body.reasonCode).toBe('tooManyRegistrations');
  });
});

test('a password is changed by the old one, which ends what was signed in before', async () => {
  const person = await world.person('member');
  const change = (oldPassword: string) =>
    world.call('POST', '/api/v1/public/change-password', {
      email: person.email,
      oldPassword,
      newPassword: 'another long word',
    });
  expect((await change('wrong')).status).toBe(401);
  expect((await change(person.password)).body).toMatchObject({ success: true, accessToken: expect.any(String) });
  expect((await person.call('GET', '/api/v1/auth/me')).status).toBe(401);
  expect((await signIn(world.url, person.email, 'another long word')).id).toBe(person.id);
});

describe('what an auditor asks for', () => {
  const ask = async (path: string, body?: object) =>
    (await world.admin.call(body === undefined ? 'GET' : 'POST', `/api/v1/compliance/${path}`, body)).body;
  const failing = async () => {
    const { checks } = await ask('check', { check_type: 'all' });
    return checks.filter(({ passed }: { passed: boolean }) => !passed).map(({ name }: { name: string }) => name);
  };

  test('finds what broke, with what broke it', async () => {
    const leaving = await world.person('member');
    const left = await world.agent([], { by: leaving });
    await world.admin.call('POST', '/api/v1/api-keys', { name: 'old' });
    expect(await failing()).toEqual([]);
    await world.admin.call('POST', `/api/v1/admin/users/${leaving.id}/deactivate`);
    const { checks, failed } = await ask('check', { check_type: 'orphaned_resources' });
    expect([failed, checks[0].affectedItems]).toEqual([1, [expect.objectContaining({ id: left.id, name: left.name })]]);
    later = 91 * DAY;
    const admin = await signIn(world.url, world.admin.email, world.admin.password);
    const { body } = await admin.call('POST', '/api/v1/compliance/check', {});
    later = 0;
    expect(body.checks.filter(({ passed }: { passed: boolean }) => !passed).map(({ name }: { name: string }) => name)).toEqual([
      'api_key_rotation_needed',
      'inactive_agents',
      'orphaned_resources',
    ]);
  });

  test('counts the verified, and names who has access', async () => {
    await world.agent([], { verified: false });
    const status = await ask('status');
    expect(status.verificationRate).toBeCloseTo((status.verifiedAgents / status.totalAgents) * 100);
    const { users, usersWithAccess, totalUsers } = await ask('access-review');
    expect(users).toContainEqual(
      expect.objectContaining({ email: world.admin.email, role: 'admin', lastLogin: expect.any(String) }),
    );
    expect(usersWithAccess).toBeLessThan(totalUsers);
    const { metrics } = await ask('metrics?days=7');
    expect(metrics.agentVerificationTrend).toHaveLength(8);
    expect(metrics.agentVerificationTrend.at(-1).verified).toBe(status.verifiedAgents);
  });
});
