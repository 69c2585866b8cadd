// What is kept between agents.

import type { Flag, Json, Milliseconds, Owned } from '../columns.ts';

export type A2ACardTable = Owned & {
  id: string;
  agentId: string;
  cardUrl: string;
  /** The card exactly as it was received. */
  cardData: string;
  cardHash: string;
  protocolVersion: string;
  attestationSignature: string | null;
  attestationIssuedAt: Milliseconds | null;
  attestationExpiresAt: Milliseconds | null;
  lastFetchedAt: Milliseconds | null;
  fetchCount: number;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

export type A2ASkillTable = Owned & {
  id: string;
  agentId: string;
  name: string;
  description: string;
  inputSchema: Json | null;
  outputSchema: Json | null;
  tags: Json;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
};

export type A2AAttestationTable = Owned & {
  id: string;
  attestingAgentId: string;
  /** Who answered for the attesting agent then: agents of one owner are one voice. */
  attestingOwnerId: string;
  attestedAgentId: string;
  skillId: string;
  attestationType: string;
  confidence: number;
  evidence: Json;
  createdAt: Milliseconds;
  revokedAt: Milliseconds | null;
  revokeReason: string | null;
};

export type A2AInteractionTable = Owned & {
  id: string;
  /** Null where a person reported it without saying for which agent. */
  agentId: string | null;
  reporterId: string;
  /** The person behind the report. */
  voice: string;
  peerAgentId: string;
  success: Flag;
  taskType: string | null;
  durationMs: number | null;
  errorReason: string | null;
  at: Milliseconds;
};

export type A2ATaskTable = Owned & {
  id: string;
  externalTaskId: string;
  clientAgentId: string;
  remoteAgentId: string;
  skillId: string | null;
  contextId: string | null;
  state: string;
  errorCode: string | null;
  errorMessage: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
  completedAt: Milliseconds | null;
};

export type A2AConsentTable = Owned & {
  id: string;
  /** Whose data it is, in the words of the agents: not an account of ours. */
  userId: string;
  grantorAgentId: string;
  recipientAgentId: string;
  scope: Json;
  purpose: string;
  dataTypes: Json;
  consentMethod: string;
  grantedAt: Milliseconds;
  expiresAt: Milliseconds | null;
  revokedAt: Milliseconds | null;
  revokeReason: string | null;
};

export type A2AViolationTable = Owned & {
  id: string;
  requestingAgentId: string;
  targetAgentId: string;
  skillId: string | null;
  reasons: Json;
  enforcementMode: string;
  at: Milliseconds;
};
