// When whoever made a code has proved who they are; a provider may have let them in long before.

import { type Kysely, sql } from 'kysely';

export async function codeProvedAt(db: Kysely<never>): Promise<void> {
  await sql`alter table "signInCodes" add column "provedAt" bigint`.execute(db);
}
