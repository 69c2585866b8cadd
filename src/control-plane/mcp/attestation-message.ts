// The bytes of an attestation that an agent signs: keys in alphabetical order, no spaces, latency with a decimal point (§2.4).

import type { AttestationPayload } from './attest.ts';

export function attestationMessage(payload: AttestationPayload): string {
  const members = [
    `"agent_id":${text(payload.agent_id)}`,
    `"capabilities_found":[${payload.capabilities_found.map(text).join(',')}]`,
    ...(payload.challenge ? [`"challenge":${text(payload.challenge)}`] : []),
    `"connection_latency_ms":${latency(payload.connection_latency_ms)}`,
    `"connection_successful":${payload.connection_successful}`,
    `"health_check_passed":${payload.health_check_passed}`,
    `"mcp_name":${text(payload.mcp_name)}`,
    `"mcp_url":${text(payload.mcp_url)}`,
    `"sdk_version":${text(payload.sdk_version)}`,
    `"timestamp":${text(payload.timestamp)}`,
  ];
  return `{${members.join(',')}}`;
}

const latency = (milliseconds: number): string => (Number.isInteger(milliseconds) ? `${milliseconds}.0` : String(milliseconds));

// As JSON.stringify, except that two control characters have no short form.
const text = (value: string): string =>
  JSON.stringify(value).replace(/\\([bf\\"nrt/]|u[0-9a-f]{4})/g, (written, kind: string) =>
    kind === 'b' ? '\\u0008' : kind === 'f' ? '\\u000c' : written,
  );
