// What MCP servers were seen to offer, and how that changed.

import { type Kysely, sql } from 'kysely';

export async function mcpManifests(db: Kysely<never>): Promise<void> {
  await sql`create table "mcpManifests" (
    "id" text primary key,
    "organizationId" text not null,
    "mcpServerId" text not null,
    "manifestHash" text not null,
    "fullHash" text not null,
    "content" text not null,
    "status" text not null,
    "reporter" text not null,
    "reportedBy" text not null,
    "firstSeenAt" bigint not null,
    "lastSeenAt" bigint not null,
    "timesSeen" bigint not null
  )`.execute(db);
  await sql`create unique index "mcpManifestsOnce" on "mcpManifests" ("mcpServerId", "fullHash")`.execute(db);
  await sql`create table "mcpDrifts" (
    "id" text primary key,
    "organizationId" text not null,
    "mcpServerId" text not null,
    "fromManifestId" text not null,
    "toManifestId" text not null,
    "prevHash" text not null,
    "newHash" text not null,
    "severity" text not null,
    "changes" text not null,
    "changesTotal" bigint not null,
    "status" text not null,
    "source" text not null,
    "detectedAt" bigint not null,
    "lastSeenAt" bigint not null,
    "timesSeen" bigint not null,
    "decidedBy" text,
    "decidedAt" bigint,
    "reason" text
  )`.execute(db);
  await sql`create unique index "mcpDriftsOnce" on "mcpDrifts" ("fromManifestId", "toManifestId")`.execute(db);
  await sql`create index "mcpDriftsByTime" on "mcpDrifts" ("organizationId", "detectedAt")`.execute(db);
}
