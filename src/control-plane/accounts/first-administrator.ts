// The first organisation and its administrator, made once.

import { randomBytes, randomUUID } from 'node:crypto';
import { SYSTEM } from '../audit/draft.ts';
import { hashPassword } from '../auth/password.ts';
import type { Services } from '../services.ts';

export type FirstAdministrator = { email: string; password?: string | undefined };

/** Makes them where nobody exists yet. The password is in the answer only where it was made here, now. */
export async function ensureAdministrator(
  services: Services,
  wanted: { email?: string | undefined; password?: string | undefined },
): Promise<FirstAdministrator> {
  const first = await services.queries
    .selectFrom('users')
    .select('email')
    .where('role', '=', 'admin')
    .orderBy('createdAt')
    .limit(1)
    .executeTakeFirst();
  if (first !== undefined) return { email: first.email };
  const email = wanted.email ?? 'operator@localhost';
  const password = wanted.password ?? randomBytes(15).toString('base64url');
  const passwordHash = await hashPassword(password);
  const organizationId = randomUUID();
  const userId = randomUUID();
  await services.changes.run(async ({ queries, now, audit }) => {
    await queries
      .insertInto('organizations')
      .values({
        id: organizationId,
        name: email.split('@')[1] ?? 'default',
        enforcementMode: 'strict',
        settings: '{}',
        createdAt: now,
        updatedAt: now,
      })
      .execute();
    await queries
      .insertInto('users')
      .values({
        id: userId,
        organizationId,
        email,
        name: email.split('@')[0] ?? email,
        role: 'admin',
        status: 'active',
        passwordHash,
        forcePasswordChange: 0,
        groups: '[]',
        reviewKey: null,
        externalId: null,
        lastLoginAt: null,
        createdAt: now,
        updatedAt: now,
      })
      .execute();
    audit(SYSTEM, {
      organizationId,
      action: 'create',
      resourceType: 'user',
      resourceId: userId,
      metadata: { email, role: 'admin', first: true },
    });
  });
  return wanted.password === undefined ? { email, password } : { email };
}
