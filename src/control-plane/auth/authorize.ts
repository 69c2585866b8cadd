// May this principal use this route? The one place where roles are enforced; what it reads is the route table.

import { admits, type Role } from '../../wire/session.ts';
import { forbidden, unauthenticated } from '../refusal.ts';
import type { Access } from '../route.ts';
import type { Principal } from './principal.ts';

/** @throws Refusal 401 where this kind of principal has no business here, 403 where its role or its agent does not fit. */
export function authorize(access: Access, principal: Principal | null, params: Readonly<Record<string, string>>): void {
  if (access.anyone === true) return;
  if (principal === null) throw unauthenticated('authenticationRequired', 'Authentication required');
  if (principal.kind === 'user') {
    person(access, principal.role);
  } else if (principal.kind === 'agent') {
    if (access.agent === undefined) throw unauthenticated('userSessionRequired', 'Authentication required');
    if (access.agent === 'self' && params['id'] !== principal.id) {
      throw forbidden('agent_path_mismatch', 'An agent may only act for itself');
    }
  } else {
    if (access.key === undefined) throw unauthenticated('userSessionRequired', 'Authentication required');
    // The key of a person does no more than the person: who has lost a role has lost it for the keys as well.
    if (principal.agentId === null && access.user !== undefined && !admits(principal.userRole, access.user))
      throw forbidden('roleTooLow', REFUSALS[access.user]);
    if (access.key === 'self' && principal.agentId !== null && params['id'] !== principal.agentId) {
      throw forbidden('agent_path_mismatch', 'This API key belongs to another agent');
    }
  }
}

function person(access: Access, role: Role): void {
  if (access.user === undefined) throw unauthenticated('agentRequired', 'Only an agent may do this');
  if (!admits(role, access.user)) throw forbidden('roleTooLow', REFUSALS[access.user]);
}

// As AIM words them; its clients look at how they begin.
const REFUSALS: Record<Role, string> = {
  viewer: 'Authentication required',
  member: 'Member access required',
  manager: 'Manager or admin access required',
  admin: 'Admin access required',
};
