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

/**
 * How servers of different versions write the text again before they check it: `exact` is the newest; `go` is that of those
 * before it (`35` for a whole number, `<>&` escaped); `oldest` is the same in the order of those before them, who know no
 * challenge; `python` escapes all beyond ASCII, which only Python's agents do.
 */
export type AttestationForm = 'exact' | 'go' | 'oldest' | 'python';

const OLDEST_ORDER = [
  'agent_id',
  'mcp_url',
  'mcp_name',
  'capabilities_found',
  'connection_successful',
  'health_check_passed',
  'connection_latency_ms',
  'timestamp',
  'sdk_version',
];

/** The one line whose UTF-8 bytes are signed: sorted keys, no spaces, `35.0` for a whole number, text beyond ASCII as it is. */
export function attestationMessage(attestation: Attestation, form: AttestationForm = 'exact'): string {
  const members = Object.entries(attestation)
    .filter(([name, value]) => value !== undefined && !(name === 'challenge' && value === ''))
    .sort(([left], [right]) =>
      form === 'oldest' ? OLDEST_ORDER.indexOf(left) - OLDEST_ORDER.indexOf(right) : compareCodePoints(left, right),
    )
    .map(([name, value]) => `"${name}":${name === 'connection_latency_ms' ? latencyText(value as number, form) : text(value)}`);
  return escaped(`{${members.join(',')}}`, form);
}

/** The body to send: the signed text itself stands in it, so that no number is written anew on the way. */
export function signedAttestation(
  attestation: Attestation,
  key: SigningKey,
  form: AttestationForm = 'exact',
): { attestation: ExactJson; signature: string } {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): ExactJson };
  const exact = toExact(attestation) as { [name: string]: ExactJson };
  const body = { ...exact, connection_latency_ms: rawJSON(latencyText(attestation.connection_latency_ms, form)) };
  return { attestation: body, signature: key.sign(attestationMessage(attestation, form)) };
}

/** Two decimals within the range where Go and JavaScript write numbers alike. */
export function latencyOf(milliseconds: number): number {
  if (!(milliseconds > 0)) return 0;
  return Math.min(Math.max(Math.round(milliseconds * 100) / 100, 0.01), 999_999);
}

const latencyText = (latency: number, form: AttestationForm): string =>
  Number.isInteger(latency) && form !== 'go' && form !== 'oldest' ? `${latency}.0` : String(latency);

// Servers write \u0008 where JSON.stringify writes \b; a backslash before a b that somebody wrote is two of them.
const text = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/\\[\s\S]/g, (pair) => (pair === '\\b' ? '\\u0008' : pair === '\\f' ? '\\u000c' : pair));

function escaped(line: string, form: AttestationForm): string {
  const outside = { exact: null, go: /[<>&\u2028\u2029]/g, oldest: /[<>&\u2028\u2029]/g, python: /[^\0-\x7f]/g }[form];
  if (outside === null) return line;
  return line.replaceAll(outside, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
