// A database in memory with one organisation and its administrator, for rules that need no server around them.

import { scryptSync } from 'node:crypto';
import { addOrganization } from '../../../src/control-plane/accounts/organization.ts';
import { createChanges } from '../../../src/control-plane/database/change.ts';
import { openDatabase } from '../../../src/control-plane/database/open.ts';

export type Store = Awaited<ReturnType<typeof openStore>>;

export async function openStore() {
  const database = await openDatabase({ location: ':memory:' });
  const changes = createChanges({ database, clock: Date.now, committed: () => undefined });
  const admin = { email: 'admin@example.test', password: 'correct horse battery staple' };
  await addOrganization({ changes }, { name: 'example.test', ...admin });
  return { queries: database.queries, changes, admin, close: () => database.close() };
}

/** A hash of parameters that no server would take, so that a test can try many passwords. */
export function cheapHash(password: string): string {
  const salt = Buffer.alloc(16, 1);
  const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=1,r=1,p=1$${b64(salt)}$${b64(scryptSync(password, salt, 32, { N: 2, r: 1, p: 1 }))}`;
}
