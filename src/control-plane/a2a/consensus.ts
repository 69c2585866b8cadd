// Is a skill verified? Enough agents of enough owners have to say so, and be sure enough of it.

import type { Queries } from '../database/open.ts';
import type { A2AAttestationTable } from '../database/tables/a2a.ts';

const ATTESTERS = 3;
const OWNERS = 2;
const LEAST = 60;

type Said = Pick<A2AAttestationTable, 'attestingAgentId' | 'attestingOwnerId' | 'confidence'>;

export function consensusOf(said: readonly Said[]) {
  const attesters = new Set(said.map(({ attestingAgentId }) => attestingAgentId)).size;
  const owners = Map.groupBy(said, ({ attestingOwnerId }) => attestingOwnerId);
  // One owner is one voice, however many agents they have.
  const voices = [...owners.values()].map((own) => own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length);
  const confidenceScore = voices.length === 0 ? 0 : (100 * voices.reduce((sum, each) => sum + each, 0)) / voices.length;
  return {
    isVerified: attesters >= ATTESTERS && owners.size >= OWNERS && confidenceScore >= LEAST,
    attestationCount: said.length,
    uniqueAttesters: attesters,
    uniqueOwners: owners.size,
    confidenceScore,
    requiredAttesters: ATTESTERS,
    requiredOwners: OWNERS,
    requiredConfidence: LEAST,
  };
}

/** What verified agents say of a skill now; whoever lost their standing is not heard. */
export function standingAttestations(queries: Queries, organizationId: string, agentId: string, skillId?: string) {
  let query = queries
    .selectFrom('a2aAttestations')
    .innerJoin('agents', 'agents.id', 'a2aAttestations.attestingAgentId')
    .selectAll('a2aAttestations')
    .select('agents.name as attestingAgentName')
    .where('a2aAttestations.organizationId', '=', organizationId)
    .where('a2aAttestations.attestedAgentId', '=', agentId)
    .where('a2aAttestations.revokedAt', 'is', null)
    .where('agents.status', '=', 'verified')
    .where('agents.isCompromised', '=', 0);
  if (skillId !== undefined) query = query.where('a2aAttestations.skillId', '=', skillId);
  return query.orderBy('a2aAttestations.createdAt').limit(1000).execute();
}

export async function isSkillVerified(
  queries: Queries,
  organizationId: string,
  agentId: string,
  skillId: string,
): Promise<boolean> {
  return consensusOf(await standingAttestations(queries, organizationId, agentId, skillId)).isVerified;
}
