// What the control plane knows of one server beside its row: how it drifted, its history, who vouches for it, who uses it.

import type { Api } from '../http/api.ts';
import type { McpAttestation, McpConsensus, McpDrift, McpManifest, McpUser } from '../wire/mcp.ts';
import { type Verdict, verifyAttestations } from './verify-attestation.ts';

export type RegistryFacts = {
  /** Newest first; null where the server does not keep manifests. */
  drifts: readonly McpDrift[] | null;
  manifests: readonly McpManifest[];
  attestations: readonly { attestation: McpAttestation; verdict: Verdict }[];
  consensus: McpConsensus | null;
  users: readonly McpUser[];
};

/** What cannot be asked is left out: the rest is worth showing. */
export async function registryFacts(api: Api, mcpServerId: string, signal: AbortSignal): Promise<RegistryFacts> {
  const id = mcpServerId as never;
  const keeps = await api.has('mcp.manifests').catch(() => false);
  const or = <Value, Otherwise>(asked: Promise<Value>, otherwise: Otherwise) => asked.catch(() => otherwise);
  const [drifts, manifests, attestations, consensus, users] = await Promise.all([
    keeps ? or(api.mcp.drift(id, { status: 'all', limit: 50, signal }), null) : null,
    keeps ? or(api.mcp.manifests(id, { signal }), []) : [],
    or(api.mcp.attestations(id, { signal }), []),
    or(api.mcp.consensus(id, { signal }), null),
    or(api.mcp.users(id, { signal }), []),
  ]);
  const verdicts = await verifyAttestations(attestations);
  return {
    drifts: drifts?.items ?? (keeps ? [] : null),
    manifests,
    attestations: attestations.map((attestation) => ({ attestation, verdict: verdicts.get(attestation) ?? 'unchecked' })),
    consensus,
    users,
  };
}

/** How far it is to consensus: `2 of 3 agents, 1 of 2 owners, confidence 55 of 60`. */
export function consensusProgress(consensus: McpConsensus): string {
  if (consensus.consensusReached) return 'Consensus is reached.';
  const parts = [
    `${consensus.uniqueAgents} of ${consensus.requiredAgents} agents`,
    `${consensus.uniqueOwners} of ${consensus.requiredOwners} owners`,
    `confidence ${Math.round(consensus.confidenceScore)} of ${consensus.requiredConfidence}`,
    consensus.uniqueAgents === 0 || consensus.attestationsAgree ? null : 'they do not agree',
  ];
  const done = Math.min(10, Math.max(0, Math.round(consensus.progressPercent / 10)));
  return `Consensus ${'#'.repeat(done)}${'.'.repeat(10 - done)} ${parts.filter((part) => part !== null).join(', ')}`;
}
