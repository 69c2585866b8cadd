// What a log must not hold: a corpus of secrets, and of things that only look like them.

import { describe, expect, test } from 'vitest';
import { redactText, redactValue } from '../../src/security-log/redact-value.ts';
import { redact } from '../../src/text/redact.ts';

const jwt = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(30)}`;
const secrets: [name: string, text: string, secret: string][] = [
  ['a JWT', `token ${jwt} end`, jwt],
  ['a bearer header', 'Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
  ['a basic header', 'authorization: basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA'],
  ['userinfo of a URL', 'postgres://admin:hunter2@db/x', 'hunter2'],
  ['the query of a URL', 'GET https://api.example.com/x?sig=deadbeef', 'deadbeef'],
  ['a PEM', `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----`, 'MIIEvQIBADANBg'],
  ['a key of AIM', 'aim_live_abcdefghij', 'abcdefghij'],
  ['a token of GitHub', `ghp_${'a1'.repeat(18)}`, 'a1a1a1'],
  ['a key of a model provider', `sk-proj-${'x9'.repeat(12)}`, 'x9x9x9'],
  ['a token of Slack', 'xoxb-1234567890-abc', '1234567890-abc'],
  ['a key of AWS', 'AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE'],
  ['a key of Google', `AIza${'b'.repeat(35)}`, 'bbbbbb'],
  ['a token of npm', `npm_${'c'.repeat(36)}`, 'cccccc'],
  ['a password in text', 'password=hunter22', 'hunter22'],
  ['a secret in JSON', '{"client_secret":"s3cr3t-value"}', 's3cr3t-value'],
  ['a payment card', 'card 4111 1111 1111 1111 used', '1111 1111'],
  ['a payment card without groups', '5500005555555559', '555555555'],
];

const lookalikes = [
  '11111111-1111-4111-8111-111111111111',
  'Authorization CAPABILITY_GRANTED: db:read on orders/4711 - GRANTED',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '1234567890123456',
  'order 4111-2222-3333-4445',
  'the token was refreshed',
  'keyboard',
  'https://example.com/a/b',
  '2026-11-23T14:03:05.123456+00:00',
  'Zürich 日本語 😀',
  '',
];

describe('text', () => {
  test.each(secrets)('loses %s', (_, text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain('[redacted');
  });

  test.each(lookalikes)('keeps %j', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('is looked at whenever redact() would change it', () => {
    const changed = secrets.map(([, text]) => text).filter((text) => redact(text) !== text);
    expect(changed.length).toBeGreaterThan(5);
    for (const text of changed) expect(redactText(text)).not.toBe(text);
  });
});

describe('values', () => {
  test('lose secrets by the names of members at any depth, and keep what only describes them', () => {
    const value = {
      user: 'a',
      password: 'x',
      nested: [{ apiKey: 'y', api_key: 'z', 'private-key': 1 }, new Map([['refreshToken', 'r']])],
      credential_type: 'agent',
      secretName: 'db',
      tokenCount: 3,
      hasPassword: true,
      authorization: { scheme: 'x' },
      cookie: '',
    };
    expect(redactValue(value)).toEqual({
      user: 'a',
      password: '[redacted]',
      nested: [{ apiKey: '[redacted]', api_key: '[redacted]', 'private-key': '[redacted]' }, { refreshToken: '[redacted]' }],
      credential_type: 'agent',
      secretName: 'db',
      tokenCount: 3,
      hasPassword: true,
      authorization: '[redacted]',
      cookie: '',
    });
  });

  test('are plain, finite and not circular', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    let deep: unknown = 'end';
    for (let depth = 0; depth < 100; depth += 1) deep = [deep];
    const plain = redactValue({
      circular,
      deep,
      big: Array(5000).fill(1),
      bytes: Buffer.alloc(10),
      error: new Error(`at ${jwt}`),
      symbol: Symbol('s'),
      set: new Set([1]),
    });
    const json = JSON.stringify(plain);
    expect(json).not.toContain(jwt);
    expect(json.length).toBeLessThan(20_000);
    expect(plain).toMatchObject({ circular: { self: '[circular]' }, bytes: '[10 bytes]', error: { name: 'Error' }, set: [1] });
  });
});
