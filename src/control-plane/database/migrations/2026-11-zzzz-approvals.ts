// Several keys for one reviewer: one for each machine, and an end for each.

import { type Kysely, sql } from 'kysely';

export async function reviewKeys(db: Kysely<never>): Promise<void> {
  await sql`create table "reviewKeys" (
    "publicKey" text not null, "organizationId" text not null, "userId" text not null, "registeredAt" bigint not null,
    "revokedAt" bigint, "revokedByName" text, "isReset" bigint not null default 0,
    primary key ("organizationId", "publicKey"))`.execute(db);
  await sql`create index "reviewKeysOf" on "reviewKeys" ("userId", "registeredAt")`.execute(db);
  await sql`insert into "reviewKeys" ("publicKey", "organizationId", "userId", "registeredAt")
    select "reviewKey", "organizationId", "id", coalesce("reviewKeyAt", "updatedAt") from "users" where "reviewKey" is not null
    on conflict do nothing`.execute(db);
}
