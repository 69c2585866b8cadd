// How agents sign what they send each other: method, path, time, nonce and body hash, one to a line (wire-mcp-logs-a2a §6.2).

import { createHash, randomBytes } from 'node:crypto';
import { bytes, callable, checkArguments, object, optional, text } from '../arguments.ts';
import { verifySignature } from '../crypto/ed25519.ts';

export type A2ARequest = {
  method: string /** The target as it is sent, with its query. */;
  path: string;
  body?: string | Uint8Array | undefined;
};
/** A signature over one request. `timestamp` is in seconds since 1970, keys and signature are base64, the hash is hexadecimal. */
export type SignedA2ARequest = {
  agentId: string;
  timestamp: number;
  nonce: string;
  signature: string;
  publicKey: string;
  requestHash: string;
};
export type A2AHeaders = {
  'X-A2A-Agent-ID': string;
  'X-A2A-Timestamp': string;
  'X-A2A-Nonce': string;
  'X-A2A-Signature': string;
  'X-A2A-Public-Key': string;
};

const sent = object({
  method: text,
  path: text,
  body: optional((value, at) => (typeof value === 'string' ? null : bytes(value, at))),
});
const signs = object({ agentId: text, publicKey: text, sign: callable });

/** Signs here, with the agent's own key. AIM's route for it replaces the registered key and is never called (§9, 14). */
export function signA2ARequest(
  signer: { agentId: string; publicKey: string; sign(message: Uint8Array): string },
  request: A2ARequest,
  { now = Date.now, nonce = randomBytes(16).toString('hex') }: { now?: () => number; nonce?: string } = {},
): SignedA2ARequest & { headers: A2AHeaders } {
  checkArguments('signA2ARequest', { signer: signs, request: sent }, [signer, request]);
  const timestamp = Math.floor(now() / 1000);
  const hash = hashOf(request, timestamp, nonce);
  const { agentId, publicKey } = signer;
  const signature = signer.sign(hash);
  return {
    agentId,
    timestamp,
    nonce,
    signature,
    publicKey,
    requestHash: hash.toString('hex'),
    headers: {
      'X-A2A-Agent-ID': agentId,
      'X-A2A-Timestamp': String(timestamp),
      'X-A2A-Nonce': nonce,
      'X-A2A-Signature': signature,
      'X-A2A-Public-Key': publicKey,
    },
  };
}

/** The hash of the request that was really received: what a signature must be checked against. */
export const requestHash = (request: A2ARequest, timestamp: number, nonce: string): string =>
  hashOf(request, timestamp, nonce).toString('hex');

/** Whether this key signed exactly this request. Time and nonce are for the receiver to judge: see `createA2AReceiver`. */
export function verifyA2ARequest(
  request: A2ARequest,
  signed: Pick<SignedA2ARequest, 'timestamp' | 'nonce' | 'signature' | 'publicKey'>,
): boolean {
  checkArguments('verifyA2ARequest', { request: sent, signed: object() }, [request, signed]);
  const { timestamp, nonce, signature, publicKey } = signed;
  return verifySignature(hashOf(request, timestamp, nonce), signature, publicKey);
}

function hashOf({ method, path, body = '' }: A2ARequest, timestamp: number, nonce: string): Buffer {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  return createHash('sha256').update([method, path, timestamp, nonce, bodyHash].join('\n')).digest();
}
