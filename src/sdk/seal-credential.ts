// Seals a credential before a broker gets it: what the broker keeps, only the agent can open.

import { bytes, type Check, checkArguments, text } from '../arguments.ts';
import { sealSecret } from '../crypto/sealed-secret.ts';
import { ConfigurationError } from '../errors.ts';
import type { SealedCredential } from './secrets-client.ts';

/**
 * For `agent.secrets.storeCredential()`: the credential, readable only by the agent that holds the private key of `publicKey` (base64,
 * `agent.publicKey` or the agent's page).
 * @throws ConfigurationError where that is no Ed25519 public key.
 */
export function sealCredential(credential: string | Uint8Array, publicKey: string): SealedCredential {
  const secret: Check = (value, at) => (typeof value === 'string' ? null : bytes(value, at));
  checkArguments('sealCredential', { credential: secret, publicKey: text }, [credential, publicKey]);
  try {
    return sealSecret(credential, publicKey);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigurationError('secrets.public-key', { message: error.message, field: 'publicKey', cause: error });
  }
}
