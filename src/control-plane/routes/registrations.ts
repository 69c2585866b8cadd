// People who ask to be let in: an account that can do nothing until an administrator has looked (wire-agents §8.4, §11).

import { z } from 'zod';
import { reasonOnly } from '../../wire/requests/agents.ts';
import { publicRegistration } from '../../wire/requests/onboarding.ts';
import { addPerson, personAt } from '../accounts/add-person.ts';
import { changeUser, userView } from '../accounts/change-user.ts';
import { hashPassword } from '../auth/password.ts';
import type { Queries } from '../database/open.ts';
import type { UserTable } from '../database/tables/people.ts';
import { conflict, notFound, Refusal } from '../refusal.ts';
import { created, type Route, route } from '../route.ts';
import { timeView } from '../views/time.ts';

// More than an administrator looks at; whoever sends more wants to fill the table.
const MOST_WAITING = 100;

export const registrationRoutes: Route[] = [
  route('POST /api/v1/public/register', {
    summary: 'Asks for an account; an administrator has to let the person in',
    access: { anyone: true },
    limit: 'strict',
    body: publicRegistration,
    run: async ({ services, body, origin }) => {
      const passwordHash = await hashPassword(body.password);
      const row = await services.changes.record(async ({ queries, now, audit }) => {
        const organizationId = await organizationFor(queries, body.email);
        if ((await personAt(queries, body.email)) !== undefined)
          throw conflict('emailTaken', 'An account or a request with this e-mail address exists already', { success: false });
        const { waiting } = await queries
          .selectFrom('users')
          .select((eb) => eb.fn.countAll<number>().as('waiting'))
          .where('organizationId', '=', organizationId)
          .where('status', '=', 'pending')
          .executeTakeFirstOrThrow();
        if (Number(waiting) >= MOST_WAITING)
          throw new Refusal(429, 'tooManyRegistrations', 'Too many people wait to be let in', { success: false }, 3600);
        const asked = await addPerson(
          { queries, now },
          {
            organizationId,
            email: body.email,
            name: `${body.firstName} ${body.lastName}`,
            role: 'viewer',
            status: 'pending',
            passwordHash,
          },
        );
        audit(
          { userName: asked.email, ipAddress: origin.ip, userAgent: origin.userAgent },
          { organizationId, action: 'register', resourceType: 'user', resourceId: asked.id, metadata: { email: asked.email } },
        );
        return asked;
      });
      return created({
        success: true,
        message: 'Registration request submitted successfully. Please wait for admin approval.',
        registrationRequest: {
          ...requestView(row),
          oauthProvider: 'local',
          // Nobody has shown that the address is theirs.
          oauthEmailVerified: false,
        },
        requestId: row.id,
      });
    },
  }),
  route('GET /api/v1/public/register/:id/status', {
    summary: 'What became of such a request',
    access: { anyone: true },
    limit: 'strict',
    run: async ({ services, params }) => {
      const row = await services.queries
        .selectFrom('users')
        .selectAll()
        .where('id', '=', params['id'] ?? '')
        // An account that never was a request tells nobody anything.
        .where('externalId', 'is', null)
        .where((eb) => eb.or([eb('status', 'in', ['pending', 'rejected']), eb('statusReason', 'is not', null)]))
        .executeTakeFirst();
      if (row === undefined) throw notFound('Registration request not found');
      const { status, ...request } = requestView(row);
      const message =
        status === 'rejected'
          ? `Your registration request has been rejected: ${row.statusReason ?? 'no reason was given'}`
          : status === 'pending'
            ? 'Your registration request is pending admin approval'
            : 'Your registration request was approved; you may sign in';
      return { success: true, ...request, requestId: row.id, status, message };
    },
  }),
  route('GET /api/v1/admin/registration-requests', {
    summary: 'People who ask to be let in, and those who were turned away',
    access: { user: 'admin' },
    query: z.object({ status: z.enum(['pending', 'rejected']).optional().catch(undefined) }),
    run: async ({ services, principal, query }) => {
      const rows = await services.queries
        .selectFrom('users')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .where('status', 'in', query.status === undefined ? ['pending', 'rejected'] : [query.status])
        .orderBy('createdAt')
        .limit(1000)
        .execute();
      return { requests: rows.map(requestView), total: rows.length };
    },
  }),
  route('POST /api/v1/admin/registration-requests/:id/approve', {
    summary: 'Lets somebody in, as a viewer',
    access: { user: 'admin' },
    run: async (call) => {
      const set = { status: 'active', statusReason: 'approved' };
      const { message: _, ...user } = await changeUser(call, 'approve', set, mustWait);
      const approved = {
        provider: 'local',
        providerId: user.email,
        forcePasswordChange: false,
        approvedBy: call.principal.id,
        approvedAt: timeView(call.now),
        updatedAt: timeView(call.now),
      };
      return { message: 'Registration request approved successfully', user: { ...user, ...approved } };
    },
  }),
  route('POST /api/v1/admin/registration-requests/:id/reject', {
    summary: 'Turns somebody away, with a reason that they are told',
    access: { user: 'admin' },
    body: reasonOnly,
    run: async (call) => {
      await changeUser(call, 'reject', { status: 'rejected', statusReason: call.body.reason ?? null }, mustWait);
      return { message: 'Registration request rejected successfully' };
    },
  }),
];

function mustWait(user: UserTable): void {
  if (user.status !== 'pending')
    throw conflict('registrationDecided', `The request was decided already: the account is ${user.status}`, {
      current: userView(user),
    });
}

/** The only one there is, else that of people with addresses of the same domain. @throws Refusal 404 */
async function organizationFor(queries: Queries, email: string): Promise<string> {
  const [first, second] = await queries.selectFrom('organizations').select('id').orderBy('createdAt').limit(2).execute();
  if (first !== undefined && second === undefined) return first.id;
  const domain = email.slice(email.lastIndexOf('@')).toLowerCase();
  const colleagues = await queries
    .selectFrom('users')
    .select(['organizationId', 'email'])
    .where('status', '=', 'active')
    .where('role', '=', 'admin')
    .orderBy('createdAt')
    .execute();
  const found = colleagues.find((each) => each.email.toLowerCase().endsWith(domain));
  if (found === undefined) throw notFound('No organisation here takes requests from that address');
  return found.organizationId;
}

function requestView(row: UserTable) {
  const [firstName = '', ...rest] = row.name.split(' ');
  const isDecided = row.status !== 'pending';
  return {
    id: row.id,
    email: row.email,
    firstName,
    lastName: rest.join(' '),
    status: row.status === 'active' || row.status === 'deactivated' ? 'approved' : row.status,
    requestedAt: timeView(row.createdAt),
    reviewedAt: isDecided ? timeView(row.updatedAt) : null,
    createdAt: timeView(row.createdAt),
    updatedAt: timeView(row.updatedAt),
  };
}
