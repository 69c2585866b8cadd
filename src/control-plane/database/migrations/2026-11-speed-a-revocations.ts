// Revoked agents, kept apart from the agents: one that is deleted afterwards stays on the public list.

import { type Kysely, sql } from 'kysely';

export async function revocations(db: Kysely<never>): Promise<void> {
  await sql`create table "revocations" ("agentId" text primary key, "organizationId" text not null, "revokedAt" bigint not null)`.execute(
    db,
  );
  await sql`create index "revocationsInOrder" on "revocations" ("revokedAt")`.execute(db);
  await sql`insert into "revocations" ("agentId", "organizationId", "revokedAt")
    select "id", "organizationId", coalesce("revokedAt", "updatedAt") from "agents" where "status" = 'revoked'`.execute(db);
}
