// A part of the program that is no longer where it was: the package was updated, or removed, while this process ran.

import { ConfigurationError } from './errors.ts';

/** The sentence for it, or null for every other mistake. Parts have their content in their names, so a new version has others. */
export function asProgramReplaced(error: unknown): ConfigurationError | null {
  if (!(error instanceof Error) || !isPartMissing(error)) return null;
  return new ConfigurationError('program.replaced', {
    message: 'aim was updated or removed while this ran.',
    next: 'Start it again to do this.',
    cause: error,
  });
}

function isPartMissing(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  // `Cannot find package` is something that we live without, as a keychain.
  if (code === 'ERR_MODULE_NOT_FOUND') return error.message.startsWith('Cannot find module');
  // A part of the same name, with other things in it.
  return error instanceof SyntaxError && /does not provide an export named/.test(error.message);
}
