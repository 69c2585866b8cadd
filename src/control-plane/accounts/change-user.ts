// Somebody's role, standing or key, changed by an administrator: never the last of them away, and sessions end with the standing.

import { actorOf } from '../auth/principal.ts';
import type { Queries } from '../database/open.ts';
import type { UserTable } from '../database/tables/people.ts';
import { conflict, notFound } from '../refusal.ts';
import { type Call, personOf } from '../route.ts';
import { timeView } from '../views/time.ts';

/** @throws Refusal 404, or 409 where nobody would be left to undo it. */
export function changeUser(
  call: Call<unknown, unknown>,
  action: string,
  set: Partial<UserTable>,
  mustBe: (before: UserTable) => void = () => undefined,
) {
  const person = personOf(call);
  return call.services.changes.run(async ({ queries, now, audit }) => {
    const before = await userById(queries, person.organizationId, call.params['id'] ?? '');
    mustBe(before);
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

export async function userById(queries: Queries, organizationId: string, id: string): Promise<UserTable> {
  const row = await queries
    .selectFrom('users')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  return row;
}

export const userView = (row: UserTable) => ({
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
