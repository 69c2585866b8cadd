// A new organisation with its first administrator.

import { randomUUID } from 'node:crypto';
import { SYSTEM } from '../audit/draft.ts';
import { hashPassword } from '../auth/password.ts';
import type { Services } from '../services.ts';

export type NewOrganization = { name: string; email: string; password: string };

export async function addOrganization(
  { changes }: Pick<Services, 'changes'>,
  { name, email, password }: NewOrganization,
): Promise<void> {
  const passwordHash = await hashPassword(password);
  const organizationId = randomUUID();
  const userId = randomUUID();
  await changes.run(async ({ queries, now, audit }) => {
    await queries
      .insertInto('organizations')
      .values({ id: organizationId, name, enforcementMode: 'strict', settings: '{}', createdAt: now, updatedAt: now })
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
        statusReason: null,
        passwordHash,
        forcePasswordChange: 0,
        groups: '[]',
        reviewKey: null,
        reviewKeyAt: null,
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
}
