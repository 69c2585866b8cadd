// JSON whose numbers keep the text they came in: what was signed as `1.0` or 2^64 must be rebuilt as it was written.

/** A number as its source wrote it. `JSON.stringify` writes the same text back. */
export type NumberToken = { readonly rawJSON: string };

export type ExactJson = null | boolean | string | NumberToken | readonly ExactJson[] | { readonly [key: string]: ExactJson };

/**
 * Parses JSON text and keeps each number's token.
 * @throws SyntaxError on malformed JSON.
 */
export function parseExact(text: string): ExactJson {
  return JSON.parse(text, function keepToken(_key, value: unknown, context?: { source?: string }) {
    return typeof value === 'number' && context?.source !== undefined ? rawJson(context.source) : value;
  } as (key: string, value: unknown) => unknown) as ExactJson;
}

/** Turns plain JavaScript data into the exact form. @throws RangeError on NaN, Infinity, or what JSON cannot say. */
export function toExact(value: unknown): ExactJson {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('NaN and Infinity cannot be signed: JSON has no such numbers.');
    return rawJson(Object.is(value, -0) ? '0' : JSON.stringify(value));
  }
  if (typeof value === 'bigint') return rawJson(value.toString());
  if (isNumberToken(value)) return value;
  if (Array.isArray(value)) return value.map((item) => toExact(item === undefined ? null : item));
  if (typeof value !== 'object') throw new RangeError(`A ${typeof value} cannot be signed: JSON has no such value.`);
  if ('toJSON' in value && typeof value.toJSON === 'function') return toExact(value.toJSON());
  const members: [string, ExactJson][] = [];
  for (const [key, member] of Object.entries(value)) if (member !== undefined) members.push([key, toExact(member)]);
  return Object.fromEntries(members);
}

export function isNumberToken(value: unknown): value is NumberToken {
  return typeof value === 'object' && value !== null && isRawJson(value);
}

/** The ordinary value: tokens become numbers, and lose what a double cannot hold. For showing, never for signing. */
export function toPlain(value: ExactJson): unknown {
  if (isNumberToken(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map((item: ExactJson) => toPlain(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toPlain(member)]));
}

// In Node 22 and later (V8 11.4), not yet in TypeScript's library.
const { rawJSON: rawJson, isRawJSON: isRawJson } = JSON as unknown as {
  rawJSON(text: string): NumberToken;
  isRawJSON(value: unknown): boolean;
};
