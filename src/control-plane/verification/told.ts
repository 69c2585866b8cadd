// Marks that an agent was told of a decision: from then on it may have acted on it, and nobody takes the decision back.

import type { VerificationTable } from '../database/tables/verifications.ts';
import type { Services } from '../services.ts';
import { waitOf, writeWait } from './waits.ts';

/** The row as it may be told. Written before the answer leaves, in the one order of changes: an undo comes before it or not at all. */
export async function toTell(services: Services, row: VerificationTable): Promise<VerificationTable> {
  if (row.requirement === null || row.status === 'pending') return row;
  if ((await waitOf(services.queries, row)).toldAt !== null) return row;
  return services.changes.record(async ({ queries, now }) => {
    const held = await queries.selectFrom('verifications').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow();
    if (held.status !== 'pending') await writeWait(queries, held, { toldAt: now });
    return held;
  });
}
