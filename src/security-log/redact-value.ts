// Takes secrets out of everything that a host hands over for logging: by the names of members, and by the shapes of values, at any depth.

import { isSecretName, redact } from '../text/redact.ts';

/** A plain copy that is safe to write: no secrets, no cycles, nothing that `JSON.stringify` could choke on. */
export function redactValue(value: unknown, depth = 0, above: readonly object[] = []): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' || typeof value === 'symbol' ? String(value) : value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (above.includes(value)) return '[circular]';
  if (depth >= DEEPEST) return '[deeper]';
  const path = [...above, value];
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return few(value).map((item) => redactValue(item, depth + 1, path));
  if (value instanceof Map)
    return redactMembers(
      [...value].map(([key, member]) => [String(key), member]),
      depth,
      path,
    );
  if (value instanceof Set) return few([...value]).map((item) => redactValue(item, depth + 1, path));
  return redactMembers(Object.entries(value), depth, path);
}

/** `redact()` with a memory: the same messages, resources and errors come again and again. */
export function redactText(text: string): string {
  if (text.length < SHORTEST || !MAY_HOLD.test(text)) return text;
  if (text.length > REMEMBERED) return cards(redact(text));
  const known = memory.get(text);
  if (known !== undefined) return known;
  if (memory.size >= MOST_REMEMBERED) memory.clear();
  const safe = cards(redact(text));
  memory.set(text, safe);
  return safe;
}

function redactMembers(members: [string, unknown][], depth: number, path: readonly object[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, member] of members.length > MOST_MEMBERS ? members.slice(0, MOST_MEMBERS) : members) {
    copy[redactText(name)] = isSecret(name, member) ? '[redacted]' : redactValue(member, depth + 1, path);
  }
  if (members.length > MOST_MEMBERS) copy['[members left out]'] = members.length - MOST_MEMBERS;
  return copy;
}

function isSecret(name: string, member: unknown): boolean {
  if (member === null || member === undefined || member === '' || typeof member === 'boolean') return false;
  const known = names.get(name);
  if (known !== undefined) return known;
  const found = isSecretName(name) && !DESCRIBES.test(name);
  if (names.size >= MOST_REMEMBERED) names.clear();
  names.set(name, found);
  return found;
}

/** `credential_type`, `secretName` and `tokenCount` say something about a secret and are none. */
const DESCRIBES =
  /(?:_|-|[a-z](?=[A-Z]))(?:type|kind|id|name|names|count|status|method|at|expiry|expires|age|algorithm|fingerprint|length|store|storage)$/i;

/** Payment cards: 13 to 19 digits, perhaps in groups, whose Luhn sum fits. Everything else of that length is an identifier. */
function cards(text: string): string {
  if (!CARD.test(text)) return text;
  return text.replace(EACH_CARD, (found) => (isCard(found.replaceAll(/[ -]/g, '')) ? '[redacted card]' : found));
}

function isCard(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at -= 1, double = !double) {
    const digit = digits.charCodeAt(at) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0 && /^(?:3[0-9]|4|5|6)/.test(digits);
}

/**
 * A letter or sign that every shape of `redact()` and every card has, looked for in one pass instead of sixteen: nearly all texts
 * have none. A test takes the whole corpus of secrets through both.
 */
const MAY_HOLD =
  /:\/\/|eyJ|-----BEGIN|bearer|basic|apikey|authorization|aim_|gh[pousr]_|_pat_|glpat|[srp]k[-_]|xox|npm_|pypi-|hf_|dop_v1|ya29|AIza|A(?:KIA|SIA|ROA|IDA)|pass|secret|key|token|\d(?:[ -]?\d){12}/i;
const SHORTEST = 8;

const few = <Item>(items: readonly Item[]): readonly Item[] =>
  items.length > MOST_MEMBERS ? items.slice(0, MOST_MEMBERS) : items;

const CARD = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])/;
const EACH_CARD = new RegExp(CARD.source, 'g');
const memory = new Map<string, string>();
const names = new Map<string, boolean>();
const REMEMBERED = 300; // characters
const MOST_REMEMBERED = 4000;
const MOST_MEMBERS = 1000;
const DEEPEST = 12;
