// The bytes of an attestation that an agent signs: keys in alphabetical order, no spaces, latency with a decimal point (§2.4).

import type { AttestationPayload } from './attest.ts';

export function attestationMessage(payload: AttestationPayload): string {
  const members = [
    `"agent_id":${text(payload.agentId)}`,
    `"capabilities_found":[${payload.capabilitiesFound.map(text).join(',')}]`,
    ...(payload.challenge ? [`"challenge":${text(payload.challenge)}`] : []),
    `"connection_latency_ms":${latency(payload.connectionLatencyMs)}`,
    `"connection_successful":${payload.connectionSuccessful}`,
    `"health_check_passed":${payload.healthCheckPassed}`,
    `"mcp_name":${text(payload.mcpName)}`,
    `"mcp_url":${text(payload.mcpUrl)}`,
    `"sdk_version":${text(payload.sdkVersion)}`,
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
