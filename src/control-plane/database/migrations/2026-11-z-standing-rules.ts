// Rules that decide in a reviewer's place until they end, and an end for the mode that lets everything pass.

import { type Kysely, sql } from 'kysely';

export async function standingRules(db: Kysely<never>): Promise<void> {
  await sql`alter table "organizations" add column "modeUntil" bigint`.execute(db);
  await sql`create table "standingRules" (
    "id" text primary key, "organizationId" text not null, "name" text not null, "agentId" text not null, "agentName" text not null,
    "capability" text not null, "resource" text, "decision" text not null, "reason" text, "createdBy" text not null,
    "createdByName" text not null, "createdAt" bigint not null, "expiresAt" bigint not null, "endedAt" bigint, "endedByName" text,
    "used" bigint not null default 0, "lastUsedAt" bigint)`.execute(db);
  await sql`create index "standingRulesOfAgent" on "standingRules" ("agentId", "expiresAt")`.execute(db);
}
