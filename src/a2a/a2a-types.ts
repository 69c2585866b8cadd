// What the A2A routes take and answer, where it has a shape worth naming (wire-mcp-logs-a2a §6.1).

export type Answer = Record<string, unknown>;
export type Attestation = {
  attestedAgentId: string;
  skillId: string;
  attestationType?: 'SKILL_VERIFICATION' | 'QUALITY' | 'SECURITY';
  confidence?: number;
  evidence?: Answer;
};
export type Consent = {
  userId: string;
  recipientAgentId: string;
  scope: readonly string[];
  purpose: string;
  dataTypes?: readonly string[];
  expiresInHours?: number;
  consentMethod?: 'explicit_click' | 'api' | 'delegated' | 'inherited';
};
export type Task = { externalTaskId: string; remoteAgentId: string; skillId?: string; contextId?: string };
export type TaskState = 'SUBMITTED' | 'WORKING' | 'INPUT_NEEDED' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
export type Verified = { valid: boolean; agentId: string | null; agentName: string | null; trustScore: number | null };
