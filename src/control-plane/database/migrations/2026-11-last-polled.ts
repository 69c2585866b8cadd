// When the agent behind a waiting request was last heard of.

import { type Kysely, sql } from 'kysely';

export async function lastPolled(db: Kysely<never>): Promise<void> {
  await sql`alter table "verifications" add column "lastPolledAt" bigint`.execute(db);
}
