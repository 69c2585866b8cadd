// What a review gave, reviews that were taken back, what a request went through while it waited, and messages on their way to people.

import { type Kysely, sql } from 'kysely';

export async function approvalRecords(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table "reviews" add column "narrow" text',
  'alter table "reviews" add column "withdrawnAt" bigint',
  'drop index "reviewsOnce"',
  'create unique index "reviewsOnce" on "reviews" ("verificationId", "userId") where "withdrawnAt" is null',
  `create table "waits" (
    "verificationId" text primary key, "organizationId" text not null, "wrongCodes" bigint not null default 0, "toldAt" bigint,
    "waitsUntil" bigint, "waitReason" text, "assignedTo" text, "assignedAt" bigint, "nudgedAt" bigint)`,
  `create table "messages" (
    "id" text primary key, "organizationId" text not null, "channel" text not null, "subject" text not null, "address" text,
    "body" text not null, "createdAt" bigint not null, "dueAt" bigint not null, "expiresAt" bigint not null, "attempts" bigint not null,
    "deliveredAt" bigint, "failedAt" bigint, "problem" text)`,
  'create index "messagesDue" on "messages" ("dueAt") where "deliveredAt" is null and "failedAt" is null',
];
