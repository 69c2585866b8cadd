// The own account: who is signed in, the password, the organisation (wire-auth §2.6).

import { passwordChange } from '../../wire/requests/sign-in.ts';
import { accountByPassword } from '../auth/by-password.ts';
import { hashPassword } from '../auth/password.ts';
import { actorOf } from '../auth/principal.ts';
import { notFound } from '../refusal.ts';
import { personOf, type Route, route } from '../route.ts';
import { timeView } from '../views/time.ts';

export const accountRoutes: Route[] = [
  route('GET /api/v1/auth/me', {
    summary: 'Who is signed in',
    access: { user: 'viewer' },
    run: async (call) => {
      const { id, organizationId } = personOf(call);
      const { queries } = call.services;
      const user = await queries.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      const organization = await queries
        .selectFrom('organizations')
        .select('name')
        .where('id', '=', organizationId)
        .executeTakeFirst();
      if (user === undefined) throw notFound();
      return {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        organizationId,
        organizationName: organization?.name ?? '',
        status: user.status,
        groups: JSON.parse(user.groups) as string[],
        reviewKey: user.reviewKey,
        lastLoginAt: timeView(user.lastLoginAt),
        createdAt: timeView(user.createdAt),
      };
    },
  }),
  route('POST /api/v1/auth/change-password', {
    summary: 'Changes the own password',
    access: { user: 'viewer' },
    limit: 'strict',
    body: passwordChange,
    run: async (call) => {
      const person = personOf(call);
      const { services, body, origin, now } = call;
      await accountByPassword(services, { email: person.email, password: body.currentPassword }, origin.ip, now);
      const passwordHash = await hashPassword(body.newPassword);
      await services.changes.record(async ({ queries, now: at, audit }) => {
        await queries
          .updateTable('users')
          .set({ passwordHash, forcePasswordChange: 0, updatedAt: at })
          .where('id', '=', person.id)
          .execute();
        // Whoever knew the old password may hold a session.
        await queries
          .updateTable('sessions')
          .set({ endedAt: at, endReason: 'password changed' })
          .where('userId', '=', person.id)
          .where('id', '!=', person.sessionId)
          .where('endedAt', 'is', null)
          .execute();
        audit(actorOf(person, origin), {
          organizationId: person.organizationId,
          action: 'change-password',
          resourceType: 'user',
          resourceId: person.id,
        });
      });
      return { message: 'The password was changed' };
    },
  }),
  route('GET /api/v1/organizations/current', {
    summary: 'The organisation of the caller',
    access: { user: 'viewer', agent: 'any', key: 'any' },
    run: async ({ services, principal }) => {
      const row = await services.queries
        .selectFrom('organizations')
        .selectAll()
        .where('id', '=', principal.organizationId)
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return {
        id: row.id,
        name: row.name,
        maxAgents: null,
        isActive: true,
        createdAt: timeView(row.createdAt),
        updatedAt: timeView(row.updatedAt),
      };
    },
  }),
];
