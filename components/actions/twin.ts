// The command line that does the same as what the dashboard does, ready to be copied.

import type { Action } from '../../commands/action.ts';
import { kebab } from '../../commands/option-kind.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';

/** Exact, for the clipboard. */
export function commandLine(
  action: Pick<Action, 'id'>,
  args: readonly string[],
  options: Readonly<Record<string, unknown>> = {},
): string {
  const flags = Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || value === '' || value === false) return [];
    return value === true ? [`--${kebab(name)}`] : [`--${kebab(name)}`, quoted(String(value))];
  });
  return ['aim', ...action.id.split('.'), ...args.map(quoted), ...flags].join(' ');
}

/** For a cell. */
export const twinText = (...of: Parameters<typeof commandLine>): Printable => visible(commandLine(...of), { max: 160 });

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
