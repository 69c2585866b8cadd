// The first indexes: one for each order in which lists are read, and for what may exist once.

export const indexes = {
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

export const uniques = {
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
