// What several instances share so that they act as one: who does the work of the clock, how often somebody asked, what webhooks are owed.

import { type Kysely, sql } from 'kysely';

export async function operate(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'create table "leases" ("name" text primary key, "holder" text not null, "until" bigint not null)',
  'create table "rateWindows" ("key" text primary key, "startedAt" bigint not null, "used" bigint not null)',
  'create index "rateWindowsByStart" on "rateWindows" ("startedAt")',
  `create table "deliveries" (
    "id" text primary key, "organizationId" text not null, "webhookId" text not null, "position" bigint not null, "body" text not null,
    "attempts" bigint not null, "dueAt" bigint not null, "createdAt" bigint not null)`,
  // Each webhook knows how far it was told, so that every event becomes one delivery, whoever of several instances looks.
  'alter table "webhooks" add column "position" bigint not null default 0',
  'update "webhooks" set "position" = coalesce((select max("position") from "streamEvents"), 0)',
  'create index "deliveriesDue" on "deliveries" ("dueAt")',
  'create unique index "deliveriesOnce" on "deliveries" ("webhookId", "position")',
];
