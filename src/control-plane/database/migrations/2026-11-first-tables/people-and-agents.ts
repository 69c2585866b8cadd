// The first tables of people and agents, column by column.

// `text`, `bigint` and `double precision` mean the same to both engines (SQLite: affinity TEXT, INTEGER, REAL).
export const peopleAndAgents: Record<string, string> = {
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
};
