// Checks an agent's request signature (wire-agents §1.3), in every form that published SDKs produce.

import { agentRequestMessage } from '../../crypto/agent-request.ts';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { parseExact } from '../../crypto/exact-json.ts';
import { pythonJson } from '../../crypto/python-json.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { unauthenticated } from '../refusal.ts';
import type { Replays } from './replays.ts';

export type SignedRequest = {
  agentId: string;
  timestamp: string;
  signature: string;
  publicKey: string;
  method: string;
  /** Path and query exactly as sent. */
  target: string;
  body: string;
};

const WINDOW_SECONDS = 30;

export async function checkAgentSignature(
  queries: Queries,
  replays: Replays,
  request: SignedRequest,
  now: number,
): Promise<AgentTable> {
  if (!/^\d{1,12}$/.test(request.timestamp) || Math.abs(now / 1000 - Number(request.timestamp)) > WINDOW_SECONDS + 1) {
    throw unauthenticated('timestampOutsideWindow', 'Request timestamp expired or invalid');
  }
  const agent = await queries.selectFrom('agents').selectAll().where('id', '=', request.agentId).executeTakeFirst();
  if (agent === undefined || !acceptsKey(agent, request.publicKey, now)) {
    throw unauthenticated('agentKeyNotRecognized', 'the signing key is not the registered key of a known agent');
  }
  if (!(await isSigned(request))) throw unauthenticated('signatureInvalid', 'invalid Ed25519 signature');
  if (agent.status !== 'verified' && agent.status !== 'pending') {
    throw unauthenticated('agentStatusDenied', `Agent is not permitted to authenticate (status: ${agent.status})`);
  }
  if (request.method !== 'GET' && (await replays.isReplay(request.signature, now))) {
    throw unauthenticated('signatureReplayed', 'This signed request was made before');
  }
  return agent;
}

/** The registered key, or the one before it while its grace period lasts. */
export function acceptsKey(agent: AgentTable, publicKey: string, now: number): boolean {
  if (publicKey === '') return false;
  return (
    publicKey === agent.publicKey ||
    (publicKey === agent.previousPublicKey && agent.previousKeyUntil !== null && agent.previousKeyUntil > now)
  );
}

// The raw bytes first. Then what SDKs sign but do not send: no body where `{}` goes out, sorted members, an unescaped target.
async function isSigned({ method, target, timestamp, body, signature, publicKey }: SignedRequest): Promise<boolean> {
  for (const path of unique([target, decoded(target)])) {
    for (const text of unique([body, body === '{}' ? '' : body, sorted(body)])) {
      if (await verifySignatureAsync(agentRequestMessage(method, path, timestamp, text), signature, publicKey)) return true;
    }
  }
  return false;
}

const unique = (texts: string[]): string[] => [...new Set(texts)];

function decoded(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

function sorted(body: string): string {
  if (body === '') return body;
  try {
    return pythonJson(parseExact(body));
  } catch {
    return body;
  }
}
