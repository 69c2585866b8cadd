// Agents and what hangs on them.

import type { MlDsaAlgorithm } from '../../../crypto/ml-dsa.ts';
import type { Flag, Json, Milliseconds, Owned } from '../columns.ts';

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
  pqcPublicKey: string | null;
  pqcAlgorithm: MlDsaAlgorithm | null;
  pqcKeyCreatedAt: Milliseconds | null;
  pqcKeyExpiresAt: Milliseconds | null;
  previousPqcKey: string | null;
  previousPqcAlgorithm: MlDsaAlgorithm | null;
  previousPqcUntil: Milliseconds | null;
  /** Only what is signed with both keys is this agent's. */
  hybridMode: Flag;
  trustScore: number;
  violationCount: number;
  /** Actions that it reported as failed. */
  failedCount: number;
  scoredAt: Milliseconds;
  scoreIsSet: Flag;
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

export type PresenceTable = Owned & { agentId: string; day: Milliseconds; heardFrom: Milliseconds; presentMs: number };

export type FeedbackTable = Owned & {
  agentId: string;
  userId: string;
  userEmail: string;
  /** 1 to 5. */
  rating: number;
  comment: string | null;
  at: Milliseconds;
};

/** Outlives the agent. */
export type RevocationTable = Owned & { agentId: string; revokedAt: Milliseconds };

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

/** What an agent last said it found in itself. */
export type CapabilityReportTable = Owned & {
  agentId: string;
  report: Json;
  riskLevel: string;
  detectedAt: string;
  at: Milliseconds;
};
