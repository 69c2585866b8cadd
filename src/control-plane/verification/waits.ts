// What a request went through while it waited, kept beside its row: most requests never wait, and their rows stay small.

import type { Queries } from '../database/open.ts';
import type { VerificationTable, WaitTable } from '../database/tables/verifications.ts';

type Waiting = Pick<VerificationTable, 'id' | 'organizationId'>;

export async function waitOf(queries: Queries, { id, organizationId }: Waiting): Promise<WaitTable> {
  const found = await queries.selectFrom('waits').selectAll().where('verificationId', '=', id).executeTakeFirst();
  return found ?? { ...NOTHING, verificationId: id, organizationId };
}

export async function waitsOf(queries: Queries, rows: readonly Waiting[]): Promise<Map<string, WaitTable>> {
  const ids = rows.map(({ id }) => id);
  const found = await queries.selectFrom('waits').selectAll().where('verificationId', 'in', ids).execute();
  return new Map(found.map((wait) => [wait.verificationId, wait]));
}

export async function writeWait(queries: Queries, { id, organizationId }: Waiting, set: Partial<WaitTable>): Promise<void> {
  await queries
    .insertInto('waits')
    .values({ ...NOTHING, verificationId: id, organizationId, ...set })
    .onConflict((row) => row.column('verificationId').doUpdateSet(set))
    .execute();
}

const NOTHING = {
  wrongCodes: 0,
  toldAt: null,
  waitsUntil: null,
  waitReason: null,
  assignedTo: null,
  assignedAt: null,
  nudgedAt: null,
};
