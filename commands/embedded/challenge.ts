// Asks whoever listens at an address to prove that it holds the operator key. Nothing that is worth anything is sent.

import { request } from 'node:http';
import { isOperatorProof, newNonce, type OperatorExchange } from '../../src/crypto/operator-proof.ts';

export type Proven = OperatorExchange & { instanceId: string };

/** Null where nobody answers, or somebody who does not hold the key: after a crash the port may be another user's. */
export async function challenge(url: string, key: string): Promise<Proven | null> {
  const clientNonce = newNonce();
  const { instanceId, serverNonce, proof } = await ask(url, JSON.stringify({ clientNonce }));
  if (typeof instanceId !== 'string' || typeof serverNonce !== 'string' || typeof proof !== 'string') return null;
  const exchange = { url, clientNonce, serverNonce };
  return isOperatorProof(proof, key, 'server', exchange) ? { ...exchange, instanceId } : null;
}

function ask(url: string, body: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    const nothing = () => resolve({});
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = request(
      `${url}/api/v1/auth/local-operator/challenge`,
      { method: 'POST', timeout: PATIENCE, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > 65_536) call.destroy();
        });
        response.on('end', () => resolve(membersOf(text)));
        response.on('error', nothing);
        response.on('close', nothing);
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', nothing);
    call.end(body);
  });
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const PATIENCE = 2000; // it is on this machine
