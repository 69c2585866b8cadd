// The SDK signs numbers as they are written, which older versions of Node cannot: said before anything is registered.

import { ConfigurationError } from '../errors.ts';

/** @throws ConfigurationError `settings.node` on an older Node. */
export function requireSupportedNode(): void {
  if ('rawJSON' in JSON && typeof process.getBuiltinModule === 'function') return;
  throw new ConfigurationError('settings.node', {
    message: `aim-terminal needs Node 22.16 or later; this is ${process.version}.`,
    next: 'Run the agent with a current Node: https://nodejs.org',
  });
}
