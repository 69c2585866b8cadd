// The tables, as types. Times are milliseconds since 1970; flags are 0 or 1; what is called `…Json` or typed `Json` is JSON text.

import type { Generated } from 'kysely';

/** JSON text, so that both engines keep exactly what was written, number tokens included. */
export type Json = string;
export type Flag = 0 | 1;
export type Milliseconds = number;

export type Schema = {
  instance: InstanceTable;
  organizations: OrganizationTable;
  users: UserTable;
  sessions: SessionTable;
  signInCodes: SignInCodeTable;
  deviceCodes: DeviceCodeTable;
  apiKeys: ApiKeyTable;
  agents: AgentTable;
  capabilities: CapabilityTable;
  capabilityRequests: CapabilityRequestTable;
  tags: TagTable;
  agentTags: AgentTagTable;
  trustHistory: TrustHistoryTable;
  verifications: VerificationTable;
  reviews: ReviewTable;
  comments: CommentTable;
  grants: GrantTable;
  policies: PolicyTable;
  alerts: AlertTable;
  auditHeads: AuditHeadTable;
  auditEntries: AuditEntryTable;
  streamEvents: StreamEventTable;
  mcpServers: McpServerTable;
  mcpCapabilities: McpCapabilityTable;
  attestations: AttestationTable;
  challenges: ChallengeTable;
  detections: DetectionTable;
  nonces: NonceTable;
  idempotency: IdempotencyTable;
  webhooks: WebhookTable;
  counters: CounterTable;
};

type Owned = { organizationId: string };

export type InstanceTable = { key: string; value: string };

export type OrganizationTable = {
  id: string;
  name: string;
  enforcementMode: 'strict' | 'monitoring';
  /** Everything else that an administrator may set. */
  settings: Json;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
  /** Grows with every change of what decisions rest on. */
  revision: Generated<number>;
};

export type UserTable = Owned & {
  id: string;
  email: string;
  name: string;
  role: string;
  /** `active`, `pending` or `deactivated`. */
  status: string;
  /** Self-describing; null for accounts of an identity provider. */
  passwordHash: string | null;
  forcePasswordChange: Flag;
  /** JSON list of the groups that approval policies speak of. */
  groups: Json;
  /** The key that signs this reviewer's receipts, base64. */
  reviewKey: string | null;
  reviewKeyAt: Milliseconds | null;
  /** Issuer and subject at an identity provider. */
  externalId: string | null;
  lastLoginAt: Milliseconds | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

/** A sign-in and every token that came of it: the family that `sid` names. */
export type SessionTable = Owned & {
  id: string;
  userId: string;
  startedAt: Milliseconds;
  expiresAt: Milliseconds;
  endedAt: Milliseconds | null;
  endReason: string | null;
  /** The refresh token that was issued last, and the one before it, which still yields it until it is used. */
  currentTokenId: string;
  currentIssuedAt: Milliseconds;
  previousTokenId: string | null;
  lastUsedAt: Milliseconds;
  userAgent: string | null;
};

export type SignInCodeTable = Owned & {
  codeHash: string;
  userId: string;
  redirectUri: string;
  challenge: string;
  expiresAt: Milliseconds;
  usedAt: Milliseconds | null;
};

export type DeviceCodeTable = {
  deviceCodeHash: string;
  userCode: string;
  clientId: string;
  scope: string | null;
  status: string;
  requestedFrom: string | null;
  userAgent: string | null;
  organizationId: string | null;
  userId: string | null;
  createdAt: Milliseconds;
  expiresAt: Milliseconds;
  lastPolledAt: Milliseconds | null;
};

export type ApiKeyTable = Owned & {
  id: string;
  userId: string;
  agentId: string | null;
  name: string;
  prefix: string;
  keyHash: string;
  isActive: Flag;
  expiresAt: Milliseconds | null;
  lastUsedAt: Milliseconds | null;
  createdAt: Milliseconds;
};

export type AgentTable = Owned & {
  id: string;
  name: string;
  displayName: string;
  description: string;
  agentType: string;
  status: string;
  version: string;
  publicKey: string;
  previousPublicKey: string | null;
  previousKeyUntil: Milliseconds | null;
  keyCreatedAt: Milliseconds;
  keyExpiresAt: Milliseconds;
  rotationCount: number;
  trustScore: number;
  violationCount: number;
  isCompromised: Flag;
  certificateUrl: string;
  repositoryUrl: string;
  documentationUrl: string;
  talksTo: Json;
  metadata: Json;
  declaredPurpose: string | null;
  isolation: string | null;
  /** The person who answers for it. */
  createdBy: string;
  createdByAgent: string | null;
  createdBySdkTokenId: string | null;
  verifiedAt: Milliseconds | null;
  revokedAt: Milliseconds | null;
  lastActiveAt: Milliseconds | null;
  lastHeartbeatAt: Milliseconds | null;
  lastCapabilityCheckAt: Milliseconds | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

export type CapabilityTable = Owned & {
  id: string;
  agentId: string;
  capabilityType: string;
  capabilityScope: Json | null;
  executionMode: string;
  isHoneytoken: Flag;
  grantedBy: string | null;
  grantedAt: Milliseconds;
  revokedAt: Milliseconds | null;
  updatedAt: Milliseconds;
};

export type CapabilityRequestTable = Owned & {
  id: string;
  agentId: string;
  capabilityType: string;
  reason: string;
  status: string;
  requestedBy: string | null;
  requestedAt: Milliseconds;
  reviewedBy: string | null;
  reviewedAt: Milliseconds | null;
  updatedAt: Milliseconds;
};

export type TagTable = Owned & {
  id: string;
  key: string;
  value: string;
  category: string;
  description: string;
  color: string;
  createdBy: string | null;
  createdAt: Milliseconds;
};

export type AgentTagTable = Owned & { agentId: string; tagId: string };

export type TrustHistoryTable = Owned & {
  id: string;
  agentId: string;
  score: number;
  previousScore: number | null;
  reason: string;
  changedBy: string | null;
  factors: Json;
  at: Milliseconds;
};

/** A verification and its event are one row (wire-agents §6.2). */
export type VerificationTable = Owned & {
  id: string;
  agentId: string;
  agentName: string;
  ownerId: string;
  capability: string;
  resource: string | null;
  /** As the agent wrote it. */
  context: Json;
  riskLevel: string;
  riskDetected: Flag;
  riskReason: string | null;
  trustScore: number;
  mode: string;
  /** `pending`, `approved`, `denied`, `expired` or `cancelled`. */
  status: string;
  /** The rule that decided, as a stable word. */
  rule: string;
  denialReason: string | null;
  decidedBy: string | null;
  decidedByName: string | null;
  decidedAt: Milliseconds | null;
  requestedAt: Milliseconds;
  expiresAt: Milliseconds;
  durationMs: number;
  form: string;
  signedBytes: string;
  signature: string;
  publicKey: string;
  actionHash: string;
  /** What approvals it needs, fixed when it was asked. */
  requirement: Json | null;
  asked: Json | null;
  /** Requests with the same content wait in one group. */
  groupKey: string | null;
  grantId: string | null;
  policyId: string | null;
  matchingCode: string | null;
  escalatedAt: Milliseconds | null;
  initiatorIp: string | null;
  executed: Flag | null;
  executedAt: Milliseconds | null;
  executionError: string | null;
  outcome: string | null;
  outcomeSummary: string | null;
  revision: number;
};

export type ReviewTable = Owned & {
  id: string;
  verificationId: string;
  userId: string;
  userEmail: string;
  decision: string;
  reason: string | null;
  groups: Json;
  isOwn: Flag;
  isInteractive: Flag;
  actionHash: string | null;
  receipt: Json | null;
  at: Milliseconds;
};

export type CommentTable = Owned & {
  id: string;
  verificationId: string;
  userId: string;
  userEmail: string;
  text: string;
  at: Milliseconds;
};

export type GrantTable = Owned & {
  id: string;
  verificationId: string;
  agentId: string;
  agentName: string;
  capability: string;
  resource: string | null;
  startsAt: Milliseconds;
  expiresAt: Milliseconds;
  usesAllowed: number | null;
  usesLeft: number | null;
  revokedAt: Milliseconds | null;
  revokedBy: string | null;
  grantedBy: string;
  grantedByName: string;
  createdAt: Milliseconds;
};

export type PolicyTable = Owned & {
  id: string;
  name: string;
  description: string;
  policyType: string;
  enforcementAction: string;
  severityThreshold: string;
  rules: Json;
  appliesTo: string;
  isEnabled: Flag;
  priority: number;
  createdBy: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

export type AlertTable = Owned & {
  id: string;
  alertType: string;
  severity: string;
  title: string;
  description: string;
  resourceType: string;
  resourceId: string;
  agentId: string | null;
  agentName: string | null;
  metadata: Json;
  acknowledgedBy: string | null;
  acknowledgedAt: Milliseconds | null;
  resolvedBy: string | null;
  resolvedAt: Milliseconds | null;
  resolution: string | null;
  createdAt: Milliseconds;
};

export type AuditHeadTable = { organizationId: string; sequence: number; hash: string };

export type AuditEntryTable = Owned & {
  sequence: number;
  id: string;
  at: Milliseconds;
  userId: string | null;
  userName: string | null;
  agentId: string | null;
  agentName: string | null;
  action: string;
  resourceType: string;
  resourceId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  metadata: Json;
  previousHash: string;
  hash: string;
};

export type StreamEventTable = Owned & {
  position: Generated<number>;
  type: string;
  change: string;
  agentId: string | null;
  at: Milliseconds;
  subject: Json;
};

export type McpServerTable = Owned & {
  id: string;
  name: string;
  description: string;
  url: string;
  version: string;
  publicKey: string | null;
  verificationUrl: string | null;
  status: string;
  verificationMethod: string;
  trustScore: number;
  confidenceScore: number;
  attestationCount: number;
  lastAttestedAt: Milliseconds | null;
  lastVerifiedAt: Milliseconds | null;
  registeredByAgent: string | null;
  createdBy: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

export type McpCapabilityTable = Owned & {
  id: string;
  mcpServerId: string;
  name: string;
  type: string;
  description: string;
  schema: Json;
  detectedAt: Milliseconds;
  lastVerifiedAt: Milliseconds | null;
  isActive: Flag;
};

export type AttestationTable = Owned & {
  id: string;
  mcpServerId: string;
  agentId: string | null;
  userId: string | null;
  type: string;
  payload: Json;
  signature: string;
  capabilitiesFound: Json;
  connectionSuccessful: Flag;
  healthCheckPassed: Flag;
  connectionLatencyMs: number | null;
  verifiedAt: Milliseconds;
  expiresAt: Milliseconds;
  revokedAt: Milliseconds | null;
};

export type ChallengeTable = Owned & {
  challenge: string;
  agentId: string;
  mcpServerId: string;
  expiresAt: Milliseconds;
  usedAt: Milliseconds | null;
};

export type DetectionTable = Owned & {
  agentId: string;
  mcpServer: string;
  method: string;
  confidence: number;
  details: Json;
  sdkVersion: string | null;
  firstDetectedAt: Milliseconds;
  lastSeenAt: Milliseconds;
};

/** What may be used once: statement nonces, request signatures, challenges of other kinds. */
export type NonceTable = { scope: string; nonce: string; expiresAt: Milliseconds };

export type IdempotencyTable = Owned & {
  key: string;
  userId: string;
  route: string;
  bodyHash: string;
  status: number;
  body: Json;
  at: Milliseconds;
};

export type WebhookTable = Owned & {
  id: string;
  name: string;
  url: string;
  secret: string;
  events: Json;
  isActive: Flag;
  lastDeliveryAt: Milliseconds | null;
  lastStatus: number | null;
  failureCount: number;
  createdBy: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

/** Counts that are kept, not counted: one row per organisation, hour, agent and outcome. */
export type CounterTable = Owned & {
  hour: Milliseconds;
  agentId: string;
  status: string;
  count: number;
  durationMs: number;
  trustSum: number;
};
