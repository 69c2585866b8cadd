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
