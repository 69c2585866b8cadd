// What an agent signs when it vouches for an MCP server (wire-mcp-logs-a2a §2.4).

import type { SigningKey } from './ed25519.ts';
import { type ExactJson, toExact } from './exact-json.ts';
import { compareCodePoints } from './python-json.ts';

export type Attestation = {
  agent_id: string;
  capabilities_found: readonly string[];
  /** Left out of the signed text where empty. */
  challenge?: string | undefined;
  connection_latency_ms: number;
  connection_successful: boolean;
  health_check_passed: boolean;
  mcp_name: string;
  mcp_url: string;
  sdk_version: string;
  timestamp: string;
};

/** The one line whose UTF-8 bytes are signed: sorted keys, no spaces, `35.0` for a whole number, text beyond ASCII as it is. */
export function attestationMessage(attestation: Attestation): string {
  const members = Object.entries(attestation)
    .filter(([name, value]) => value !== undefined && !(name === 'challenge' && value === ''))
    .sort(([left], [right]) => compareCodePoints(left, right))
    .map(([name, value]) => `"${name}":${name === 'connection_latency_ms' ? latencyText(value as number) : text(value)}`);
  return `{${members.join(',')}}`;
}

/** The body to send: the signed text itself stands in it, so that no number is written anew on the way. */
export function signedAttestation(attestation: Attestation, key: SigningKey): { attestation: ExactJson; signature: string } {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): ExactJson };
  const exact = toExact(attestation) as { [name: string]: ExactJson };
  const body = { ...exact, connection_latency_ms: rawJSON(latencyText(attestation.connection_latency_ms)) };
  return { attestation: body, signature: key.sign(attestationMessage(attestation)) };
}

/** Two decimals within the range where Go and JavaScript write numbers alike. */
export function latencyOf(milliseconds: number): number {
  if (!(milliseconds > 0)) return 0;
  return Math.min(Math.max(Math.round(milliseconds * 100) / 100, 0.01), 999_999);
}

const latencyText = (latency: number): string => (Number.isInteger(latency) ? `${latency}.0` : String(latency));

// Servers write \u0008 where JSON.stringify writes \b.
const text = (value: unknown): string => JSON.stringify(value).replaceAll('\\b', '\\u0008').replaceAll('\\f', '\\u000c');
