// The tables of the first version.

import { type Kysely, sql } from 'kysely';
import type { Engine } from '../open.ts';

export async function firstTables(db: Kysely<never>, engine: Engine): Promise<void> {
  for (const [name, columns] of Object.entries(tables(engine))) await sql.raw(createTable(name, columns)).execute(db);
  for (const [index, on] of Object.entries(indexes)) await sql.raw(`create index "${index}" on ${on}`).execute(db);
  for (const [index, on] of Object.entries(uniques)) await sql.raw(`create unique index "${index}" on ${on}`).execute(db);
}

const createTable = (name: string, columns: string): string =>
  `create table "${name}" (${columns
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/^([a-z]\w*) /i, (all, column: string) => (column === 'primary' ? all : `"${column}" `)))
    .join(', ')})`;

// `text`, `bigint` and `double precision` mean the same to both engines (SQLite: affinity TEXT, INTEGER, REAL).
const tables = (engine: Engine): Record<string, string> => ({
  instance: `
    key text primary key
    value text not null`,
  organizations: `
    id text primary key
    name text not null
    enforcementMode text not null
    settings text not null
    createdAt bigint not null
    updatedAt bigint not null`,
  users: `
    id text primary key
    organizationId text not null
    email text not null
    name text not null
    role text not null
    status text not null
    passwordHash text
    forcePasswordChange bigint not null
    groups text not null
    reviewKey text
    externalId text
    lastLoginAt bigint
    createdAt bigint not null
    updatedAt bigint not null`,
  sessions: `
    id text primary key
    organizationId text not null
    userId text not null
    startedAt bigint not null
    expiresAt bigint not null
    endedAt bigint
    endReason text
    currentTokenId text not null
    currentIssuedAt bigint not null
    previousTokenId text
    lastUsedAt bigint not null
    userAgent text`,
  signInCodes: `
    codeHash text primary key
    organizationId text not null
    userId text not null
    redirectUri text not null
    challenge text not null
    expiresAt bigint not null
    usedAt bigint`,
  deviceCodes: `
    deviceCodeHash text primary key
    userCode text not null
    clientId text not null
    scope text
    status text not null
    requestedFrom text
    userAgent text
    organizationId text
    userId text
    createdAt bigint not null
    expiresAt bigint not null
    lastPolledAt bigint`,
  apiKeys: `
    id text primary key
    organizationId text not null
    userId text not null
    agentId text
    name text not null
    prefix text not null
    keyHash text not null
    isActive bigint not null
    expiresAt bigint
    lastUsedAt bigint
    createdAt bigint not null`,
  agents: `
    id text primary key
    organizationId text not null
    name text not null
    displayName text not null
    description text not null
    agentType text not null
    status text not null
    version text not null
    publicKey text not null
    previousPublicKey text
    previousKeyUntil bigint
    keyCreatedAt bigint not null
    keyExpiresAt bigint not null
    rotationCount bigint not null
    trustScore double precision not null
    violationCount bigint not null
    isCompromised bigint not null
    certificateUrl text not null
    repositoryUrl text not null
    documentationUrl text not null
    talksTo text not null
    metadata text not null
    declaredPurpose text
    isolation text
    createdBy text not null
    createdByAgent text
    createdBySdkTokenId text
    verifiedAt bigint
    revokedAt bigint
    lastActiveAt bigint
    lastHeartbeatAt bigint
    lastCapabilityCheckAt bigint
    createdAt bigint not null
    updatedAt bigint not null`,
  capabilities: `
    id text primary key
    organizationId text not null
    agentId text not null
    capabilityType text not null
    capabilityScope text
    executionMode text not null
    isHoneytoken bigint not null
    grantedBy text
    grantedAt bigint not null
    revokedAt bigint
    updatedAt bigint not null`,
  capabilityRequests: `
    id text primary key
    organizationId text not null
    agentId text not null
    capabilityType text not null
    reason text not null
    status text not null
    requestedBy text
    requestedAt bigint not null
    reviewedBy text
    reviewedAt bigint
    updatedAt bigint not null`,
  tags: `
    id text primary key
    organizationId text not null
    key text not null
    value text not null
    category text not null
    description text not null
    color text not null
    createdBy text
    createdAt bigint not null`,
  agentTags: `
    organizationId text not null
    agentId text not null
    tagId text not null
    primary key ("agentId", "tagId")`,
  trustHistory: `
    id text primary key
    organizationId text not null
    agentId text not null
    score double precision not null
    previousScore double precision
    reason text not null
    changedBy text
    factors text not null
    at bigint not null`,
  verifications: `
    id text primary key
    organizationId text not null
    agentId text not null
    agentName text not null
    ownerId text not null
    capability text not null
    resource text
    context text not null
    riskLevel text not null
    riskDetected bigint not null
    riskReason text
    trustScore double precision not null
    mode text not null
    status text not null
    rule text not null
    denialReason text
    decidedBy text
    decidedByName text
    decidedAt bigint
    requestedAt bigint not null
    expiresAt bigint not null
    durationMs double precision not null
    form text not null
    signedBytes text not null
    signature text not null
    publicKey text not null
    actionHash text not null
    requirement text
    asked text
    groupKey text
    grantId text
    policyId text
    matchingCode text
    escalatedAt bigint
    initiatorIp text
    executed bigint
    executedAt bigint
    executionError text
    outcome text
    outcomeSummary text
    revision bigint not null`,
  reviews: `
    id text primary key
    organizationId text not null
    verificationId text not null
    userId text not null
    userEmail text not null
    decision text not null
    reason text
    groups text not null
    isOwn bigint not null
    isInteractive bigint not null
    actionHash text
    receipt text
    at bigint not null`,
  comments: `
    id text primary key
    organizationId text not null
    verificationId text not null
    userId text not null
    userEmail text not null
    text text not null
    at bigint not null`,
  grants: `
    id text primary key
    organizationId text not null
    verificationId text not null
    agentId text not null
    agentName text not null
    capability text not null
    resource text
    startsAt bigint not null
    expiresAt bigint not null
    usesAllowed bigint
    usesLeft bigint
    revokedAt bigint
    revokedBy text
    grantedBy text not null
    grantedByName text not null
    createdAt bigint not null`,
  policies: `
    id text primary key
    organizationId text not null
    name text not null
    description text not null
    policyType text not null
    enforcementAction text not null
    severityThreshold text not null
    rules text not null
    appliesTo text not null
    isEnabled bigint not null
    priority bigint not null
    createdBy text
    createdAt bigint not null
    updatedAt bigint not null`,
  alerts: `
    id text primary key
    organizationId text not null
    alertType text not null
    severity text not null
    title text not null
    description text not null
    resourceType text not null
    resourceId text not null
    agentId text
    agentName text
    metadata text not null
    acknowledgedBy text
    acknowledgedAt bigint
    resolvedBy text
    resolvedAt bigint
    resolution text
    createdAt bigint not null`,
  auditHeads: `
    organizationId text primary key
    sequence bigint not null
    hash text not null`,
  auditEntries: `
    organizationId text not null
    sequence bigint not null
    id text not null
    at bigint not null
    userId text
    userName text
    agentId text
    agentName text
    action text not null
    resourceType text not null
    resourceId text
    ipAddress text
    userAgent text
    metadata text not null
    previousHash text not null
    hash text not null
    primary key ("organizationId", "sequence")`,
  streamEvents: `
    position ${engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigint generated by default as identity primary key'}
    organizationId text not null
    type text not null
    change text not null
    agentId text
    at bigint not null
    subject text not null`,
  mcpServers: `
    id text primary key
    organizationId text not null
    name text not null
    description text not null
    url text not null
    version text not null
    publicKey text
    verificationUrl text
    status text not null
    verificationMethod text not null
    trustScore double precision not null
    confidenceScore double precision not null
    attestationCount bigint not null
    lastAttestedAt bigint
    lastVerifiedAt bigint
    registeredByAgent text
    createdBy text
    createdAt bigint not null
    updatedAt bigint not null`,
  mcpCapabilities: `
    id text primary key
    organizationId text not null
    mcpServerId text not null
    name text not null
    type text not null
    description text not null
    schema text not null
    detectedAt bigint not null
    lastVerifiedAt bigint
    isActive bigint not null`,
  attestations: `
    id text primary key
    organizationId text not null
    mcpServerId text not null
    agentId text
    userId text
    type text not null
    payload text not null
    signature text not null
    capabilitiesFound text not null
    connectionSuccessful bigint not null
    healthCheckPassed bigint not null
    connectionLatencyMs double precision
    verifiedAt bigint not null
    expiresAt bigint not null
    revokedAt bigint`,
  challenges: `
    challenge text primary key
    organizationId text not null
    agentId text not null
    mcpServerId text not null
    expiresAt bigint not null
    usedAt bigint`,
  detections: `
    organizationId text not null
    agentId text not null
    mcpServer text not null
    method text not null
    confidence double precision not null
    details text not null
    sdkVersion text
    firstDetectedAt bigint not null
    lastSeenAt bigint not null
    primary key ("agentId", "mcpServer", "method")`,
  nonces: `
    scope text not null
    nonce text not null
    expiresAt bigint not null
    primary key ("scope", "nonce")`,
  idempotency: `
    organizationId text not null
    key text not null
    userId text not null
    route text not null
    bodyHash text not null
    status bigint not null
    body text not null
    at bigint not null
    primary key ("organizationId", "userId", "key")`,
  webhooks: `
    id text primary key
    organizationId text not null
    name text not null
    url text not null
    secret text not null
    events text not null
    isActive bigint not null
    lastDeliveryAt bigint
    lastStatus bigint
    failureCount bigint not null
    createdBy text
    createdAt bigint not null
    updatedAt bigint not null`,
  counters: `
    organizationId text not null
    hour bigint not null
    agentId text not null
    status text not null
    count bigint not null
    durationMs double precision not null
    trustSum double precision not null
    primary key ("organizationId", "hour", "agentId", "status")`,
});

const indexes = {
  sessionsOfUser: '"sessions" ("userId")',
  agentsInOrder: '"agents" ("organizationId", "createdAt", "id")',
  capabilitiesOfAgent: '"capabilities" ("agentId", "revokedAt")',
  requestsInOrder: '"capabilityRequests" ("organizationId", "requestedAt")',
  tagsOfAgent: '"agentTags" ("tagId")',
  trustOfAgent: '"trustHistory" ("agentId", "at")',
  verificationsInOrder: '"verifications" ("organizationId", "requestedAt", "id")',
  verificationsOfAgent: '"verifications" ("agentId", "requestedAt", "id")',
  // Only waiting and expiring ones are ever looked up by state.
  verificationsByStatus: '"verifications" ("organizationId", "status", "requestedAt")',
  verificationsWaiting: `"verifications" ("expiresAt") where "status" = 'pending'`,
  reviewsOfVerification: '"reviews" ("verificationId")',
  commentsOfVerification: '"comments" ("verificationId")',
  grantsOfAgent: '"grants" ("agentId", "expiresAt")',
  grantsInOrder: '"grants" ("organizationId", "createdAt")',
  policiesInOrder: '"policies" ("organizationId", "priority")',
  alertsInOrder: '"alerts" ("organizationId", "createdAt", "id")',
  auditOfResource: '"auditEntries" ("organizationId", "resourceId", "sequence")',
  streamOfOrganization: '"streamEvents" ("organizationId", "position")',
  mcpInOrder: '"mcpServers" ("organizationId", "createdAt", "id")',
  attestationsOfServer: '"attestations" ("mcpServerId", "verifiedAt")',
  noncesByExpiry: '"nonces" ("expiresAt")',
};

const uniques = {
  usersByEmail: '"users" (lower("email"))',
  agentsByName: '"agents" ("organizationId", "name")',
  apiKeysByHash: '"apiKeys" ("keyHash")',
  capabilitiesOnce: `"capabilities" ("agentId", "capabilityType") where "revokedAt" is null`,
  requestsOnce: `"capabilityRequests" ("agentId", "capabilityType") where "status" = 'pending'`,
  tagsOnce: '"tags" ("organizationId", "key", "value")',
  // A signed request that comes twice is the same verification, however often it is played.
  verificationsOnce: '"verifications" ("agentId", "actionHash")',
  reviewsOnce: '"reviews" ("verificationId", "userId")',
  auditById: '"auditEntries" ("id")',
  mcpByUrl: '"mcpServers" ("organizationId", "url")',
  capabilitiesOfServer: '"mcpCapabilities" ("mcpServerId", "type", "name")',
  deviceByUserCode: '"deviceCodes" ("userCode")',
};
