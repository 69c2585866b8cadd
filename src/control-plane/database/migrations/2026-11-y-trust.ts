// What trust is computed from: when an agent was heard of, what people think of it, what failed, and when it was last scored.

import { type Kysely, sql } from 'kysely';

export async function trust(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // One row a day: from when on it was heard of that day, and for how long in all.
  `create table "presence" (
    "organizationId" text not null, "agentId" text not null, "day" bigint not null, "heardFrom" bigint not null,
    "presentMs" bigint not null, primary key ("agentId", "day"))`,
  // The latest of each person.
  `create table "feedback" (
    "organizationId" text not null, "agentId" text not null, "userId" text not null, "userEmail" text not null, "rating" bigint not null,
    "comment" text, "at" bigint not null, primary key ("agentId", "userId"))`,
  'alter table "agents" add column "failedCount" bigint not null default 0',
  'alter table "agents" add column "scoredAt" bigint not null default 0',
  // Somebody set the score by hand; it stays until it is recalculated.
  'alter table "agents" add column "scoreIsSet" bigint not null default 0',
  'create index "agentsByScoring" on "agents" ("scoredAt")',
];
