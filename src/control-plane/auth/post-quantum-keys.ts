// The post-quantum key of an agent, the one before it, and where one signature is not enough.

import type { MlDsaAlgorithm } from '../../crypto/ml-dsa.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { type Refusal, unauthenticated } from '../refusal.ts';
import type { Principal } from './principal.ts';

export type PostQuantumKey = { algorithm: MlDsaAlgorithm; publicKey: string; isPresent: boolean };

/** The registered key that is meant; null where it is none of this agent's, or no more. */
export function postQuantumKey(
  agent: AgentTable,
  { algorithm, publicKey }: { algorithm: MlDsaAlgorithm; publicKey: string | null },
  now: number,
): PostQuantumKey | null {
  const wanted = publicKey ?? agent.pqcPublicKey;
  if (wanted === null) return null;
  if (wanted === agent.pqcPublicKey && algorithm === agent.pqcAlgorithm)
    return { algorithm, publicKey: wanted, isPresent: true };
  const isBefore = wanted === agent.previousPqcKey && algorithm === agent.previousPqcAlgorithm;
  return isBefore && (agent.previousPqcUntil ?? 0) > now ? { algorithm, publicKey: wanted, isPresent: false } : null;
}

/** Where a signature inside of a body would be enough: for an agent in hybrid mode the request around it has to carry both. */
export function mustBeHybrid(agent: Pick<AgentTable, 'id' | 'hybridMode'>, principal: Principal | null): void {
  if (agent.hybridMode === 0) return;
  if (principal?.kind === 'agent' && principal.id === agent.id && principal.by === 'both') return;
  throw hybridRequired();
}

export const hybridRequired = (): Refusal =>
  unauthenticated(
    'hybridSignatureRequired',
    'This agent is in hybrid mode: the request must be signed with its Ed25519 and its ML-DSA key (X-Algorithm)',
  );
