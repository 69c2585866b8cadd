// A result as data: the shape that `--json` promises, and the part of it that the caller asked for.

import { UsageError } from '../../src/errors.ts';
import { nearest } from '../../src/settings/nearest.ts';
import type { View } from './view.ts';

/** Lists are always `{items, nextCursor, total}`; everything else is the result itself. */
export function resultValue(result: unknown, view: View<unknown>): unknown {
  if (view.kind !== 'table') return plainly(result ?? null);
  if (isObject(result) && Array.isArray(result['items'])) {
    const { items, nextCursor = null, total = null, ...rest } = result;
    return { items, nextCursor, total, ...rest };
  }
  const items = view.rows(result);
  return { items, nextCursor: null, total: items.length };
}

// A result may say itself how it is printed.
const plainly = (result: unknown) => (isObject(result) && typeof result['toJSON'] === 'function' ? result['toJSON']() : result);

export const isList = (value: unknown): value is { items: unknown[]; nextCursor: string | null; total: number | null } =>
  isObject(value) && Array.isArray(value['items']) && 'nextCursor' in value;

/** Only the named members, of each item where the value is a list. @throws UsageError that names the ones there are. */
export function select(value: unknown, fields: readonly string[]): unknown {
  if (isList(value)) return { ...value, items: value.items.map((item) => pick(item, fields)) };
  return pick(value, fields);
}

function pick(value: unknown, fields: readonly string[]): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    fields.map((field) => [field, field in value ? value[field] : unknownField(field, Object.keys(value))]),
  );
}

function unknownField(field: string, known: readonly string[]): never {
  const meant = nearest(field, known);
  throw new UsageError('output.unknown-field', {
    message: `There is no field ${JSON.stringify(field)}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: `The fields are: ${[...known].sort().join(', ')}`,
    field: 'json',
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
