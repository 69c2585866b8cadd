// From which network somebody signed in: wrong passwords from everywhere else must not keep them out there.

import { type Kysely, sql } from 'kysely';

export async function sessionNetwork(db: Kysely<never>): Promise<void> {
  await sql`alter table "sessions" add column "network" text`.execute(db);
}
