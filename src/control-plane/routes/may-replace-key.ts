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
  if (principal.kind !== 'agent') return;
  // A service token was given for the key of its time, whatever key stands beside it in the headers.
  const isPresent =
    principal.provedAt === null
      ? headers['x-public-key'] === agent.publicKey
      : principal.provedAt >= Math.floor(agent.keyCreatedAt / 1000) * 1000;
  if (isPresent) return;
  throw forbidden('currentKeyNeeded', 'Only the present key of the agent may choose the next one');
}
