// Who makes a request: a person, an agent that signs, an API key, or a service token of an agent.

import type { Role } from '../../wire/session.ts';
import type { Actor } from '../audit/draft.ts';
import type { AgentTable } from '../database/tables/agents.ts';

export type UserPrincipal = {
  kind: 'user';
  organizationId: string;
  id: string;
  email: string;
  name: string;
  role: Role;
  groups: readonly string[];
  sessionId: string;
  sessionStartedAt: number;
  /** When the person last proved who they are; null where the session began without that. */
  provedAt: number | null;
};
export type AgentPrincipal = {
  kind: 'agent';
  organizationId: string;
  id: string;
  agent: AgentTable;
  /** What it signed the request with; or a token that it got for a signature. */
  by: 'ed25519' | 'ml-dsa' | 'both' | 'service-token';
  /** Not with a key before the present one, whose grace lasts. */
  isPresentKey: boolean;
};
export type KeyPrincipal = {
  kind: 'key';
  organizationId: string;
  id: string;
  userId: string;
  userEmail: string;
  userRole: Role;
  agentId: string | null;
};
export type Principal = UserPrincipal | AgentPrincipal | KeyPrincipal;

/** Who the audit log names. */
export function actorOf(principal: Principal, origin: { ip: string; userAgent: string | null }): Actor {
  const from = { ipAddress: origin.ip, userAgent: origin.userAgent };
  if (principal.kind === 'user') return { userId: principal.id, userName: principal.email, ...from };
  if (principal.kind === 'key')
    return { userId: principal.userId, userName: principal.userEmail, agentId: principal.agentId, ...from };
  return { agentId: principal.id, agentName: principal.agent.name, ...from };
}

/** The person who answers for what the principal makes. */
export function ownerOf(principal: Principal): string {
  if (principal.kind === 'user') return principal.id;
  return principal.kind === 'key' ? principal.userId : principal.agent.createdBy;
}
