// Who may put another key in the place of an agent's: whoever may change the agent, and an agent only with the key that it has now.

import type { Principal } from '../auth/principal.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { forbidden } from '../refusal.ts';
import { mayChange } from './agents.ts';

/**
 * The key before still signs requests while its grace period lasts. It must not choose the next one: whoever stole it could
 * take the agent back after every rotation.
 */
export function mayReplaceKey(
  principal: Principal,
  headers: Readonly<Record<string, string | undefined>>,
  agent: AgentTable,
): void {
  mayChange(principal, agent);
  if (principal.kind !== 'agent' || headers['x-public-key'] === agent.publicKey) return;
  throw forbidden('currentKeyNeeded', 'Only the present key of the agent may choose the next one');
}
