// Who did something, and what the audit log says about it.

export type Actor = {
  userId?: string | null;
  userName?: string | null;
  agentId?: string | null;
  agentName?: string | null;
  ipAddress?: string | null;
  userAgent?: string | null;
};

export type AuditDraft = {
  organizationId: string;
  /** A verb: `create`, `update`, `approve`, `revoke`, `sign-in` … */
  action: string;
  resourceType: string;
  resourceId?: string | null;
  /** The agent that it concerns, where the actor is a person. */
  agentId?: string | null;
  agentName?: string | null;
  metadata?: Record<string, unknown>;
};

/** The control plane itself, when a clock or a rule acts. */
export const SYSTEM: Actor = { userName: 'system' };
