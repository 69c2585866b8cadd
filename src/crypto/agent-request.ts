// How an agent signs an HTTP request: method, target, time and raw body, one to a line (wire-agents §1.3, §4.7).

import type { SigningKey } from './ed25519.ts';

export type AgentIdentity = { agentId: string; key: SigningKey };

/** The bytes under `X-Signature`. `target` is the path with its query, exactly as sent. An empty body adds no line. */
export function agentRequestMessage(method: string, target: string, seconds: string | number, body: string): string {
  const lines = [method.toUpperCase(), target, String(seconds)];
  if (body !== '') lines.push(body);
  return lines.join('\n');
}

/** The four headers that make a request an agent's own. `seconds` is Unix time, corrected for the server's clock. */
export function agentRequestHeaders(
  { agentId, key }: AgentIdentity,
  method: string,
  target: string,
  seconds: number,
  body: string,
): Record<string, string> {
  return {
    'X-Agent-ID': agentId,
    'X-Timestamp': String(seconds),
    'X-Signature': key.sign(agentRequestMessage(method, target, seconds, body)),
    'X-Public-Key': key.publicKey,
  };
}

/** The bytes under `X-AIM-Signature` when an agent asks how its verification stands (SDK ≥ 1.22). */
export function pollMessage(verificationId: string, agentId: string, seconds: string | number): string {
  return ['GET', `/api/v1/sdk-api/verifications/${verificationId}`, agentId, String(seconds)].join('\n');
}

export function pollHeaders({ agentId, key }: AgentIdentity, verificationId: string, seconds: number): Record<string, string> {
  return {
    'X-AIM-Agent-ID': agentId,
    'X-AIM-Timestamp': String(seconds),
    'X-AIM-Signature': key.sign(pollMessage(verificationId, agentId, seconds)),
  };
}
