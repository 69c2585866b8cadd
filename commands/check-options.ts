// The options of a verb, checked by their schemas; the first wrong one is said in the words of the command line.

import { UsageError } from '../src/errors.ts';
import type { Action } from './action.ts';
import { kebab, optionWords } from './option-kind.ts';

/** @throws UsageError `option.invalid` that names the option. */
export function checkOptions(action: Action, given: Readonly<Record<string, unknown>>, mayAsk = true): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(action.options)) {
    const { success, data, error } = option.schema.safeParse(given[name]);
    if (success && (data !== undefined || mayAsk || !option.isAsked)) {
      values[name] = data;
      continue;
    }
    const flag = `--${kebab(name)}`;
    const words = optionWords(option);
    throw new UsageError('option.invalid', {
      message:
        given[name] === undefined
          ? `The option ${flag} is missing.`
          : `The option ${flag} does not take ${JSON.stringify(given[name]).slice(0, 80)}: ${sentence(wordsOf(error?.issues[0]))}`,
      next: words === null ? `See: aim ${action.id.replaceAll('.', ' ')} --help` : `It is one of: ${words.join(', ')}`,
      field: name,
    });
  }
  return values;
}

const sentence = (message = 'it is not valid') =>
  `${message.charAt(0).toLowerCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;

type Issue = { code?: string; message?: string; minimum?: unknown; maximum?: unknown; origin?: string; expected?: string };

/** What zod says of numbers is meant for programmers. */
function wordsOf({ code, message, minimum, maximum, origin, expected }: Issue = {}): string | undefined {
  if (code === 'invalid_type' && (expected === 'number' || expected === 'int'))
    return `it is no ${expected === 'int' ? 'whole ' : ''}number`;
  const isOurs = !/^(Too (small|big)|Invalid)/.test(message ?? '');
  if (isOurs || (origin !== 'number' && origin !== 'int')) return message;
  if (code === 'too_small') return `it is less than ${minimum}`;
  if (code === 'too_big') return `it is more than ${maximum}`;
  return message;
}
