// When a person last proved who they are, which is not every time that a session begins; and how lately decided requests are found.

import { type Kysely, sql } from 'kysely';

export async function provedAt(db: Kysely<never>): Promise<void> {
  await sql`alter table "sessions" add column "provedAt" bigint`.execute(db);
  await sql`create index "verificationsDecided" on "verifications" ("decidedAt") where "requirement" is not null`.execute(db);
  await sql`alter table "deviceCodes" add column "provedAt" bigint`.execute(db);
}
