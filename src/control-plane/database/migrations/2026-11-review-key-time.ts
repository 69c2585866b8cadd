// When a reviewer registered the key of their receipts.

import { type Kysely, sql } from 'kysely';

export async function reviewKeyTime(db: Kysely<never>): Promise<void> {
  await sql`alter table "users" add column "reviewKeyAt" bigint`.execute(db);
}
