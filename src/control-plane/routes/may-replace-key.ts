// Who may put another key in the place of an agent's: whoever may change the agent, and an agent only with the key that it has now.

import type { Principal } from '../auth/principal.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { forbidden } from '../refusal.ts';
import { mustNotBeRevoked } from '../store/agents.ts';
import { mayChange } from './agents.ts';

/**
 * The key before still signs requests while its grace period lasts. It must not choose the next one: whoever stole it could
 * take the agent back after every rotation.
 */
export function mayReplaceKey(principal: Principal, agent: AgentTable): void {
  mayChange(principal, agent);
  mustNotBeRevoked(agent);
  if (principal.kind !== 'agent') return;
  // Inside of the transaction: another request may have chosen the next key since this one was let in.
  const { publicKey, pqcPublicKey, hybridMode } = principal.agent;
  const isAsItWas = publicKey === agent.publicKey && pqcPublicKey === agent.pqcPublicKey && hybridMode === agent.hybridMode;
  if (principal.isPresentKey && isAsItWas) return;
  throw forbidden('currentKeyNeeded', 'Only the present key of the agent may choose the next one');
}
