// A new person, however they came: by an administrator, by asking, from an identity provider, or as the first of all.

import { randomUUID } from 'node:crypto';
import { sameMailbox } from '../../wire/email.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { UserTable } from '../database/tables/people.ts';

type Person = Pick<UserTable, 'organizationId' | 'email' | 'role' | 'status' | 'passwordHash'> &
  Partial<Pick<UserTable, 'name' | 'groups' | 'forcePasswordChange' | 'externalId'>>;

export async function addPerson({ queries, now }: Pick<Change, 'queries' | 'now'>, person: Person): Promise<UserTable> {
  const row: UserTable = {
    id: randomUUID(),
    name: person.email.split('@')[0] ?? person.email,
    statusReason: null,
    forcePasswordChange: 0,
    groups: '[]',
    reviewKey: null,
    reviewKeyAt: null,
    externalId: null,
    lastLoginAt: null,
    createdAt: now,
    updatedAt: now,
    ...person,
  };
  await queries.insertInto('users').values(row).execute();
  return row;
}

/** Addresses that read the same are of one person. */
export const personAt = (queries: Queries, email: string): Promise<UserTable | undefined> =>
  queries
    .selectFrom('users')
    .selectAll()
    .where((eb) => eb(eb.fn('lower', ['email']), '=', sameMailbox(email)))
    .executeTakeFirst();
