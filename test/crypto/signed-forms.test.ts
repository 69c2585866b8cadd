// The canonical forms against the vectors of the protocol notes and of AIM's own server.

import { readFileSync } from 'node:fs';
import * as noble from '@noble/ed25519';
import { describe, expect, test } from 'vitest';
import { actionMessage, toSignedAction } from '../../src/crypto/action.ts';
import { agentRequestMessage, pollMessage } from '../../src/crypto/agent-request.ts';
import { generateSigningKey, readSigningKey, verifySignature, verifySignatureAsync } from '../../src/crypto/ed25519.ts';
import { parseExact } from '../../src/crypto/exact-json.ts';
import { compareCodePoints, pythonJson } from '../../src/crypto/python-json.ts';

const A = '11111111-1111-4111-8111-111111111111';
const key = readSigningKey(Buffer.alloc(32, 1).toString('base64'));

describe('keys', () => {
  test('the seed of the notes gives their public key and 64-byte private form', () => {
    expect(key.publicKey).toBe('iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=');
    expect(key.privateKey).toBe('AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQGKiOPddAnxlf1S2y08ul1yymcJvx2UEhvzdIgBtA9vXA==');
    expect(readSigningKey(key.privateKey).publicKey).toBe(key.publicKey);
  });

  test('halves that do not belong together are refused', () => {
    const other = Buffer.from(generateSigningKey().publicKey, 'base64');
    expect(() => readSigningKey(Buffer.concat([Buffer.alloc(32, 1), other]).toString('base64'))).toThrow(RangeError);
  });

  test.each(['', 'AQ==', 'not base64!', 'A'.repeat(44)])('a private key of the wrong size is refused: %j', (text) => {
    expect(() => readSigningKey(text)).toThrow(RangeError);
  });

  test('our signatures are those of the reference implementation, and each accepts the other', async () => {
    const fresh = generateSigningKey();
    const message = new TextEncoder().encode('what was asked');
    const seed = Buffer.from(fresh.privateKey, 'base64').subarray(0, 32);
    const reference = Buffer.from(await noble.signAsync(message, seed)).toString('base64');
    expect(fresh.sign(message)).toBe(reference);
    expect(verifySignature(message, reference, fresh.publicKey)).toBe(true);
    expect(await verifySignatureAsync(message, reference, fresh.publicKey)).toBe(true);
    expect(verifySignature('something else', reference, fresh.publicKey)).toBe(false);
    expect(verifySignature(message, 'AAAA', fresh.publicKey)).toBe(false);
    expect(verifySignature(message, reference, 'not a key')).toBe(false);
  });
});

describe('the agent request signature', () => {
  test.each([
    [
      'GET',
      '/api/v1/agents?limit=50&offset=0',
      '',
      'V4bAnrwD1umJw4SKyhwCXvG+tvehK3Ovug23b0N76QRkvv2/BEuMY6MuV1/Onsx1PqZUG8rsMerFuwD/NKsGBg==',
    ],
    [
      'POST',
      `/api/v1/sdk-api/agents/${A}/capability-requests`,
      '{"capabilityType": "db:read", "reason": "needs reporting access"}',
      'hags8Ral/DwsYnwohVBuv7EXeqfUe+bMW0+Z3v5qXssoRIZwAcg8vVGiKE2LHAXgbFlt1LOeOvcUK+sj/czFAQ==',
    ],
  ])('%s %s', (method, target, body, signature) => {
    expect(key.sign(agentRequestMessage(method, target, 1767323045, body))).toBe(signature);
  });

  test('the poll of a pending verification', () => {
    expect(key.sign(pollMessage('22222222-2222-4222-8222-222222222222', A, 1767323045))).toBe(
      '4Q9Zr9fBHwHN/ypYKPL2v6PmUmduuDUYnFUpITQgasRgsqWh5C4cFR6J1CmWExgLk3vRFYaI4J4JqHpn7hQVCA==',
    );
  });
});

describe('the signed action', () => {
  test('without resource or context', () => {
    const message = actionMessage(
      toSignedAction({ agentId: A, capability: 'db:read', resource: null, context: {}, timestamp: '2026-01-02T03:04:05Z' }),
    );
    expect(key.sign(message)).toBe('rhXwjLamvQ3lOkM8xxLhNn/IwErmx3BFo2QnNPgyJTCKsP36ZNyOcvTOXa4XVWge2/0zD/+ja3zsjbDSayhQAQ==');
  });

  test('with integers beyond doubles, 1.0, nesting and text outside ASCII', () => {
    const context = parseExact(
      '{"tag": "é😀/<&>", "ratio": 1.0, "nested": {"b": null, "a": [true, false]}, "n": 1, "big": 12345678901234567890}',
    );
    const message = actionMessage({
      agentId: A,
      capability: 'db:read',
      resource: 'users',
      context,
      timestamp: '2026-01-02T03:04:05.000123Z',
    });
    expect(message).toContain(
      '"big": 12345678901234567890, "n": 1, "nested": {"a": [true, false], "b": null}, "ratio": 1.0, "tag": "\\u00e9\\ud83d\\ude00/<&>"',
    );
    expect(key.sign(message)).toBe('AVHsA+lUuo04KtmrCzBomoZ7sKXkgo94RuUn0zSJI2tNipNEQtRFfOedzKnTOTE5HHV0d+ishV5o7ecXKeTpCQ==');
  });

  test.each([
    ['1e+16', '1e+16'],
    ['-0.0', '-0.0'],
    ['1e-05', '1e-05'],
    ['{"b":1,"a":{}}', '{"a": {}, "b": 1}'],
    ['[]', '[]'],
    [JSON.stringify('\u007f\b\f\u0000 '), '"\\u007f\\b\\f\\u0000 "'],
  ])('%s is rebuilt as %s', (text, expected) => expect(pythonJson(parseExact(text))).toBe(expected));

  test('members are sorted by code point, not by UTF-16 unit', () => {
    expect(compareCodePoints('\ud83d\ude00', '\uffff')).toBeGreaterThan(0);
    expect(pythonJson({ '\ud83d\ude00': null, '\uffff': null })).toBe('{"\\uffff": null, "\\ud83d\\ude00": null}');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1])('%s cannot be signed', (value) => {
    expect(() => toSignedAction({ agentId: A, capability: 'x:y', resource: null, context: { value }, timestamp: '' })).toThrow(
      RangeError,
    );
  });
});

describe('exchanges recorded from AIM', () => {
  type Exchange = { label: string; request: { signedMessage?: string; body?: Record<string, string> } };
  const url = new URL('../fixtures/recorded/verifications.json', import.meta.url);
  const { exchanges } = JSON.parse(readFileSync(url, 'utf8')) as { exchanges: Exchange[] };
  const signed = exchanges.filter(
    ({ request }) => request.signedMessage !== undefined && request.body?.['signature'] !== undefined,
  );

  test('there are some', () => expect(signed.length).toBeGreaterThan(3));
  // Two exchanges are of requests that were refused because their signature really does not fit.
  const forged = new Set(['wrong signature', 'public key of someone else']);
  test.each(signed.map((exchange) => [exchange.label, exchange] as const))('%s', (label, { request }) => {
    const { signature = '', public_key = '' } = request.body ?? {};
    expect(verifySignature(request.signedMessage ?? '', signature, public_key)).toBe(!forged.has(label));
  });
});
