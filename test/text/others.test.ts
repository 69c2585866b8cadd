import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badgeOf, isMixedScript, lookalikeOf, skeleton } from '../../src/text/confusables.ts';
import { terminalJson } from '../../src/text/json.ts';
import { isSecretName, redact } from '../../src/text/redact.ts';
import { age, countdown, duration, localDateTime, localTime } from '../../src/text/time.ts';

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

describe('confusables', () => {
  test.each([
    ['bіlling-bot', 'billing-bot'],
    ['bi11ing-b0t', 'billing-bot'],
    ['Billing_Bot', 'billing-bot'],
    ['ｂilling-bot', 'billing-bot'],
    ['billing\u200b-bot', 'billing-bot'],
    ['adrnin', 'admin'],
  ])('takes %s for %s', (one, other) => {
    expect(skeleton(one)).toBe(skeleton(other));
  });

  test('keeps different names apart', () => {
    expect(skeleton('billing-bot')).not.toBe(skeleton('filing-bot'));
  });

  test('sees mixed scripts, but not in Japanese', () => {
    expect(isMixedScript('pаypal')).toBe(true);
    expect(isMixedScript('東京タワー')).toBe(false);
    expect(isMixedScript('deploy Москва')).toBe(false);
  });

  test('says which name it looks like', () => {
    const found = lookalikeOf('bіlling-bot', ['ops', 'billing-bot']);
    expect(found && badgeOf(found)).toBe('≈ billing-bot');
    expect(lookalikeOf('billing-bot', ['billing-bot', 'ops'])).toBeUndefined();
  });
});

describe('times', () => {
  const now = Date.parse('2026-11-23T14:03:05.500Z');
  test.each<[title: string, actual: string, expected: string]>([
    ['a local time', localTime(now, 'Europe/Amsterdam'), '15:03:05'],
    ['a local date and time', localDateTime('2026-11-23T23:30:00Z', 'Europe/Amsterdam'), '2026-11-24 00:30:00'],
    ['midnight as 00', localTime('2026-11-23T00:00:00Z', 'UTC'), '00:00:00'],
    ['no time', localTime('yesterday'), '??:??:??'],
    ['seconds ago', age(now - 42_000, now), '42s'],
    ['hours ago', age(now - 3 * 3_600_000, now), '3h'],
    ['a clock that is ahead', age(now + 5_000, now), 'now'],
    ['a countdown that says the second that is running', countdown(now + 4_001, now), '5s'],
    ['a countdown in two units', countdown(now + 299_000, now), '4m 59s'],
    ['a countdown that is over', countdown(now, now), 'expired'],
    ['a duration of days', duration(2 * 86_400 + 4 * 3600), '2d 4h'],
    ['a round duration', duration(3600), '1h'],
  ])('%s', (_, actual, expected) => {
    expect(actual).toBe(expected);
  });
});
