// The options of a verb, checked by their schemas; the first wrong one is said in the words of the command line.

import { UsageError } from '../src/errors.ts';
import type { Action } from './action.ts';
import { kebab, optionWords } from './option-kind.ts';

/** @throws UsageError `option.invalid` that names the option. */
export function checkOptions(action: Action, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(action.options)) {
    const { success, data, error } = option.schema.safeParse(given[name]);
    if (success) {
      values[name] = data;
      continue;
    }
    const flag = `--${kebab(name)}`;
    const words = optionWords(option);
    throw new UsageError('option.invalid', {
      message:
        given[name] === undefined
          ? `The option ${flag} is missing.`
          : `The option ${flag} does not take ${JSON.stringify(given[name]).slice(0, 80)}: ${sentence(error.issues[0]?.message)}`,
      next: words === null ? `See: aim ${action.id.replaceAll('.', ' ')} --help` : `It is one of: ${words.join(', ')}`,
      field: name,
    });
  }
  return values;
}

const sentence = (message = 'it is not valid') =>
  `${message.charAt(0).toLowerCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
