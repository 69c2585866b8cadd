// Refuses JSON that two readers could read differently, or that costs more than it says: members named twice, deep nesting.

import { Refusal } from './refusal.ts';

const DEEPEST = 64;

/**
 * Walks the text once, after `JSON.parse` has found it well-formed. Whether it writes every number as JavaScript does, so that nothing
 * of them is lost in a double. @throws Refusal 400 or 422.
 */
export function checkJson(text: string): boolean {
  let isPlain = true;
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      const end = endOfString(text, at);
      if (expectsKey) {
        const written = text.slice(at, end + 1);
        const key = written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
        const keys = open.at(-1);
        if (keys?.has(key))
          throw new Refusal(400, 'duplicateMember', `The member ${JSON.stringify(key.slice(0, 100))} is there twice`);
        keys?.add(key);
        expectsKey = false;
      }
      at = end;
    } else if (sign === OPEN_OBJECT || sign === OPEN_LIST) {
      open.push(sign === OPEN_OBJECT ? new Set() : null);
      expectsKey = sign === OPEN_OBJECT;
      if (open.length > DEEPEST) throw tooDeep();
    } else if (sign === CLOSE_OBJECT || sign === CLOSE_LIST) {
      open.pop();
      expectsKey = false;
    } else if (sign === COMMA) {
      expectsKey = open.at(-1) instanceof Set;
    } else if (sign === MINUS || (sign >= ZERO && sign <= NINE)) {
      const end = endOfNumber(text, at);
      const written = text.slice(at, end);
      isPlain &&= JSON.stringify(Number(written)) === written;
      at = end - 1;
    }
  }
  return isPlain;
}

/** For a large text, before it is parsed: what is nested a hundred thousand deep costs more to read than to refuse. @throws Refusal 422. */
export function mustBeShallow(text: string): void {
  if (text.length < LARGE) return;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = endOfString(text, at);
    else if (sign === CLOSE_OBJECT || sign === CLOSE_LIST) depth -= 1;
    else if (sign === OPEN_OBJECT || sign === OPEN_LIST) {
      depth += 1;
      if (depth > DEEPEST) throw tooDeep();
    }
  }
}

const LARGE = 4096;
const tooDeep = (): Refusal =>
  new Refusal(422, 'limitExceeded', `The body is nested more than ${DEEPEST} deep`, { limit: 'bodyDepth' });

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [MINUS, ZERO, NINE] = [0x2d, 0x30, 0x39];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (IN_NUMBER.has(text.charCodeAt(at))) at += 1;
  return at;
}

const IN_NUMBER = new Set(Array.from('0123456789.eE+-', (sign) => sign.charCodeAt(0)));
