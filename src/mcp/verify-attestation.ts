// Checks other agents' attestations here, with their keys: a control plane that invents or alters one is found out.

import { attestationMessage } from '../crypto/attestation.ts';
import { verifySignatureAsync } from '../crypto/ed25519.ts';
import type { McpAttestation } from '../wire/mcp.ts';

/**
 * `verified`: the agent's key signed exactly this. `broken`: it did not. `replayed`: the same signature stands here twice.
 * `unsigned`: a person vouched, whom no key speaks for. `unchecked`: the server does not hand out what a check needs.
 */
export type Verdict = 'verified' | 'broken' | 'replayed' | 'unsigned' | 'unchecked';

export async function verifyAttestations(attestations: readonly McpAttestation[]): Promise<Map<McpAttestation, Verdict>> {
  const seen = new Set<string>();
  const verdicts = new Map<McpAttestation, Verdict>();
  // Oldest first: of two with one signature the later one is the replay.
  for (const attestation of attestations.toReversed()) {
    const verdict = await verdictOn(attestation);
    const { signature } = attestation;
    const isReplay = verdict === 'verified' && typeof signature === 'string' && seen.has(signature);
    if (typeof signature === 'string') seen.add(signature);
    verdicts.set(attestation, isReplay ? 'replayed' : verdict);
  }
  return verdicts;
}

async function verdictOn({ attestationType, attestation, signature, publicKeys, agentId }: McpAttestation): Promise<Verdict> {
  if (attestationType === 'manual') return 'unsigned';
  if (!attestation || !signature || publicKeys === undefined || publicKeys.length === 0) return 'unchecked';
  const content = snakeCased(attestation);
  if (content['agent_id'] !== agentId) return 'broken';
  for (const form of ['exact', 'go', 'oldest', 'python'] as const) {
    let message: string;
    try {
      message = attestationMessage(content as never, form);
    } catch {
      return 'broken';
    }
    for (const key of publicKeys) if (await verifySignatureAsync(message, signature, key).catch(() => false)) return 'verified';
  }
  return 'broken';
}

const SIGNED = new Set([
  'agent_id',
  'capabilities_found',
  'challenge',
  'connection_latency_ms',
  'connection_successful',
  'health_check_passed',
  'mcp_name',
  'mcp_url',
  'sdk_version',
  'timestamp',
]);

const snakeCased = (attestation: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(attestation)
      .map(([key, value]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value ?? undefined] as const)
      .filter(([key]) => SIGNED.has(key)),
  );
