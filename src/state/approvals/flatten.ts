// A JSON value as labelled lines: each leaf with its path, so that nothing hides in a nested corner.

import { type ExactJson, isNumberToken } from '../../crypto/exact-json.ts';
import type { Printable } from '../../text/brand.ts';
import { visible } from '../../text/visible.ts';

export type Leaf = { path: string; text: Printable /** The exact string, where it is one. */; raw: string | null };

/** Every leaf in the order it was written. Empty containers are leaves too. */
export function leavesOf(value: ExactJson, path = ''): Leaf[] {
  if (isNumberToken(value)) return [{ path, text: visible(value.rawJSON), raw: null }];
  if (typeof value === 'string') return [{ path, text: stringText(value), raw: value }];
  if (value === null || typeof value === 'boolean') return [{ path, text: visible(String(value)), raw: null }];
  const members: [string, ExactJson][] = Array.isArray(value)
    ? value.map((item: ExactJson, index) => [`[${index}]`, item])
    : Object.entries(value as { readonly [name: string]: ExactJson });
  if (members.length === 0)
    return [{ path, text: visible(Array.isArray(value) ? '[] (empty list)' : '{} (empty)'), raw: null }];
  return members.flatMap(([name, member]) =>
    leavesOf(member, path === '' || name.startsWith('[') ? `${path}${name}` : `${path}.${name}`),
  );
}

/** Text as it is; in quotes where it could be taken for something else, or where its ends would not be seen. */
function stringText(text: string): Printable {
  const shown = visible(text, { lines: 'many' });
  return AMBIGUOUS.test(text) || text.trim() !== text ? (`"${shown}"` as Printable) : shown;
}

const AMBIGUOUS = /^(?:|true|false|null|[-+]?[\d.][\d.eE+-]*|[[{"].*)$/s;
