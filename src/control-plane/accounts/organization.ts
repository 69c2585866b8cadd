// A new organisation with its first administrator.

import { randomUUID } from 'node:crypto';
import { SYSTEM } from '../audit/draft.ts';
import { hashPassword } from '../auth/password.ts';
import type { Services } from '../services.ts';
import { addPerson } from './add-person.ts';

export type NewOrganization = { name: string; email: string; password: string };

export async function addOrganization(
  { changes }: Pick<Services, 'changes'>,
  { name, email, password }: NewOrganization,
): Promise<void> {
  const passwordHash = await hashPassword(password);
  const organizationId = randomUUID();
  await changes.run(async ({ queries, now, audit }) => {
    await queries
      .insertInto('organizations')
      .values({ id: organizationId, name, enforcementMode: 'strict', settings: '{}', createdAt: now, updatedAt: now })
      .execute();
    const { id } = await addPerson({ queries, now }, { organizationId, email, role: 'admin', status: 'active', passwordHash });
    audit(SYSTEM, {
      organizationId,
      action: 'create',
      resourceType: 'user',
      resourceId: id,
      metadata: { email, role: 'admin', first: true },
    });
  });
}
