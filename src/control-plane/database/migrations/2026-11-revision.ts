// A number per organisation that grows with every change of what decisions rest on, so that they can be prepared ahead and checked at commit.

import { type Kysely, sql } from 'kysely';

export async function revision(db: Kysely<never>): Promise<void> {
  await sql`alter table "organizations" add column "revision" bigint not null default 0`.execute(db);
}
