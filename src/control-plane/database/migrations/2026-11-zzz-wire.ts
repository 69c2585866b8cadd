// Ways in and records that came after the first: tokens that bring an agent in, sealed secrets, what agents found in themselves, tags of MCP servers.

import { type Kysely, sql } from 'kysely';

export async function wire(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table "bootstrapTokens" (
    "id" text primary key, "organizationId" text not null, "name" text not null, "tokenHash" text not null, "agentName" text,
    "createdBy" text not null, "createdAt" bigint not null, "expiresAt" bigint not null, "usedAt" bigint, "usedByAgentId" text,
    "revokedAt" bigint)`,
  'create unique index "bootstrapTokensByHash" on "bootstrapTokens" ("tokenHash")',
  'create index "bootstrapTokensInOrder" on "bootstrapTokens" ("organizationId", "createdAt")',
  `create table "secretNamespaces" (
    "id" text primary key, "organizationId" text not null, "agentId" text not null, "namespace" text not null,
    "operations" text not null, "urlPatterns" text not null, "encryptedBlob" text, "encryptionAlgorithm" text,
    "ephemeralPublicKey" text, "sealedFor" text, "version" bigint not null, "storedAt" bigint, "createdBy" text not null,
    "createdAt" bigint not null, "updatedAt" bigint not null)`,
  'create unique index "secretNamespacesOnce" on "secretNamespaces" ("agentId", "namespace")',
  'create index "secretNamespacesOf" on "secretNamespaces" ("organizationId", "agentId", "createdAt")',
  `create table "capabilityReports" (
    "agentId" text primary key, "organizationId" text not null, "report" text not null, "riskLevel" text not null,
    "detectedAt" text not null, "at" bigint not null)`,
  `create table "mcpServerTags" ("organizationId" text not null, "mcpServerId" text not null, "tagId" text not null,
    primary key ("mcpServerId", "tagId"))`,
  'create index "mcpServerTagsOf" on "mcpServerTags" ("tagId")',
  'alter table "users" add column "statusReason" text',
];
