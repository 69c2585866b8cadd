// Indexes for every order and filter of the lists; partial where a verification that simply was approved would pay for what it is not in.

const isViolation = `"rule" in ('not-granted', 'monitoring', 'honeytoken', 'capability_violation')`;

export const droppedIndexes = ['verificationsByStatus', 'verificationsWaiting'];

export const newIndexes: Record<string, string> = {
  agentsByStatus: '"agents" ("organizationId", "status", "createdAt", "id")',
  agentsByType: '"agents" ("organizationId", "agentType", "createdAt", "id")',
  agentsByActivity: '"agents" ("organizationId", "lastActiveAt", "id")',
  agentsByVerification: '"agents" ("organizationId", "verifiedAt")',
  agentsByCheck: '"agents" ("organizationId", "lastCapabilityCheckAt")',
  verificationsOfCapability: '"verifications" ("organizationId", "capability", "requestedAt", "id")',
  // Whatever once waited for a person has a requirement.
  approvalsInOrder: '"verifications" ("organizationId", "requestedAt", "id") where "requirement" is not null',
  approvalsByStatus: '"verifications" ("organizationId", "status", "requestedAt", "id") where "requirement" is not null',
  // What waits is worked from its head, escalated requests first.
  approvalsInTurn: `"verifications" ("organizationId", "status", (case when "escalatedAt" is not null then 0 else 1 end), "requestedAt", "id")
    where "requirement" is not null`,
  approvalsWaiting: '"verifications" ("status", "expiresAt") where "requirement" is not null',
  approvalsOfAgent: '"verifications" ("agentId", "status", "requestedAt", "id") where "requirement" is not null',
  verificationsNotApproved: `"verifications" ("organizationId", "status", "requestedAt", "id") where "status" <> 'approved'`,
  violationsInOrder: `"verifications" ("organizationId", "requestedAt", "id") where ${isViolation}`,
  violationsOfAgent: `"verifications" ("agentId", "requestedAt", "id") where ${isViolation}`,
  auditOfAgent: '"auditEntries" ("agentId", "sequence")',
  auditByAction: `"auditEntries" ("organizationId", "action", "sequence") where "action" <> 'verify'`,
  auditByUser: '"auditEntries" ("organizationId", "userId", "sequence") where "userId" is not null',
  countersOfAll: `"counters" ("organizationId", "hour") where "agentId" = ''`,
  requestsByStatus: '"capabilityRequests" ("organizationId", "status", "requestedAt", "id")',
  requestsOfAgent: '"capabilityRequests" ("agentId", "requestedAt", "id")',
  alertsOfAgent: '"alerts" ("agentId", "createdAt", "id")',
  alertsOpen: '"alerts" ("organizationId", "createdAt", "id") where "acknowledgedAt" is null',
  alertsBySeverity: '"alerts" ("organizationId", "severity", "createdAt", "id")',
  alertsOfResource: '"alerts" ("organizationId", "resourceId", "createdAt")',
};
