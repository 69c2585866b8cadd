// Checks an agent's request signature (wire-agents §1.3), in every form that published SDKs produce.

import { agentRequestMessage } from '../../crypto/agent-request.ts';
import { verifySignatureAsync } from '../../crypto/ed25519.ts';
import { parseExact } from '../../crypto/exact-json.ts';
import { verifyMlDsa } from '../../crypto/ml-dsa.ts';
import { pythonJson } from '../../crypto/python-json.ts';
import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { unauthenticated } from '../refusal.ts';
import { hybridRequired, type PostQuantumKey, postQuantumKey } from './post-quantum-keys.ts';
import type { Replays } from './replays.ts';
import type { Signatures } from './signature-headers.ts';

export type SignedRequest = Signatures & {
  agentId: string;
  timestamp: string;
  method: string;
  /** Path and query exactly as sent. */
  target: string;
  body: string;
};

/** `isPresent`: with none of the keys before, which still sign while their grace lasts. */
export type Signer = { agent: AgentTable; signedWith: 'ed25519' | 'ml-dsa' | 'both'; isPresent: boolean };

const WINDOW_SECONDS = 30;

export async function checkAgentSignature(
  queries: Queries,
  replays: Replays,
  request: SignedRequest,
  now: number,
): Promise<Signer> {
  if (!/^\d{1,12}$/.test(request.timestamp) || Math.abs(now / 1000 - Number(request.timestamp)) > WINDOW_SECONDS + 1) {
    throw unauthenticated('timestampOutsideWindow', 'Request timestamp expired or invalid');
  }
  const agent = await queries.selectFrom('agents').selectAll().where('id', '=', request.agentId).executeTakeFirst();
  const { classical, postQuantum } = request;
  const key = agent === undefined || postQuantum === null ? null : postQuantumKey(agent, postQuantum, now);
  if (
    agent === undefined ||
    (classical !== null && !acceptsKey(agent, classical.publicKey, now)) ||
    (postQuantum !== null && key === null)
  ) {
    throw unauthenticated('agentKeyNotRecognized', 'the signing key is not the registered key of a known agent');
  }
  if (classical !== null && !(await isSigned(request, classical)))
    throw unauthenticated('signatureInvalid', 'invalid Ed25519 signature');
  // Before the dearer check, so that who may not come in costs none.
  if (agent.status !== 'verified' && agent.status !== 'pending') {
    throw unauthenticated('agentStatusDenied', `Agent is not permitted to authenticate (status: ${agent.status})`);
  }
  if (agent.hybridMode === 1 && (classical === null || postQuantum === null)) throw hybridRequired();
  if (postQuantum !== null && key !== null) await mustHoldPostQuantum(request, key, postQuantum.signature);
  const seen = classical?.signature ?? postQuantum?.signature ?? '';
  if (request.method !== 'GET' && (await replays.isReplay(seen, now))) {
    throw unauthenticated('signatureReplayed', 'This signed request was made before');
  }
  return {
    agent,
    signedWith: classical === null ? 'ml-dsa' : postQuantum === null ? 'ed25519' : 'both',
    isPresent: (classical === null || classical.publicKey === agent.publicKey) && (key === null || key.isPresent),
  };
}

// The bytes as they came, and no other reading of them: no SDK in use signs another, and each check is dear.
async function mustHoldPostQuantum(
  { method, target, timestamp, body }: SignedRequest,
  { algorithm, publicKey }: PostQuantumKey,
  signature: string,
): Promise<void> {
  const message = agentRequestMessage(method, target, timestamp, body);
  if (await verifyMlDsa(algorithm, message, signature, publicKey)) return;
  throw unauthenticated('signatureInvalid', 'invalid ML-DSA signature');
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
async function isSigned(
  { method, target, timestamp, body }: SignedRequest,
  { signature, publicKey }: { signature: string; publicKey: string },
): Promise<boolean> {
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
