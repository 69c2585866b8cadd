// JSON for terminals, and secrets taken out of text.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { terminalJson } from '../../src/text/json.ts';
import { isSecretName, redact } from '../../src/text/redact.ts';

describe('terminalJson', () => {
  test('is the same value, and shows a terminal nothing to act on', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = terminalJson({ value, text }, 2);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
        expect(json).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
      }),
    );
  });

  test('escapes the 8-bit introducer that JSON.stringify leaves raw', () => {
    expect(terminalJson('\u009b31m\u202e\u{e0041}')).toBe('"\\u009b31m\\u202e\\udb40\\udc41"');
  });
});

describe('redact', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcDEF123-_';
  test.each<[title: string, text: string, expected: string]>([
    ['takes out JSON web tokens', `token was ${jwt} here`, 'token was [redacted JWT] here'],
    [
      'takes out bearer tokens and keeps the scheme',
      'Authorization: Bearer abcdef0123456789',
      'Authorization: Bearer [redacted token]',
    ],
    ['takes out private keys, even unfinished ones', 'x -----BEGIN PRIVATE KEY-----\nMC4CAQ', 'x [redacted private key]'],
    ['takes out AIM keys', 'key aim_live_abcdefgh12345678', 'key [redacted AIM key]'],
    ['takes out user and password of a URL', 'postgres://ana:hunter2@db:5432/x', 'postgres://[redacted credentials]db:5432/x'],
    ['takes out the query of a URL', 'GET https://x.test/a?code=1&state=2 200', 'GET https://x.test/a?[redacted query] 200'],
    [
      'takes out named values',
      '{"client_secret": "s3cr3t-value", "name": "ok"}',
      '{"client_secret": "[redacted secret]", "name": "ok"}',
    ],
    ['takes out tokens of GitHub', `ghp_${'a'.repeat(36)}`, '[redacted token]'],
    ['leaves prose alone', 'The secret of a good token is brevity.', 'The secret of a good token is brevity.'],
    ['changes nothing the second time', 'password=[redacted secret]', 'password=[redacted secret]'],
  ])('%s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('knows members whose value is a secret', () => {
    expect(['client_secret', 'privateKey', 'X-API-Key', 'refresh_token'].every(isSecretName)).toBe(true);
    expect(['name', 'tokenCount', 'publicKey', 'capability'].some(isSecretName)).toBe(false);
  });
});
