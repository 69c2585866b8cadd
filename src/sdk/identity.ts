// An agent's id and key from what a caller gives: checked here, where the caller's line is in the stack.

import type { AgentIdentity } from '../crypto/agent-request.ts';
import { readSigningKey } from '../crypto/ed25519.ts';
import { ConfigurationError } from '../errors.ts';

export type GivenIdentity = { agentId: string; privateKey: string; publicKey?: string | undefined };

/** @throws ConfigurationError that names the member that is wrong, and never quotes the key. */
export function identityOf({ agentId, privateKey, publicKey }: GivenIdentity): AgentIdentity {
  if (typeof agentId !== 'string' || agentId === '' || agentId.length > 200)
    throw new ConfigurationError('client.agent-id', {
      message: 'agentId is the id that AIM gave the agent, a text of 1 to 200 characters.',
      field: 'agentId',
    });
  let key: AgentIdentity['key'];
  try {
    key = readSigningKey(privateKey);
  } catch (error) {
    // The cause is left out where it could quote the key; our own says only its form.
    throw new ConfigurationError('client.private-key', {
      message: error instanceof RangeError ? error.message : 'privateKey is base64 of 32 or 64 bytes.',
      next: 'Take it from ~/.aim/agents, or register the agent again.',
      field: 'privateKey',
    });
  }
  if (publicKey !== undefined && publicKey !== key.publicKey)
    throw new ConfigurationError('client.public-key', {
      message: 'publicKey and privateKey do not belong together.',
      field: 'publicKey',
    });
  return { agentId, key };
}
