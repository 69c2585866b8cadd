// People: who they are, what role they have, which review groups they belong to (wire-agents §8.4).

import { randomBytes } from 'node:crypto';
import { groupChange, newUser, roleChange } from '../../wire/requests/administration.ts';
import { addPerson, personAt } from '../accounts/add-person.ts';
import { changeUser, userById, userView } from '../accounts/change-user.ts';
import { hashPassword } from '../auth/password.ts';
import { actorOf } from '../auth/principal.ts';
import { conflict } from '../refusal.ts';
import { created, personOf, type Route, route } from '../route.ts';

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
        if ((await personAt(queries, email)) !== undefined)
          throw conflict('emailTaken', 'somebody with this e-mail address exists already');
        const row = await addPerson(
          { queries, now },
          {
            organizationId: person.organizationId,
            email,
            ...(name ? { name } : {}),
            role,
            status: 'active',
            passwordHash,
            forcePasswordChange: call.body.password ? 0 : 1,
            groups: JSON.stringify(groups ?? []),
          },
        );
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
      run: (call) =>
        changeUser(call, verb, {
          status: verb === 'activate' || verb === 'approve' ? 'active' : 'deactivated',
          // Whoever asked to be let in chose the password; nobody has shown that the address is theirs.
          ...(verb === 'approve' ? { statusReason: 'approved' } : {}),
        }),
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
];
