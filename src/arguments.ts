// What a caller in plain JavaScript may get wrong: each argument is looked at before anything is asked, and named where it does not fit.

import { ConfigurationError } from './errors.ts';

/** Where a value does not fit, and what belongs there. */
type Misfit = { at: string; is: string; given: unknown };
/** Null for a value that fits. */
export type Check = (value: unknown, at: string) => Misfit | null;

/**
 * Looks at the arguments of `call`, in their order. The value itself is never told: it may be a secret.
 * @throws ConfigurationError `argument.invalid` that names the first that does not fit.
 */
export function checkArguments(call: string, checks: Readonly<Record<string, Check>>, given: readonly unknown[]): void {
  let index = 0;
  for (const [name, check] of Object.entries(checks)) {
    const misfit = check(given[index], name);
    index += 1;
    if (misfit === null) continue;
    throw new ConfigurationError('argument.invalid', {
      message: `${call}: ${misfit.at} is ${misfit.is}, not ${kindOf(misfit.given)}.`,
      field: misfit.at,
    });
  }
}

const fits =
  (is: string, isRight: (value: unknown) => boolean): Check =>
  (value, at) =>
    isRight(value) ? null : { at, is, given: value };

export const text = fits('a text', (value) => typeof value === 'string');
/** A name of something, also as a part of an address: `..` would be another address. */
export const label = fits('a name of 1 to 200 characters', (value) => isText(value, 200));
export const id = fits('an id of 1 to 200 characters', (value) => isText(value, 200) && value !== '.' && value !== '..');
export const path = fits('a path', (value) => isText(value, 4096) && !(value as string).includes('\0'));
export const names = fits('a list of names, none of them empty', (value) => isListOf(value, (one) => isText(one, 4096)));
export const bytes = fits('a Uint8Array', (value) => value instanceof Uint8Array);
export const callable = fits('a function', (value) => typeof value === 'function');
export const count = fits('a whole number from 0 on', (value) => Number.isSafeInteger(value) && (value as number) >= 0);
export const anyNumber = fits('a number', (value) => typeof value === 'number');
export const amount = fits('a number above 0', (value) => typeof value === 'number' && value > 0);
export const signal = fits(
  'an AbortSignal',
  (value) => typeof value === 'object' && value !== null && typeof (value as AbortSignal).throwIfAborted === 'function',
);
export const oneOf = (...words: readonly string[]): Check =>
  fits(`one of ${words.join(', ')}`, (value) => words.includes(value as string));

export const listOf =
  (check: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return { at, is: 'a list', given: value };
    for (const [index, one] of value.entries()) {
      const misfit = check(one, `${at}[${index}]`);
      if (misfit !== null) return misfit;
    }
    return null;
  };

/** An object; a member is named by its own name, because that is what the caller wrote. */
export const object =
  (members: Readonly<Record<string, Check>> = {}): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { at, is: 'an object', given: value };
    for (const [name, check] of Object.entries(members)) {
      const misfit = check((value as Record<string, unknown>)[name], name);
      if (misfit !== null) return misfit;
    }
    return null;
  };

/** May be left out. */
export const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? null : check(value, at);

/** May be left out, or null, which callers take over from what they have read. */
export const maybe =
  (check: Check): Check =>
  (value, at) =>
    value === undefined || value === null ? null : check(value, at);

/** What nearly every call takes last. */
export const options = (members: Readonly<Record<string, Check>> = {}): Check =>
  optional(object({ ...members, signal: optional(signal) }));

const isText = (value: unknown, longest: number): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= longest && value.isWellFormed();
const isListOf = (value: unknown, isRight: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(isRight);

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'a list';
  if (Number.isNaN(value)) return 'NaN';
  const kind = typeof value;
  return kind === 'string' ? 'this text' : kind === 'object' ? 'this object' : kind === 'number' ? 'this number' : `a ${kind}`;
}
