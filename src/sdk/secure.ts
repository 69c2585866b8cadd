// One line that gives an agent an identity. What it takes to register is loaded when it is called.

import type { AIMClient } from './aim-client.ts';
import type { SecureOptions } from './registration/secure-options.ts';
import { requireSupportedNode } from './supported-node.ts';

/**
 * Registers the agent, or finds it again, and gives the client that its actions go through.
 * Keys are kept in `~/.aim/agents`, readable by every AIM SDK, 0600.
 * @throws ConfigurationError without credentials or with wrong options; StaleCredentialsError where the server lost the agent;
 *   AuthenticationError, RemoteError as they come.
 */
export async function secure(name: string, options: SecureOptions = {}): Promise<AIMClient> {
  requireSupportedNode();
  const { secureAgent } = await import('./registration/secure-agent.ts');
  return secureAgent(name, options);
}

/** The same, under the name of the Python SDK. */
export const registerAgent: typeof secure = secure;
