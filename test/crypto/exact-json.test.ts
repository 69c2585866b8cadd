// Numbers keep the text they came in, and what JSON cannot say is refused before it is signed.

import { describe, expect, test } from 'vitest';
import { isNumberToken, parseExact, toExact, toPlain } from '../../src/crypto/exact-json.ts';

describe('parsing', () => {
  test.each([
    '1.0',
    '1e3',
    '-0',
    '18446744073709551616',
    '0.10',
    'null',
    'true',
    '"1.0"',
    '[1.0,[2.50]]',
    '{"a":{"b":1.0},"c":[],"d":{}}',
    '{"__proto__":1.0}',
  ])('%s comes out as it went in', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  test.each(['', '{', '1.', 'NaN', '{"a":1,}'])('%j is no JSON', (text) => {
    expect(() => parseExact(text)).toThrow(SyntaxError);
  });
});

describe('our own values', () => {
  test.each<[value: unknown, text: string]>([
    [null, 'null'],
    [false, 'false'],
    ['text', '"text"'],
    [1.5, '1.5'],
    [-0, '0'],
    [1e21, '1e+21'],
    [12345678901234567890n, '12345678901234567890'],
    [[1, undefined, 'x'], '[1,null,"x"]'],
    [{ a: 1, b: undefined, c: { d: null } }, '{"a":1,"c":{"d":null}}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [parseExact('{"kept":1.0}'), '{"kept":1.0}'],
  ])('%o is written as %s', (value, text) => {
    expect(JSON.stringify(toExact(value))).toBe(text);
  });

  test.each<[value: unknown, why: string]>([
    [Number.NaN, 'no such numbers'],
    [Number.POSITIVE_INFINITY, 'no such numbers'],
    [[Number.NEGATIVE_INFINITY], 'no such numbers'],
    [undefined, 'A undefined cannot be signed'],
    [() => 1, 'A function cannot be signed'],
    [{ deep: Symbol('x') }, 'A symbol cannot be signed'],
  ])('%o is refused', (value, why) => {
    expect(() => toExact(value)).toThrow(why);
  });
});

describe('for showing', () => {
  test('tokens become numbers', () => {
    expect(toPlain(parseExact('{"a":1.0,"b":[2.5,"x",null,true],"c":{}}'))).toEqual({ a: 1, b: [2.5, 'x', null, true], c: {} });
  });

  test.each<[value: unknown, isToken: boolean]>([
    [parseExact('1'), true],
    [1, false],
    [null, false],
    ['1', false],
    [{ rawJSON: '1' }, false],
  ])('%o is a token: %s', (value, isToken) => {
    expect(isNumberToken(value)).toBe(isToken);
  });
});
