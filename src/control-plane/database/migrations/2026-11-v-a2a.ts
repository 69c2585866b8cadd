// What the control plane keeps between agents: cards, skills, attestations, tasks, interactions, consent, violations.

import { type Kysely, sql } from 'kysely';

export async function a2a(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table "a2aCards" (
    "id" text primary key, "organizationId" text not null, "agentId" text not null, "cardUrl" text not null, "cardData" text not null,
    "cardHash" text not null, "protocolVersion" text not null, "attestationSignature" text, "attestationIssuedAt" bigint,
    "attestationExpiresAt" bigint, "lastFetchedAt" bigint, "fetchCount" bigint not null, "createdAt" bigint not null,
    "updatedAt" bigint not null)`,
  'create unique index "a2aCardsOnce" on "a2aCards" ("agentId")',
  'create index "a2aCardsInOrder" on "a2aCards" ("organizationId", "createdAt")',
  `create table "a2aSkills" (
    "id" text primary key, "organizationId" text not null, "agentId" text not null, "name" text not null, "description" text not null,
    "inputSchema" text, "outputSchema" text, "tags" text not null, "createdAt" bigint not null, "updatedAt" bigint not null)`,
  'create unique index "a2aSkillsOnce" on "a2aSkills" ("agentId", "name")',
  'create index "a2aSkillsInOrder" on "a2aSkills" ("organizationId", "createdAt")',
  `create table "a2aAttestations" (
    "id" text primary key, "organizationId" text not null, "attestingAgentId" text not null, "attestingOwnerId" text not null,
    "attestedAgentId" text not null, "skillId" text not null, "attestationType" text not null, "confidence" double precision not null,
    "evidence" text not null, "createdAt" bigint not null, "revokedAt" bigint, "revokeReason" text)`,
  `create unique index "a2aAttestationsOnce" on "a2aAttestations" ("attestingAgentId", "attestedAgentId", "skillId", "attestationType")
    where "revokedAt" is null`,
  'create index "a2aAttestationsOf" on "a2aAttestations" ("attestedAgentId", "skillId")',
  `create table "a2aInteractions" (
    "id" text primary key, "organizationId" text not null, "agentId" text, "reporterId" text not null, "voice" text not null,
    "peerAgentId" text not null, "success" bigint not null, "taskType" text, "durationMs" double precision, "errorReason" text,
    "at" bigint not null)`,
  'create index "a2aInteractionsOf" on "a2aInteractions" ("peerAgentId", "at")',
  'create index "a2aInteractionsBy" on "a2aInteractions" ("organizationId", "reporterId")',
  `create table "a2aTasks" (
    "id" text primary key, "organizationId" text not null, "externalTaskId" text not null, "clientAgentId" text not null,
    "remoteAgentId" text not null, "skillId" text, "contextId" text, "state" text not null, "errorCode" text, "errorMessage" text,
    "createdAt" bigint not null, "updatedAt" bigint not null, "completedAt" bigint)`,
  'create unique index "a2aTasksOnce" on "a2aTasks" ("clientAgentId", "externalTaskId")',
  'create index "a2aTasksOfRemote" on "a2aTasks" ("remoteAgentId", "createdAt")',
  'create index "a2aTasksInOrder" on "a2aTasks" ("organizationId", "createdAt")',
  `create table "a2aConsents" (
    "id" text primary key, "organizationId" text not null, "userId" text not null, "grantorAgentId" text not null,
    "recipientAgentId" text not null, "scope" text not null, "purpose" text not null, "dataTypes" text not null,
    "consentMethod" text not null, "grantedAt" bigint not null, "expiresAt" bigint, "revokedAt" bigint, "revokeReason" text)`,
  'create index "a2aConsentsOf" on "a2aConsents" ("organizationId", "userId")',
  `create table "a2aViolations" (
    "id" text primary key, "organizationId" text not null, "requestingAgentId" text not null, "targetAgentId" text not null,
    "skillId" text, "reasons" text not null, "enforcementMode" text not null, "at" bigint not null)`,
  'create index "a2aViolationsInOrder" on "a2aViolations" ("organizationId", "at")',
];
