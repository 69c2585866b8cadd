// The verb that a line begins with, and the words behind it.

import type { Action } from '../../commands/action.ts';

/** Once it is followed by a space or complete; the last word may be empty. */
export function verbOf(text: string, registry: readonly Action[]): { action: Action; rest: string[] } | null {
  const typed = text.trimStart();
  const found = registry
    .filter(
      ({ commandLineOnly, id }) =>
        !commandLineOnly && `${typed} `.startsWith(`${id.replaceAll('.', ' ')} `) && typed.length > id.length,
    )
    .sort((a, b) => b.id.length - a.id.length)[0];
  return found ? { action: found, rest: typed.slice(found.id.length + 1).split(/ +/) } : null;
}
