// The body of a request, as text and as what it says: nothing in it that two readers read differently, or that no database keeps.

import { isUtf8 } from 'node:buffer';
import { Refusal } from './refusal.ts';
import { checkJson, mustBeShallow } from './strict-json.ts';

/** @throws Refusal 400 where it is no text. */
export function bodyText(body: unknown): string {
  if (!(body instanceof Uint8Array)) return '';
  if (!isUtf8(body)) throw new Refusal(400, 'invalidText', 'The body is not valid UTF-8');
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** JSON, or the members of a form; undefined where there is nothing. @throws Refusal 400 or 422. */
export function parsed(text: string, type: string | undefined): unknown {
  if (text === '') return undefined;
  if (type?.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(noNul(text, '%00')));
  mustBeShallow(text);
  let value: unknown;
  try {
    // A member of this name would otherwise reach a prototype somewhere down the line. Looking at each costs more than all the rest.
    value = PROTO.test(text)
      ? JSON.parse(text, (key, member: unknown) => (key === '__proto__' ? undefined : member))
      : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'invalidJson', 'The body is not valid JSON');
  }
  checkJson(text);
  // No database of ours can keep it, and nothing good is written with it.
  noNul(text, NUL);
  // Half a character can neither be kept nor be put into an address.
  if (SURROGATE.test(text) && !isWellFormed(value)) throw new Refusal(400, 'invalidText', 'The body holds half a character');
  return value;
}

/** Written out, or with any of its letters as an escape. */
const PROTO = /__proto__|\\u00[5-7]/i;

function noNul(text: string, sign: string | RegExp): string {
  if (text.search(sign) !== -1) throw new Refusal(400, 'invalidText', 'The body holds a NUL character');
  return text;
}

const SURROGATE = /\\ud[89a-f]/i;

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}

const NUL = /(?<!\\)(?:\\\\)*\\u0000/;
