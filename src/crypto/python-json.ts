// The text that AIM's Python SDK signs: `json.dumps(value, sort_keys=True)`, byte for byte (wire-agents §4.2).

import { type ExactJson, isNumberToken } from './exact-json.ts';

type Spacing = { comma: string; colon: string };
const SPACED: Spacing = { comma: ', ', colon: ': ' };
const COMPACT: Spacing = { comma: ',', colon: ':' };

/** Sorted by code point, `", "` and `": "`, everything outside printable ASCII escaped, numbers as their tokens say. */
export const pythonJson = (value: ExactJson): string => write(value, SPACED);

/** The same without spaces, as attestations are signed (wire-mcp-logs-a2a §1.3). */
export const compactPythonJson = (value: ExactJson): string => write(value, COMPACT);

function write(value: ExactJson, spacing: Spacing): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  if (isNumberToken(value)) return value.rawJSON;
  if (Array.isArray(value)) return `[${value.map((item: ExactJson) => write(item, spacing)).join(spacing.comma)}]`;
  const members = Object.entries(value as { [key: string]: ExactJson }).sort(([left], [right]) =>
    compareCodePoints(left, right),
  );
  return `{${members.map(([key, member]) => quote(key) + spacing.colon + write(member, spacing)).join(spacing.comma)}}`;
}

const SHORT: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

// Per UTF-16 unit, so that an astral character becomes its two surrogates, as Python writes it.
function quote(text: string): string {
  if (!/[^ !#-[\]-~]/.test(text)) return `"${text}"`;
  return `"${text.replace(/[^ !#-[\]-~]/g, (unit) => SHORT[unit] ?? escapeUnits(unit))}"`;
}

function escapeUnits(text: string): string {
  let escaped = '';
  for (let index = 0; index < text.length; index += 1) escaped += `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
  return escaped;
}

/** Order by Unicode code point. JavaScript's own `<` compares UTF-16 units and puts astral characters before U+E000. */
export function compareCodePoints(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
