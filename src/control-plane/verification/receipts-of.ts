// The reviewers' signatures that an agent is handed with an approval, so that it need not take this server's word for it.

import type { Queries } from '../database/open.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';

/** Of the approvals of this request that were not taken back; empty where rules decided, or nobody signed. */
export async function receiptsOf(queries: Queries, row: VerificationTable): Promise<{ receipts?: unknown[] }> {
  if (row.requirement === null || row.status !== 'approved') return {};
  const reviews = await queries
    .selectFrom('reviews')
    .select('receipt')
    .where('verificationId', '=', row.id)
    .where('decision', '=', 'approve')
    .where('withdrawnAt', 'is', null)
    .where('receipt', 'is not', null)
    .orderBy('at')
    .execute();
  return { receipts: reviews.map(({ receipt }) => JSON.parse(receipt ?? '') as unknown) };
}
