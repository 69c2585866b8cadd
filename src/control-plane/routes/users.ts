// People: who they are, what role they have, which review groups they belong to (wire-agents §8.4).

import { randomBytes, randomUUID } from 'node:crypto';
import { isPublicKey } from '../../crypto/ed25519.ts';
import { groupChange, newUser, reviewKey, roleChange } from '../../wire/requests/administration.ts';
import { hashPassword } from '../auth/password.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { UserTable } from '../database/tables/people.ts';
import { conflict, invalid, notFound } from '../refusal.ts';
import { type Call, created, personOf, type Route, route } from '../route.ts';
import { timeView } from '../views/time.ts';

export const userRoutes: Route[] = [
  route('GET /api/v1/admin/users', {
    summary: 'Lists the people of the organisation',
    access: { user: 'admin' },
    run: async ({ services, principal }) => {
      const rows = await services.queries
        .selectFrom('users')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .orderBy('createdAt')
        .limit(10_000)
        .execute();
      return {
        users: rows.map(userView),
        total: rows.length,
        approvedUsers: rows.filter(({ status }) => status === 'active').length,
        pendingRegistrations: rows.filter(({ status }) => status === 'pending').length,
      };
    },
  }),
  route('GET /api/v1/admin/users/pending', {
    summary: 'People who wait to be let in',
    access: { user: 'admin' },
    run: async ({ services, principal }) => {
      const rows = await services.queries
        .selectFrom('users')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('status', '=', 'pending')
        .execute();
      return { users: rows.map(userView), total: rows.length };
    },
  }),
  route('POST /api/v1/admin/users', {
    summary: 'Adds a person; without a password one is made and shown once',
    access: { user: 'admin' },
    body: newUser,
    run: async (call) => {
      const person = personOf(call);
      const { email, name, role, groups } = call.body;
      const password = call.body.password ?? randomBytes(12).toString('base64url');
      const passwordHash = await hashPassword(password);
      return call.services.changes.run(async ({ queries, now, audit }) => {
        const taken = await queries
          .selectFrom('users')
          .select('id')
          .where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase()))
          .executeTakeFirst();
        if (taken !== undefined) throw conflict('emailTaken', 'somebody with this e-mail address exists already');
        const row: UserTable = {
          id: randomUUID(),
          organizationId: person.organizationId,
          email,
          name: name || (email.split('@')[0] ?? email),
          role,
          status: 'active',
          statusReason: null,
          passwordHash,
          forcePasswordChange: call.body.password ? 0 : 1,
          groups: JSON.stringify(groups ?? []),
          reviewKey: null,
          reviewKeyAt: null,
          externalId: null,
          lastLoginAt: null,
          createdAt: now,
          updatedAt: now,
        };
        await queries.insertInto('users').values(row).execute();
        audit(actorOf(person, call.origin), {
          organizationId: row.organizationId,
          action: 'create',
          resourceType: 'user',
          resourceId: row.id,
          metadata: { email, role, groups: groups ?? [] },
        });
        return created({ ...userView(row), ...(call.body.password ? {} : { password }) });
      });
    },
  }),
  route('PUT /api/v1/admin/users/:id/role', {
    summary: 'Changes the role of a person',
    access: { user: 'admin' },
    body: roleChange,
    run: (call) => changeUser(call, 'set-role', { role: call.body.role }),
  }),
  route('PUT /api/v1/admin/users/:id/groups', {
    summary: 'Changes the review groups of a person',
    access: { user: 'admin' },
    body: groupChange,
    run: (call) => changeUser(call, 'set-groups', { groups: JSON.stringify(call.body.groups) }),
  }),
  ...(['activate', 'deactivate', 'approve', 'reject'] as const).map((verb) =>
    route(`POST /api/v1/admin/users/:id/${verb}`, {
      summary: verb === 'activate' || verb === 'approve' ? 'Lets a person in' : 'Keeps a person out; their sessions end',
      access: { user: 'admin' },
      run: (call) => changeUser(call, verb, { status: verb === 'activate' || verb === 'approve' ? 'active' : 'deactivated' }),
    }),
  ),
  route('DELETE /api/v1/admin/users/:id', {
    summary: 'Removes a person who is deactivated',
    access: { user: 'admin' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, audit }) => {
        const row = await userById(queries, person.organizationId, call.params['id'] ?? '');
        if (row.status === 'active') throw conflict('userActive', 'Deactivate the person before removing them');
        const owned = await queries
          .selectFrom('agents')
          .select('id')
          .where('createdBy', '=', row.id)
          .limit(1)
          .executeTakeFirst();
        if (owned !== undefined) throw conflict('userOwnsAgents', 'The person answers for agents; they stay deactivated');
        await queries.deleteFrom('sessions').where('userId', '=', row.id).execute();
        await queries.deleteFrom('apiKeys').where('userId', '=', row.id).execute();
        await queries.deleteFrom('users').where('id', '=', row.id).execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'delete',
          resourceType: 'user',
          resourceId: row.id,
          metadata: { email: row.email },
        });
        return { success: true, message: 'User removed' };
      });
    },
  }),
  route('PUT /api/v1/users/me/review-key', {
    summary: 'Registers the key that signs the own receipts; it cannot be replaced by whoever holds a session',
    access: { user: 'viewer' },
    body: reviewKey,
    run: async (call) => {
      const person = personOf(call);
      const { publicKey } = call.body;
      if (!isPublicKey(publicKey)) throw invalid('publicKey: must be base64 of 32 bytes', 'publicKey');
      return call.services.changes.run(async ({ queries, now, audit }) => {
        const row = await userById(queries, person.organizationId, person.id);
        if (row.reviewKey !== null && row.reviewKey !== publicKey)
          throw conflict('reviewKeyExists', 'Another key is registered; an administrator has to remove it first');
        if (row.reviewKey === null) {
          await queries
            .updateTable('users')
            .set({ reviewKey: publicKey, reviewKeyAt: now, updatedAt: now })
            .where('id', '=', row.id)
            .execute();
          audit(actorOf(person, call.origin), {
            organizationId: person.organizationId,
            action: 'register-key',
            resourceType: 'user',
            resourceId: row.id,
            metadata: { publicKey },
          });
        }
        return { success: true, publicKey };
      });
    },
  }),
  route('GET /api/v1/reviewers/keys', {
    summary: 'The keys that sign the receipts of reviewers, to be pinned',
    access: { user: 'viewer', agent: 'any', key: 'any' },
    run: async ({ services, principal }) => {
      const rows = await services.queries
        .selectFrom('users')
        .select(['id', 'email', 'reviewKey', 'reviewKeyAt'])
        .where('organizationId', '=', principal.organizationId)
        .where('reviewKey', 'is not', null)
        .where('status', '=', 'active')
        .orderBy('reviewKeyAt')
        .execute();
      return {
        reviewers: rows.map(({ id, email, reviewKey: publicKey, reviewKeyAt }) => ({
          userId: id,
          email,
          publicKey,
          registeredAt: timeView(reviewKeyAt),
        })),
      };
    },
  }),
  route('DELETE /api/v1/admin/users/:id/review-key', {
    summary: 'Removes the key that signs the receipts of a person, so that they can register another',
    access: { user: 'admin' },
    run: (call) => changeUser(call, 'remove-review-key', { reviewKey: null, reviewKeyAt: null }),
  }),
];

async function userById(queries: Change['queries'], organizationId: string, id: string): Promise<UserTable> {
  const row = await queries
    .selectFrom('users')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  return row;
}

function changeUser(call: Call<unknown, unknown>, action: string, set: Partial<UserTable>) {
  const person = personOf(call);
  return call.services.changes.run(async ({ queries, now, audit }) => {
    const before = await userById(queries, person.organizationId, call.params['id'] ?? '');
    const after = { ...before, ...set };
    const losesAdmin =
      before.role === 'admin' && before.status === 'active' && (after.role !== 'admin' || after.status !== 'active');
    if (losesAdmin) {
      const { others } = await queries
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('others'))
        .where('organizationId', '=', person.organizationId)
        .where('role', '=', 'admin')
        .where('status', '=', 'active')
        .where('id', '!=', before.id)
        .executeTakeFirstOrThrow();
      if (Number(others) === 0) throw conflict('lastAdministrator', 'The last administrator cannot be taken away');
    }
    await queries
      .updateTable('users')
      .set({ ...set, updatedAt: now })
      .where('id', '=', before.id)
      .execute();
    if (after.status !== 'active')
      await queries
        .updateTable('sessions')
        .set({ endedAt: now, endReason: action })
        .where('userId', '=', before.id)
        .where('endedAt', 'is', null)
        .execute();
    audit(actorOf(person, call.origin), {
      organizationId: person.organizationId,
      action,
      resourceType: 'user',
      resourceId: before.id,
      metadata: { email: before.email, ...set },
    });
    return { ...userView(after), message: `User: ${action}` };
  });
}

const userView = (row: UserTable) => ({
  id: row.id,
  organizationId: row.organizationId,
  email: row.email,
  name: row.name,
  role: row.role,
  status: row.status,
  isRegistrationRequest: row.status === 'pending',
  groups: JSON.parse(row.groups) as string[],
  reviewKey: row.reviewKey,
  lastLoginAt: timeView(row.lastLoginAt),
  createdAt: timeView(row.createdAt),
});
