// MCP servers and their attestations.

import type { Flag, Json, Milliseconds, Owned } from '../columns.ts';

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

/** What a server was seen to offer, in the form of a lockfile's entry. One row for each different content. */
export type McpManifestTable = Owned & {
  id: string;
  mcpServerId: string;
  manifestHash: string;
  fullHash: string;
  content: Json;
  /** One `baseline` a server; what was the baseline before is `former`. */
  status: 'baseline' | 'pending' | 'denied' | 'former';
  /** Which machine or agent saw it: launches are compared only with others of the same. */
  reporter: string;
  reportedBy: string;
  firstSeenAt: Milliseconds;
  lastSeenAt: Milliseconds;
  timesSeen: number;
};

export type McpDriftTable = Owned & {
  id: string;
  mcpServerId: string;
  fromManifestId: string;
  toManifestId: string;
  prevHash: string;
  newHash: string;
  severity: string;
  changes: Json;
  changesTotal: number;
  status: 'open' | 'acknowledged' | 'approved' | 'denied' | 'superseded';
  source: string;
  detectedAt: Milliseconds;
  lastSeenAt: Milliseconds;
  timesSeen: number;
  decidedBy: string | null;
  decidedAt: Milliseconds | null;
  reason: string | null;
};

export type McpServerTagTable = Owned & { mcpServerId: string; tagId: string };
