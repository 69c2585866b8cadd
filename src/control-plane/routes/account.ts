// The own account: who is signed in, the password, the organisation (wire-auth §2.6).

import { publicPasswordChange } from '../../wire/requests/onboarding.ts';
import { passwordChange } from '../../wire/requests/sign-in.ts';
import { accountByPassword } from '../auth/by-password.ts';
import { hashPassword } from '../auth/password.ts';
import type { UserTable } from '../database/tables/people.ts';
import { notFound } from '../refusal.ts';
import { type Origin, personOf, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { timeView } from '../views/time.ts';
import { signedInUser, signIn } from './session.ts';

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
      const user = await accountByPassword(services, { email: person.email, password: body.currentPassword }, origin.ip, now);
      await setPassword(services, user, body.newPassword, { origin, keeping: person.sessionId });
      return { message: 'The password was changed' };
    },
  }),
  route('POST /api/v1/public/change-password', {
    summary: 'Changes a password by the old one, and signs in',
    access: { anyone: true },
    limit: 'strict',
    body: publicPasswordChange,
    run: async ({ services, body, origin, now }) => {
      const { email, oldPassword, newPassword } = body;
      const user = await accountByPassword(services, { email, password: oldPassword }, origin.ip, now);
      await setPassword(services, user, newPassword, { origin, keeping: null });
      const tokens = await signIn(services, user, origin, 'password');
      const changed = signedInUser({ ...user, forcePasswordChange: 0 });
      return { success: true, message: 'The password was changed', isApproved: true, ...tokens, user: changed };
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

/** Whoever knew the old password may hold a session: all others end. */
async function setPassword(
  services: Services,
  user: UserTable,
  password: string,
  { origin, keeping }: { origin: Origin; keeping: string | null },
): Promise<void> {
  const passwordHash = await hashPassword(password);
  await services.changes.record(async ({ queries, now, audit }) => {
    await queries
      .updateTable('users')
      .set({ passwordHash, forcePasswordChange: 0, updatedAt: now })
      .where('id', '=', user.id)
      .execute();
    await queries
      .updateTable('sessions')
      .set({ endedAt: now, endReason: 'password changed' })
      .where('userId', '=', user.id)
      .where('id', '!=', keeping ?? '')
      .where('endedAt', 'is', null)
      .execute();
    audit(
      { userId: user.id, userName: user.email, ipAddress: origin.ip, userAgent: origin.userAgent },
      { organizationId: user.organizationId, action: 'change-password', resourceType: 'user', resourceId: user.id },
    );
  });
}
