// The first organisation and its administrator, made once.

import { randomBytes } from 'node:crypto';
import type { Services } from '../services.ts';
import { addOrganization } from './organization.ts';

export type FirstAdministrator = { email: string; password?: string | undefined };

/** Makes them where nobody exists yet. The password is in the answer only where it was made here, now. */
export async function ensureAdministrator(
  services: Services,
  wanted: { email?: string | undefined; password?: string | undefined },
): Promise<FirstAdministrator> {
  const first = await firstOf(services);
  if (first !== undefined) return { email: first.email };
  const email = wanted.email ?? 'operator@localhost';
  const password = wanted.password ?? randomBytes(15).toString('base64url');
  try {
    await addOrganization(services, { name: email.split('@')[1] ?? 'default', email, password });
  } catch (error) {
    // Another instance, started in the same moment on the same database, was first: theirs is the one.
    const theirs = await firstOf(services);
    if (theirs === undefined) throw error;
    return { email: theirs.email };
  }
  return wanted.password === undefined ? { email, password } : { email };
}

function firstOf({ queries }: Services): Promise<{ email: string } | undefined> {
  return queries
    .selectFrom('users')
    .select('email')
    .where('role', '=', 'admin')
    .orderBy('createdAt')
    .limit(1)
    .executeTakeFirst();
}
